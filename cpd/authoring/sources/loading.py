"""Loading a course: parse its files, render in one batch, build the cases, apply the rules.

Nothing here touches the database, and nothing may run inside a write transaction: Markdown is
rendered here.
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path as FilePath
from typing import Any, TypeAlias, TypeVar

from pydantic import ValidationError

from cpd.authoring.checks.faults import faults_of_bundle
from cpd.authoring.files.bundle import BuiltCase, Bundle, LedgerPart, Part
from cpd.authoring.files.case import CaseFile
from cpd.authoring.files.course import CourseFile
from cpd.authoring.files.exam import ExamFile
from cpd.authoring.files.figure import FigureFile
from cpd.authoring.files.glossary import GlossaryFile
from cpd.authoring.files.hazard import HazardFile
from cpd.authoring.files.ledger import LedgerFile
from cpd.authoring.files.reference import ReferenceFile
from cpd.authoring.files.section import SectionFile
from cpd.authoring.files.texts import Texts, markdown_of, rendered
from cpd.authoring.files.tool import ToolFile
from cpd.authoring.sources import disk as folders
from cpd.authoring.sources.case_building import build
from cpd.authoring.sources.disk import LEDGERS
from cpd.content import frontmatter, picture
from cpd.content.file_schema import FileModel
from cpd.content.frontmatter import Fault, FrontMatter
from cpd.content.picture import Picture
from cpd.content.schema_faults import faults_of
from cpd.content.version import version
from cpd.courses.rules.ledger import Series
from cpd.kernel.memory import LruCache

_FOLDERS: Mapping[str, tuple[str, type[FileModel]]] = {
    "sections": ("section", SectionFile),
    "cases": ("case", CaseFile),
    "hazards": ("hazard", HazardFile),
    "tools": ("tool", ToolFile),
    "figures": ("figure", FigureFile),
    "references": ("reference", ReferenceFile),
}
_TOP: Mapping[str, tuple[str, type[FileModel]]] = {
    "course.md": ("course", CourseFile),
    "exam.md": ("exam", ExamFile),
    "glossary.md": ("glossary", GlossaryFile),
}
_SERIES = {path: series for series, path in LEDGERS.items()}
_PICTURE = re.compile(r"figures/([^/]+)\.svg")
_NEEDED = ("course.md", "exam.md")
_NUMBERED = re.compile(r"[0-9]{2}-(.+)")
M = TypeVar("M", bound=FileModel)

Recall: TypeAlias = Callable[[Collection[str]], Mapping[str, Texts]]
"""Returns what is known of texts, by their content hash."""


@dataclass
class Loaded:
    """What loading a course gave: faults, and the bundle when every file could be read."""

    faults: list[Fault] = field(default_factory=list)
    """Each with the path of its file inside the course."""
    bundle: Bundle | None = None

    @property
    def is_sound(self) -> bool:
        """Whether it can be published."""
        return self.bundle is not None and not self.faults


@dataclass
class _Reading:
    """What is gathered while the files are read."""

    named_so: str
    faults: list[Fault] = field(default_factory=list)
    parts: list[Part[Any]] = field(default_factory=list)
    named: set[str] = field(default_factory=set)
    pictures: dict[str, Picture | None] = field(default_factory=dict)
    """By the id of the figure; None for a file with faults."""
    ledgers: dict[Series, LedgerPart] = field(default_factory=dict)


FILES_REMEMBERED = 600
"""How many files are remembered, by their content: two courses, or two versions of one."""

_Key: TypeAlias = tuple[str, ...]
_whole: LruCache[_Key, Part[Any]] = LruCache(FILES_REMEMBERED)
_cases: LruCache[_Key, BuiltCase | list[Fault]] = LruCache(FILES_REMEMBERED)


def _key(part: Part[Any]) -> _Key:
    """Return what the texts of a part, and the case made of it, follow from."""
    return part.path, part.text, part.content_hash, version()


def forget() -> None:
    """Forget the files that were read: for processes that will read none."""
    _parsed.cache_clear()
    _whole.clear()
    _cases.clear()


def nothing_known(_hashes: Collection[str]) -> Mapping[str, Texts]:
    """Recall nothing, so that everything is rendered."""
    return {}


def load_folder(folder: FilePath, *, recall: Recall = nothing_known) -> Loaded:
    """Load a course folder, whose name is the id of its course."""
    return load(folders.read(folder), name=folder.resolve().name, recall=recall)


def load(files: Mapping[str, bytes], *, name: str = "", recall: Recall = nothing_known) -> Loaded:
    """Read the files of a course by their paths in it, wherever they come from.

    `name` is what the id of the course must be; `recall` knows what texts were rendered to before,
    so that only what is new is rendered. Faults are sorted by file and line.
    """
    reading = _Reading(name)
    for path in sorted(files):
        _read(reading, path, files[path])
    for needed in _NEEDED:
        if needed not in files:
            remedy = f"Write {needed}; docs/users/writing-a-course.md says what stands in it."
            reading.faults.append(Fault(needed, 1, "The file is missing.", remedy))
    reading.parts = _rendered(_pictured(reading), recall)
    for part in reading.parts:
        reading.faults.extend(
            part.problem(path, problem)
            for path, document in part.documents
            for problem in document.problems
        )
    built = _built(reading)
    bundle = _bundle(reading, built)
    if bundle is not None:
        reading.faults.extend(faults_of_bundle(bundle))
    faults = sorted(set(reading.faults))
    return Loaded(faults, replace(bundle, faults=tuple(faults)) if bundle else None)


def _read(reading: _Reading, path: str, raw: bytes) -> None:
    drawn = _PICTURE.fullmatch(path)
    kind = _kind(path)
    series = _SERIES.get(path)
    if kind is None and drawn is None and series is None:
        remedy = "Remove it, or put it where docs/users/writing-a-course.md says."
        reading.faults.append(Fault(path, 1, "This file belongs to no part of a course.", remedy))
        return
    if kind is not None:
        reading.named.add(f"{kind[0]}:{_slug_of(path)}")
    text = frontmatter.decode(path, raw)
    if isinstance(text, Fault):
        reading.faults.append(text)
        if drawn:
            reading.pictures[drawn.group(1)] = None
    elif drawn:
        _read_picture(reading, path, text)
    elif series is not None:
        _read_ledger(reading, series, text)
    elif kind is not None:
        _read_part(reading, path, text)


def _kind(path: str) -> tuple[str, type[FileModel]] | None:
    """Tell by its place what a file is."""
    if path in _TOP:
        return _TOP[path]
    head, _, name = path.partition("/")
    is_part = head in _FOLDERS and "/" not in name and name.endswith(".md")
    return _FOLDERS[head] if is_part else None


def _slug_of(path: str) -> str:
    """Return the id that a file's name stands for; the course's is its folder's."""
    stem = FilePath(path).stem
    numbered = _NUMBERED.fullmatch(stem) if path.startswith("sections/") else None
    return numbered.group(1) if numbered else stem


