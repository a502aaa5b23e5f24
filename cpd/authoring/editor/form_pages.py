"""What the form of a draft shows: its questions, what was sent, and what the checks say."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import LazyString
from markupsafe import Markup
from pydantic import BaseModel

from cpd.authoring.drafts.models import Draft
from cpd.authoring.editor import labels
from cpd.authoring.editor.field_tree import (
    NO,
    YES,
    Control,
    Group,
    KnownNames,
    Question,
    parse_path,
)
from cpd.authoring.editor.findings import (
    Findings,
    PlacedFindings,
    Remark,
    find_findings_of_file,
    place_findings,
)
from cpd.authoring.editor.graph import Exit, StepGraph, build_step_graph
from cpd.authoring.editor.tree_building import build_field_tree
from cpd.authoring.files.part import CoursePart
from cpd.authoring.sources.loading import Loaded
from cpd.authoring.sources.parsing import type_and_schema_or_none
from cpd.cases.kinds.step_file import END
from cpd.cases.labels import DECISIONS
from cpd.content.frontmatter import Fault, FrontMatter, parse_front_matter
from cpd.content.placeholders import fill_citations
from cpd.web.country import fill_token_of_reader

_MOST_FOUND = 12
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
"""What a page may not contain; it shows a sign in its place."""
_LONG_LINE = 70
_SAID_FIRST = ("prompt", "text")
"""What an item of a list is called by, where it has one of these."""


@dataclass(frozen=True)
class EditedFile:
    """A text that a form can show: its type, its schema, and its keys with their lines."""

    type_: str
    schema: type[BaseModel]
    front: FrontMatter

    def build_tree(self, known: KnownNames) -> Group:
        """Return the questions of its form."""
        return build_field_tree(self.type_, self.schema, self.front, known)


def parse_edited_file(path: str, text: str) -> EditedFile | Fault | None:
    """Parse a text for its form; a fault if its keys cannot be read, None if it has no form."""
    typed = type_and_schema_or_none(path)
    if typed is None:
        return None
    front = parse_front_matter(path, text)
    return front if isinstance(front, Fault) else EditedFile(*typed, front)


def known_names_of_posted(names: Sequence[str]) -> KnownNames:
    """Return the keys that a form asked about, so that its answers find their places again."""
    by_key: dict[str, dict[str, str]] = {}
    for name in names:
        path = parse_path(name)
        by_key.setdefault(str(path[-2]), {})[str(path[-1])] = ""
    return KnownNames(by_key)


def find_known_names(loaded: Loaded, front: FrontMatter) -> KnownNames:
    """Return what the course offers as answers: its sections, objectives, cards and steps."""
    steps = front.data.get("steps")
    listed = steps if isinstance(steps, list) else []
    names = {
        str(step["id"]): labels.describe_step(number, str(step.get("prompt") or ""))
        for number, step in enumerate(listed, 1)
        if isinstance(step, dict) and "id" in step
    }
    by_key = {"leads_to": {**names, END: ""}} if names else {}
    if (bundle := loaded.bundle) is not None:
        objectives = {one.id: one.text for one in bundle.course.file.objectives}
        by_key |= {
            "section": {part.slug: part.file.title for part in bundle.sections},
            "objectives": objectives,
            "per_objective": objectives,
            "hazards": {part.slug: part.file.title for part in bundle.hazards},
            "passage": {
                f"{part.name}#{heading.anchor}": f"{part.file.title}: {heading.text}"
                for part in bundle.sections
                for heading in part.body.headings
            },
        }
    return KnownNames(by_key)


@dataclass(frozen=True)
class FormPage:
    """The page of one draft."""

    draft: Draft
    file: EditedFile
    tree: Group
    known: KnownNames
    found: Findings
    placed: PlacedFindings
    part: CoursePart[Any] | None
    """The file as the course reads it; None while it has faults."""
    posted: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """What was sent and could not be written, by the name of the field."""
    errors: Mapping[str, str] = field(default_factory=dict)
    is_safe: bool = False
    """Whether every path through a case was proved."""

    @property
    def title(self) -> str:
        """The title of the file, or its path."""
        title = self.file.front.data.get("title")
        return title if isinstance(title, str) and title.strip() else self.draft.path

    @property
    def graph(self) -> StepGraph | None:
        """The graph of a case whose keys have no fault."""
        is_case = self.part is not None and self.part.type == "case"
        return build_step_graph(self.part.file) if self.part is not None and is_case else None

    def wording(self, part: Question | Group) -> labels.Wording:
        """Return how a question is asked."""
        return labels.find_wording(self.file.type_, part)

    def answers_of(self, leaving: Exit) -> list[str]:
        """Return the answers that lead to one place, in words where they are decisions."""
        return [
            str(labels.label_of_answer(answer)) if answer in DECISIONS else answer
            for answer in leaving.answers
        ]

    def text_of(self, question: Question) -> str:
        """Return what a field shows: what was sent, if that could not be written."""
        sent = self.posted.get(question.name)
        if sent and question.name in self.errors:
            return _UNSEEN.sub("\ufffd", sent[-1])
        return question.text

    def name_of_item(self, item: Group) -> str:
        """Return an item of a list in words: by its place, and by what it says first."""
        number = (item.position or 0) + 1
        said = next((part for part in item.parts if part.key in _SAID_FIRST), None)
        words = self.text_of(said) if isinstance(said, Question) else item.own_name
        if item.kind:
            return labels.describe_step(number, words)
        return f"{number}: {words}" if words else str(number)

    def name_of_step(self, step_id: str) -> str:
        """Return a step of a case in words."""
        return self.known.names_for("leads_to").get(step_id) or step_id

    def rows_of(self, question: Question) -> int:
        """Return how many lines a field has at first."""
        lines = self.text_of(question).split("\n")
        return max(1, sum(1 + len(line) // _LONG_LINE for line in lines))

    def choices_of(self, question: Question) -> list[tuple[str, LazyString | str]]:
        """Return the choices with their words; one that the file has and that is unknown, too."""
        known = self.known.names_for(question.path[-1])
        words = [YES, NO] if question.control is Control.YES_NO else list(question.choices)
        shown = question.picked if question.control is Control.PICKS else [self.text_of(question)]
        unknown = [value for value in shown if value and value not in words]
        return [(value, known.get(value) or labels.label_of_answer(value)) for value in words] + [
            (value, value) for value in unknown
        ]

    def list_remarks(self, *, blocks: bool) -> Sequence[tuple[str, str, Remark]]:
        """Return the remarks in the order of the form, each with the id and the name of its place.

        Either those that keep the file from being published, or the others.
        """
        return [
            (part.id, name, remark)
            for part, name in self._iterate_named_parts(self.tree, "")
            for remark in self.placed.at(part)
            if remark.blocks is blocks
        ]

    def _iterate_named_parts(
        self, group: Group, above: str
    ) -> Iterator[tuple[Question | Group, str]]:
        """Yield everything inside a group with its name; what an answer has is named after it."""
        for part in group.parts:
            name = self._name_of_part(part).rstrip(".?")
            yield part, f"{above}: {name}" if above else name
            if isinstance(part, Group):
                is_answer = part.path[-2:-1] == ("options",)
                yield from self._iterate_named_parts(part, name if is_answer else "")

    def _name_of_part(self, part: Question | Group) -> str:
        if isinstance(part, Group) and part.position is not None:
            return self.name_of_item(part)
        is_decision = isinstance(part, Group) and part.key in DECISIONS
        return str(
            labels.label_of_answer(str(part.key)) if is_decision else self.wording(part).label
        )

    def remarks_on(self, part: Question | Group) -> Sequence[Remark]:
        """Return what the checks say about a question or a group."""
        return self.placed.at(part)

    def preview_of(self, question: Question) -> Markup | None:
        """Return a Markdown text as readers see it; None while the keys have faults."""
        if self.part is None or not question.text:
            return None
        document = self.part.texts.get(question.path) if question.path else self.part.body
        if document is None:
            return None
        return fill_preview(document.html)


def build_form_page(
    draft: Draft,
    file: EditedFile,
    loaded: Loaded,
    *,
    posted: Mapping[str, Sequence[str]],
    errors: Mapping[str, str],
) -> FormPage:
    """Return the page of a draft in a course that was loaded with it."""
    known = find_known_names(loaded, file.front)
    tree, found = file.build_tree(known), find_findings_of_file(loaded, draft.path)
    part = find_part_or_none(loaded, draft.path)
    return FormPage(
        draft=draft,
        file=file,
        tree=tree,
        known=known,
        found=found,
        placed=place_findings(found, file.front, tree, file.schema),
        part=part,
        posted=posted,
        errors=errors,
        is_safe=bool(loaded.bundle and part and part.slug in loaded.bundle.built),
    )


def find_part_or_none(loaded: Loaded, path: str) -> CoursePart[Any] | None:
    """Return a file as the course reads it; None while it has faults."""
    parts = loaded.bundle.course_and_parts if loaded.bundle else ()
    return next((part for part in parts if part.path == path), None)


def fill_preview(html: str) -> Markup:
    """Return stored HTML as readers see it, with the ids of its sources instead of numbers."""
    return fill_citations(html, lambda _number, key: f"[{key}]", local=fill_token_of_reader)[0]


@dataclass(frozen=True)
class FoundReference:
    """A source that a search found."""

    key: str
    title: str
    authors: str
    year: int | None


def find_references(loaded: Loaded, words: str) -> list[FoundReference]:
    """Return the sources of a course in which every word occurs, by author."""
    wanted = words.casefold().split()
    if not wanted or loaded.bundle is None:
        return []
    found = [
        FoundReference(part.slug, part.file.title, part.file.authors or "", part.file.year)
        for part in loaded.bundle.references
        if _holds_words(part.slug, part.file, wanted)
    ]
    return sorted(found, key=lambda one: (one.authors.casefold(), one.key))[:_MOST_FOUND]


def _holds_words(slug: str, file: Any, wanted: Sequence[str]) -> bool:
    text = f"{slug} {file.authors} {file.title} {file.year} {file.source} {file.note}".casefold()
    return all(word in text for word in wanted)
