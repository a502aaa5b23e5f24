"""The text with which a new file begins; what only its author knows is left out, not invented."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cpd.authoring.files.bundle import Bundle
from cpd.authoring.short.case_text import format_file
from cpd.authoring.short.making import Shelf
from cpd.authoring.short.rules.naming import build_slug, choose_free_slug
from cpd.cases.scales import Basis
from cpd.content.frontmatter import Value

_FOLDERS = {
    "section": "sections",
    "case": "cases",
    "hazard": "hazards",
    "list": "lists",
    "tool": "tools",
}
_HEADING = "start"
"""The name by which cases lead back to the first heading of a new section."""


@dataclass(frozen=True)
class NewFile:
    """What must be known to begin a file."""

    type: str
    title: str
    summary: str
    """Of a section or a sheet."""
    passage: str
    """Of a case or a card."""
    author: str


@dataclass(frozen=True)
class BegunFile:
    """The path of a new file, its id, and its text."""

    path: str
    id: str
    text: str


def build_new_file(new: NewFile, shelf: Shelf) -> BegunFile:
    """Return a file that its form can show, with what follows from the course filled in."""
    taken = shelf.ids_in(_FOLDERS[new.type])
    if new.type == "section":
        taken = {number_and_id.partition("-")[2] for number_and_id in taken}
    file_id = choose_free_slug(build_slug(new.title) or new.type, taken)
    name = f"{_find_next_number(shelf):02}-{file_id}" if new.type == "section" else file_id
    keys = {"id": file_id, "title": new.title, **_BUILDERS[new.type](new, file_id, shelf.course)}
    body = f"## {new.title} {{#{_HEADING}}}" if new.type == "section" else ""
    return BegunFile(f"{_FOLDERS[new.type]}/{name}.md", file_id, format_file(keys, body))


def _find_next_number(shelf: Shelf) -> int:
    numbers = [int(name[:2]) for name in shelf.ids_in("sections") if name[:2].isdigit()]
    return max(numbers, default=0) + 1


def _build_section(new: NewFile, _id: str, course: Bundle) -> Mapping[str, Value]:
    return {
        "objectives": _list_only_objective(course),
        "required": True,
        "summary": new.summary,
    }


def _list_only_objective(course: Bundle) -> list[Value]:
    """Return the objective of a course that has one; which of several fits is for the author."""
    objectives = course.course.file.objectives
    return [objectives[0].id] if len(objectives) == 1 else []


def _build_case(new: NewFile, file_id: str, course: Bundle) -> Mapping[str, Value]:
    section = new.passage.partition(":")[2].partition("#")[0]
    part = course.section_or_none(section)
    return {
        "section": section,
        "objectives": list(part.file.objectives[:1]) if part else [],
        "hazards": [],
        "family": file_id,
        "difficulty": "medium",
        "pool": "exam",
        "red_flag": False,
        "open": False,
        "passage": new.passage,
        "author": new.author,
        "steps": [],
    }


def _build_card(new: NewFile, _id: str, _course: Bundle) -> Mapping[str, Value]:
    return {
        "family_of_flags": [],
        "signs": {},
        "passage": new.passage,
        "basis": Basis.EXPERT_CAUTION.value,
        "references": [],
        "signed_by": None,
    }


def _build_list(_new: NewFile, _id: str, _course: Bundle) -> Mapping[str, Value]:
    return {"family_of_flags": [], "references": []}


def _build_sheet(new: NewFile, _id: str, _course: Bundle) -> Mapping[str, Value]:
    return {"summary": new.summary, "open": False}


_BUILDERS: Mapping[str, Callable[[NewFile, str, Bundle], Mapping[str, Value]]] = {
    "section": _build_section,
    "case": _build_case,
    "hazard": _build_card,
    "list": _build_list,
    "tool": _build_sheet,
}
"""The keys of a new file beside its id and its title, by type."""