def _read_part(reading: _Reading, path: str, text: str) -> None:
    found = _parsed(path, text)
    if isinstance(found, tuple):
        reading.faults.extend(found)
    else:
        reading.parts.append(found)
        _check_name(reading, path, found.slug, found.source)


@lru_cache(maxsize=FILES_REMEMBERED)
def _parsed(path: str, text: str) -> Part[Any] | tuple[Fault, ...]:
    """Return a file by its place and text, or its faults."""
    kind = _kind(path)
    if kind is None:
        raise ValueError(path)
    source = frontmatter.split(path, text)
    if isinstance(source, Fault):
        return (source,)
    type_, model = kind
    try:
        file = model.model_validate(source.data)
    except ValidationError as error:
        return tuple(faults_of(error, model, source))
    return Part(type_, str(getattr(file, "id", "")), path, text, file, source)


def _checked(reading: _Reading, source: FrontMatter, model: type[M]) -> M | None:
    try:
        return model.model_validate(source.data)
    except ValidationError as error:
        reading.faults.extend(faults_of(error, model, source))
        return None


def _check_name(reading: _Reading, path: str, slug: str, source: FrontMatter) -> None:
    expected = (reading.named_so or slug) if path == "course.md" else _slug_of(path)
    numbered = not path.startswith("sections/") or _NUMBERED.fullmatch(FilePath(path).stem)
    line = source.places.line(("id",))
    file = source.places.file
    if slug != expected:
        reading.faults.append(
            Fault(
                file,
                line,
                f"The id is '{slug}', and the {'folder' if path == 'course.md' else 'file'} "
                f"is called '{expected}'.",
                "Give both the same name.",
            )
        )
    elif not numbered:
        remedy = f"Call it sections/01-{slug}.md, with its place in the course."
        reading.faults.append(Fault(file, 1, "The file of a section begins with a number.", remedy))


def document_of(path: str) -> str:
    """Return the document that a file belongs to, such as `case:mina`; else its path."""
    drawn, kind = _PICTURE.fullmatch(path), _kind(path)
    if drawn:
        return f"figure:{drawn.group(1)}"
    return f"{kind[0]}:{_slug_of(path)}" if kind else path


def hash_of(files: Mapping[str, str]) -> str | None:
    """Return the content hash of one document; None where its files have faults."""
    reading = _Reading("")
    for path, text in files.items():
        _read(reading, path, text.encode())
    parts = _pictured(reading)
    return parts[0].content_hash if len(parts) == 1 and not reading.faults else None


