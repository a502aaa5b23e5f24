"""What the checks say about one file of a course, for the page on which it is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel, ValidationError

from cpd.authoring.checks.lint.all_rules import apply_warning_rules
from cpd.authoring.editor.field_tree import BODY, Group, Question
from cpd.authoring.editor.form_words import describe_on_form
from cpd.authoring.sources.loading import Loaded
from cpd.content.frontmatter import Fault, FrontMatter, Path
from cpd.content.schema_faults import build_schema_faults


@dataclass(frozen=True)
class Findings:
    """Faults, which must be put right before publishing, and hints to read again."""

    faults: Sequence[Fault]
    hints: Sequence[Fault]
    elsewhere: int
    """How many faults other files of the course have with this draft."""


def find_findings_of_file(loaded: Loaded, path: str) -> Findings:
    """Return what concerns one file; hints only once the course can be read as a whole."""
    hints = apply_warning_rules(loaded.bundle) if loaded.bundle else []
    faults = [fault for fault in loaded.faults if fault.file == path]
    return Findings(
        faults=faults,
        hints=[hint for hint in hints if hint.file == path],
        elsewhere=len(loaded.faults) - len(faults),
    )


@dataclass(frozen=True)
class Remark:
    """A finding beside the field or the group that it concerns."""

    message: str
    remedy: str
    blocks: bool
    """Whether it must be put right before publishing."""


@dataclass(frozen=True)
class PlacedFindings:
    """The findings of a file: those that have a place on its form, by its id, and the others."""

    by_id: Mapping[str, Sequence[Remark]] = field(default_factory=dict)
    others: Sequence[Remark] = ()

    def at(self, part: Question | Group) -> Sequence[Remark]:
        """Return what concerns a question, or a group as a whole."""
        return self.by_id.get(part.id, ())


def place_findings(
    found: Findings, front: FrontMatter, tree: Group, schema: type[BaseModel]
) -> PlacedFindings:
    """Put each finding beside the question that it concerns, or the nearest group around it."""
    ids = {question.path: question.id for question in tree.iterate_questions()}
    ids.update((group.path, group.id) for group in tree.iterate_groups())
    of_schema = _find_schema_faults(front, schema)
    by_id: dict[str, list[Remark]] = {}
    others = []
    for fault, blocks in [
        *((it, True) for it in found.faults),
        *((it, False) for it in found.hints),
    ]:
        path, type_ = of_schema.get(fault) or (_find_path_of_line(front, fault.line), "")
        remark = Remark(*describe_on_form(fault, type_, front), blocks)
        if path is None:
            by_id.setdefault("body", []).append(remark)
        elif nearest := _find_nearest(path, ids):
            by_id.setdefault(ids[nearest], []).append(remark)
        else:
            others.append(remark)
    return PlacedFindings(by_id, others)


def _find_schema_faults(
    front: FrontMatter, schema: type[BaseModel]
) -> Mapping[Fault, tuple[Path, str]]:
    """Return which value each fault of the schema is about, and its type."""
    try:
        schema.model_validate(front.data)
    except ValidationError as error:
        faults = build_schema_faults(error, schema, front)
        details = error.errors(include_url=False)
        return {
            fault: (tuple(detail["loc"]), detail["type"])
            for fault, detail in zip(faults, details, strict=True)
        }
    return {}


def _find_path_of_line(front: FrontMatter, line: int) -> Path | None:
    """Return the value that begins on a line or goes on there; None for the body."""
    if line >= front.body_line:
        return None
    lines = {path: place.line for path, place in front.places.by_path.items() if path}
    before = max((at for at in lines.values() if at <= line), default=0)
    return min((path for path, at in lines.items() if at == before), key=len, default=BODY)


def _find_nearest(path: Path, ids: Mapping[Path, str]) -> Path:
    """Return the longest part of a path that is on the form, skipping what is not."""
    nearest: Path = ()
    for part in path:
        if (*nearest, part) in ids:
            nearest = (*nearest, part)
    return nearest
