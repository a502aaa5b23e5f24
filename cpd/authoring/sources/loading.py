"""Loading a course: parse its files, render in one batch, build the cases, apply the rules.

Nothing here touches the database, and nothing may run inside a write transaction, because Markdown
is rendered here.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

from cpd.authoring.checks.faults.all_rules import apply_fault_rules
from cpd.authoring.files.bundle import Bundle
from cpd.authoring.files.case import CaseFile
from cpd.authoring.files.course import CourseFile
from cpd.authoring.files.glossary import GlossaryFile
from cpd.authoring.files.part import BuiltCase, CoursePart
from cpd.authoring.files.texts import Texts, extract_markdown_by_path, render_markdown_of_files
from cpd.authoring.sources import disk, parsing
from cpd.authoring.sources.case_building import build_case_or_faults
from cpd.authoring.sources.parsing import CACHED_FILES, ParsedFiles
from cpd.content.frontmatter import Fault
from cpd.content.version import load_renderer_version
from cpd.kernel.memory import LruCache

StoredTexts: TypeAlias = Callable[[Collection[str]], Mapping[str, Texts]]
"""Returns the rendered texts that are stored, by content hash."""
StoredPictures: TypeAlias = Callable[[Collection[str]], Collection[str]]
"""Returns those of the named pictures that are stored."""
_CacheKey: TypeAlias = tuple[str, ...]
_rendered_parts: LruCache[_CacheKey, CoursePart[Any]] = LruCache(CACHED_FILES)
_built_cases: LruCache[_CacheKey, BuiltCase | list[Fault]] = LruCache(CACHED_FILES)


@dataclass
class Loaded:
    """The outcome of loading a course: faults, and the bundle when every file could be read."""

    faults: list[Fault] = field(default_factory=list)
    """Each with the path of its file inside the course."""
    bundle: Bundle | None = None

    @property
    def is_sound(self) -> bool:
        """Whether the course can be published."""
        return self.bundle is not None and not self.faults

    @property
    def sound_bundle(self) -> Bundle:
        """The bundle of a sound course; raises ValueError for any other."""
        if self.bundle is None or self.faults:
            raise ValueError("the course has faults")
        return self.bundle


def clear_course_caches() -> None:
    """Forget the files that were loaded, in processes that will load no more."""
    parsing.clear_parsed_part_cache()
    _rendered_parts.clear()
    _built_cases.clear()


def no_stored_texts(_hashes: Collection[str]) -> Mapping[str, Texts]:
    """Return nothing, so that everything is rendered."""
    return {}


def no_stored_pictures(_names: Collection[str]) -> Collection[str]:
    """Return nothing, so that a course has only the pictures that come with its files."""
    return ()


def load_course_folder(folder: Path, *, stored_texts: StoredTexts = no_stored_texts) -> Loaded:
    """Load a course folder, whose name is the id of its course."""
    return load_course_files(
        disk.read_folder_files(folder), name=folder.resolve().name, stored_texts=stored_texts
    )


def load_course_files(
    files: Mapping[str, bytes],
    *,
    name: str = "",
    stored_texts: StoredTexts = no_stored_texts,
    applies_rules: bool = True,
    stored_pictures: StoredPictures = no_stored_pictures,
) -> Loaded:
    """Load the files of a course by their paths in it, wherever they come from.

    `name` is the required id of the course. Only texts that `stored_texts` lacks are rendered.
    A picture is among the files or stored already. Faults are sorted by file and line. A page that
    shows none leaves the rules of courses out.
    """
    parsed = ParsedFiles(name)
    for path in sorted(files):
        parsed.parse_and_add_file(path, files[path])
    parsed.add_faults_of_missing_files(files)
    parsed.attach_pictures_to_figures()
    parsed.include_lists_in_parts()
    parts = _parts_with_rendered_texts(parsed.parts, stored_texts)
    _add_stored_pictures(parsed, parts, stored_pictures)
    built, case_faults = _build_cases_and_faults(parts)
    faults = [*parsed.faults, *_rendering_faults(parts), *case_faults]
    bundle = _build_bundle_or_none(parsed, parts, built)
    if bundle is not None and applies_rules:
        faults.extend(apply_fault_rules(bundle))
    faults = sorted(set(faults))
    return Loaded(faults, replace(bundle, faults=tuple(faults)) if bundle else None)


def _add_stored_pictures(
    parsed: ParsedFiles, parts: list[CoursePart[Any]], stored_pictures: StoredPictures
) -> None:
    """Add the pictures that the texts show and that are stored already."""
    missing = {
        link.slug
        for part in parts
        for _, document in part.paths_and_rendered_texts
        for link in document.links
        if link.type == "media" and str(link) not in parsed.named
    }
    if missing:
        parsed.named.update(f"media:{name}" for name in stored_pictures(missing))


def _part_cache_key(part: CoursePart[Any]) -> _CacheKey:
    """Return what determines the texts of a part, and the case that is built from it."""
    return part.path, part.text, part.content_hash, load_renderer_version()


def _parts_with_rendered_texts(
    parts: list[CoursePart[Any]], stored_texts: StoredTexts
) -> list[CoursePart[Any]]:
    """Give each part its texts: cached, stored, or else rendered in one batch."""
    cached_parts = [_rendered_parts.get(_part_cache_key(part)) for part in parts]
    fresh = [part for part, cached in zip(parts, cached_parts, strict=True) if cached is None]
    stored = stored_texts([part.content_hash for part in fresh]) if fresh else {}
    missing = [part for part in fresh if part.content_hash not in stored]
    rendered = render_markdown_of_files(
        [
            extract_markdown_by_path(part.type, part.source.data, part.source.body)
            for part in missing
        ]
    )
    texts = {**stored, **dict(zip((part.content_hash for part in missing), rendered, strict=True))}
    return [
        cached or _cache_part_with_texts(part, texts[part.content_hash])
        for part, cached in zip(parts, cached_parts, strict=True)
    ]


def _cache_part_with_texts(part: CoursePart[Any], texts: Texts) -> CoursePart[Any]:
    whole = replace(part, body=texts.body, texts=texts.values)
    return (
        whole if texts.was_rendering_stopped else _rendered_parts.put(_part_cache_key(part), whole)
    )


def _rendering_faults(parts: list[CoursePart[Any]]) -> list[Fault]:
    return [
        part.build_fault_of_problem(path, problem)
        for part in parts
        for path, document in part.paths_and_rendered_texts
        for problem in document.problems
    ]


def _build_cases_and_faults(
    parts: list[CoursePart[Any]],
) -> tuple[dict[str, BuiltCase], list[Fault]]:
    """Build the front and the key of every case; mistakes become faults."""
    built: dict[str, BuiltCase] = {}
    faults: list[Fault] = []
    for part in parts:
        if part.type == "case":
            key = _part_cache_key(part)
            built_case = _built_cases.get(key) or _built_cases.put(key, build_case_or_faults(part))
            if isinstance(built_case, list):
                faults.extend(built_case)
            else:
                built[part.slug] = built_case
    return built, faults


def _build_bundle_or_none(
    parsed: ParsedFiles, parts: list[CoursePart[Any]], built: Mapping[str, BuiltCase]
) -> Bundle | None:
    """Put the parts in order; None when the course or its exam could not be parsed."""
    by_type: dict[str, list[CoursePart[Any]]] = {}
    for part in parts:
        by_type.setdefault(part.type, []).append(part)
    if "course" not in by_type or "exam" not in by_type:
        return None
    course: CoursePart[CourseFile] = by_type["course"][0]
    order = {slug: place for place, slug in enumerate(course.file.sections)}
    last = len(order)
    glossary: list[CoursePart[GlossaryFile]] = by_type.get("glossary", [])
    terms = {f"term:{term.id}" for part in glossary for term in part.file.terms}
    return Bundle(
        course=course,
        exam=by_type["exam"][0],
        sections=tuple(
            sorted(by_type.get("section", []), key=lambda part: order.get(part.slug, last))
        ),
        cases=tuple(
            sorted(by_type.get("case", []), key=lambda part: _case_sort_key(part.file, order))
        ),
        hazards=tuple(by_type.get("hazard", [])),
        tools=tuple(by_type.get("tool", [])),
        figures=tuple(by_type.get("figure", [])),
        references=tuple(by_type.get("reference", [])),
        lists=tuple(by_type.get("list", [])),
        glossary=glossary[0] if glossary else None,
        media=parsed.media,
        ledgers=parsed.ledgers,
        built=built,
        named=frozenset(parsed.named | {course.name} | terms),
    )


def _case_sort_key(file: CaseFile, order: Mapping[str, int]) -> tuple[bool, int, int, str]:
    """Sort practice cases by section and position, then exam cases by name."""
    if file.pool == "exam":
        return True, 0, 0, file.id
    return False, order.get(file.section, len(order)), file.position or 0, file.id