def ledger_of(text: str) -> LedgerPart | None:
    """Return a ledger as it is read; None for one with faults."""
    reading = _Reading("")
    _read_ledger(reading, Series.SHIPPED, text)
    return reading.ledgers.get(Series.SHIPPED)


def _read_ledger(reading: _Reading, series: Series, text: str) -> None:
    source = frontmatter.parse(LEDGERS[series], text)
    if isinstance(source, Fault):
        reading.faults.append(source)
        return
    file = _checked(reading, source, LedgerFile)
    if file is not None:
        reading.ledgers[series] = LedgerPart(source, tuple(file.entries), text)


def _read_picture(reading: _Reading, path: str, text: str) -> None:
    found = picture.read(path, text)
    if isinstance(found, list):
        reading.faults.extend(found)
        reading.pictures[FilePath(path).stem] = None
    else:
        reading.pictures[FilePath(path).stem] = found


def _pictured(reading: _Reading) -> list[Part[Any]]:
    """Put each picture to its figure; neither may stand alone."""
    for slug in reading.pictures:
        if f"figure:{slug}" not in reading.named:
            remedy = f"Write figures/{slug}.md with its title, its alt and all of it in words."
            path = f"figures/{slug}.svg"
            reading.faults.append(Fault(path, 1, "Nothing says what this picture shows.", remedy))
    for part in reading.parts:
        if part.type == "figure" and part.slug not in reading.pictures:
            remedy = f"Draw figures/{part.slug}.svg, or remove this file."
            reading.faults.append(part.fault(("id",), "The figure has no picture.", remedy))
    return [
        replace(part, picture=reading.pictures.get(part.slug)) if part.type == "figure" else part
        for part in reading.parts
    ]


def _rendered(parts: list[Part[Any]], recall: Recall) -> list[Part[Any]]:
    """Give each part its texts: those that are known, and the others rendered in one batch."""
    remembered = [_whole.get(_key(part)) for part in parts]
    fresh = [part for part, found in zip(parts, remembered, strict=True) if found is None]
    known = recall([part.content_hash for part in fresh]) if fresh else {}
    unknown = [part for part in fresh if part.content_hash not in known]
    made = rendered(
        [markdown_of(part.type, part.source.data, part.source.body) for part in unknown]
    )
    texts = {**known, **dict(zip((part.content_hash for part in unknown), made, strict=True))}
    return [
        found or _with_texts(part, texts[part.content_hash])
        for part, found in zip(parts, remembered, strict=True)
    ]


def _with_texts(part: Part[Any], texts: Texts) -> Part[Any]:
    whole = replace(part, body=texts.body, texts=texts.values)
    return whole if texts.was_stopped else _whole.put(_key(part), whole)


def _bundle(reading: _Reading, built: Mapping[str, BuiltCase]) -> Bundle | None:
    """Put the parts in order; None when the course or its exam cannot be read."""
    by_type: dict[str, list[Part[Any]]] = {}
    for part in reading.parts:
        by_type.setdefault(part.type, []).append(part)
    if "course" not in by_type or "exam" not in by_type:
        return None
    course: Part[CourseFile] = by_type["course"][0]
    order = {slug: place for place, slug in enumerate(course.file.sections)}
    last = len(order)
    glossary: list[Part[GlossaryFile]] = by_type.get("glossary", [])
    terms = {f"term:{term.id}" for part in glossary for term in part.file.terms}
    return Bundle(
        course=course,
        exam=by_type["exam"][0],
        sections=tuple(
            sorted(by_type.get("section", []), key=lambda part: order.get(part.slug, last))
        ),
        cases=tuple(
            sorted(by_type.get("case", []), key=lambda part: _case_order(part.file, order))
        ),
        hazards=tuple(by_type.get("hazard", [])),
        tools=tuple(by_type.get("tool", [])),
        figures=tuple(by_type.get("figure", [])),
        references=tuple(by_type.get("reference", [])),
        glossary=glossary[0] if glossary else None,
        ledgers=reading.ledgers,
        built=built,
        named=frozenset(reading.named | {course.name} | terms),
    )


def _case_order(file: CaseFile, order: Mapping[str, int]) -> tuple[bool, int, int, str]:
    """Practice cases by section and position, then exam cases by name."""
    if file.pool == "exam":
        return True, 0, 0, file.id
    return False, order.get(file.section, len(order)), file.position or 0, file.id


def _built(reading: _Reading) -> dict[str, BuiltCase]:
    """Make front and key of every case; what cannot be made becomes faults."""
    built = {}
    for part in reading.parts:
        if part.type == "case":
            made = _cases.get(_key(part)) or _cases.put(_key(part), build(part))
            if isinstance(made, list):
                reading.faults.extend(made)
            else:
                built[part.slug] = made
    return built
