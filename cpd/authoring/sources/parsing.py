"""Parsing the files of a course, one by one; nothing is rendered here."""

import re
from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path as FilePath
from typing import Any, TypeVar

from pydantic import ValidationError

from cpd.authoring.files.case import CaseFile
from cpd.authoring.files.course import CourseFile
from cpd.authoring.files.exam import ExamFile
from cpd.authoring.files.figure import FigureFile
from cpd.authoring.files.glossary import GlossaryFile
from cpd.authoring.files.hazard import HazardFile
from cpd.authoring.files.ledger import LedgerFile
from cpd.authoring.files.list_uses import find_list_uses
from cpd.authoring.files.part import CoursePart, ParsedLedger
from cpd.authoring.files.reference import ReferenceFile
from cpd.authoring.files.section import SectionFile
from cpd.authoring.files.sign_list import SignListFile
from cpd.authoring.files.tool import ToolFile
from cpd.authoring.sources.disk import LEDGERS
from cpd.authoring.sources.including import include_lists
from cpd.content import frontmatter, picture
from cpd.content.file_schema import FileModel
from cpd.content.frontmatter import Fault, FrontMatter
from cpd.content.picture import Picture
from cpd.content.schema_faults import build_schema_faults
from cpd.courses.rules.ledger import Series
from cpd.kernel import raster

CACHED_FILES = 700
"""How many files are cached, by content: enough for two courses, or two versions of one."""
_FOLDERS: Mapping[str, tuple[str, type[FileModel]]] = {
    "sections": ("section", SectionFile),
    "cases": ("case", CaseFile),
    "hazards": ("hazard", HazardFile),
    "tools": ("tool", ToolFile),
    "figures": ("figure", FigureFile),
    "references": ("reference", ReferenceFile),
    "lists": ("list", SignListFile),
}
"""Folder to the type of the documents in it, and the schema of their front matter."""
_TOP_LEVEL: Mapping[str, tuple[str, type[FileModel]]] = {
    "course.md": ("course", CourseFile),
    "exam.md": ("exam", ExamFile),
    "glossary.md": ("glossary", GlossaryFile),
}
_SERIES = {path: series for series, path in LEDGERS.items()}
_PICTURE = re.compile(r"figures/([^/]+)\.svg")
_REQUIRED = ("course.md", "exam.md")
_NUMBERED = re.compile(r"[0-9]{2}-(.+)")
_PERHAPS_NUMBERED = re.compile(r"[0-9]{1,3}[-_ .](.+)")
_M = TypeVar("_M", bound=FileModel)


@dataclass
class ParsedFiles:
    """The files of a course as far as they could be parsed, and what is wrong with the others."""

    course_id: str = ""
    """The required id of the course; empty if any will do."""
    faults: list[Fault] = field(default_factory=list)
    parts: list[CoursePart[Any]] = field(default_factory=list)
    named: set[str] = field(default_factory=set)
    """`type:slug` of each document, including those that could not be parsed."""
    pictures: dict[str, Picture | None] = field(default_factory=dict)
    """By the id of the figure; None for a picture with faults."""
    media: dict[str, bytes] = field(default_factory=dict)
    """The pictures in the folder, by name."""
    ledgers: dict[Series, ParsedLedger] = field(default_factory=dict)

    def parse_and_add_file(self, path: str, raw: bytes) -> None:
        """Parse a file by its path in the course."""
        if (stored := raster.FILE.fullmatch(path)) is not None:
            self._check_and_add_media(path, stored[1], raw)
            return
        is_picture = _PICTURE.fullmatch(path) is not None
        schema, series = type_and_schema_or_none(path), _SERIES.get(path)
        if not is_file_of_course(path):
            remedy = "Remove it, or put it where docs/users/writing-a-course.md says."
            self._add_fault(path, "This file is not part of a course.", remedy)
            return
        if schema is not None:
            self.named.add(f"{schema[0]}:{_parse_slug(path)}")
        text = frontmatter.decode_file(path, raw)
        if isinstance(text, Fault):
            self.faults.append(text)
            if is_picture:
                self.pictures[FilePath(path).stem] = None
        elif is_picture:
            self._parse_and_add_picture(path, text)
        elif series is not None:
            self.parse_and_add_ledger(series, text)
        else:
            self._parse_and_add_part(path, text)

    def parse_and_add_ledger(self, series: Series, text: str) -> None:
        """Parse one of the two ledger files."""
        source = frontmatter.parse_yaml(LEDGERS[series], text)
        if isinstance(source, Fault):
            self.faults.append(source)
            return
        file = self._validate_or_add_faults(source, LedgerFile)
        if file is not None:
            self.ledgers[series] = ParsedLedger(source, tuple(file.entries), text)

    def attach_pictures_to_figures(self) -> None:
        """Give each figure its picture, and note a fault for either without the other."""
        for slug in self.pictures:
            if f"figure:{slug}" not in self.named:
                remedy = f"Write figures/{slug}.md with its title, its alt and a full description."
                self._add_fault(f"figures/{slug}.svg", "Nothing describes this picture.", remedy)
        self.parts = [
            self._attach_picture_or_add_fault(part) if part.type == "figure" else part
            for part in self.parts
        ]

    def include_lists_in_parts(self) -> None:
        """Include the lists in the parts that name them, and note the faults that this makes."""
        lists = {part.slug: part.file for part in self.parts if part.type == "list"}
        included = [include_lists(part, lists) for part in self.parts]
        self.parts = [part for part in included if isinstance(part, CoursePart)]
        self.faults.extend(fault for part in included if isinstance(part, tuple) for fault in part)

    def add_faults_of_missing_files(self, paths: Container[str]) -> None:
        """Note a fault for each required file that is missing."""
        for path in _REQUIRED:
            if path not in paths:
                remedy = f"Write {path}; docs/users/writing-a-course.md says what it contains."
                self._add_fault(path, "The file is missing.", remedy)

    def _add_fault(self, path: str, message: str, remedy: str) -> None:
        self.faults.append(Fault(path, 1, message, remedy))

    def _check_and_add_media(self, path: str, name: str, content: bytes) -> None:
        self.named.add(f"media:{name}")
        self.media[name] = content
        if problem := raster.describe_file_problem(name, content):
            self._add_fault(path, *problem)

    def _parse_and_add_part(self, path: str, text: str) -> None:
        parsed = _parse_part_or_faults(path, text)
        if isinstance(parsed, tuple):
            self.faults.extend(parsed)
        else:
            self.parts.append(parsed)
            self._check_name_or_add_fault(parsed)

    def _parse_and_add_picture(self, path: str, text: str) -> None:
        parsed = picture.parse_picture(path, text)
        if isinstance(parsed, list):
            self.faults.extend(parsed)
        self.pictures[FilePath(path).stem] = None if isinstance(parsed, list) else parsed

    def _attach_picture_or_add_fault(self, part: CoursePart[Any]) -> CoursePart[Any]:
        if part.slug not in self.pictures:
            remedy = f"Draw figures/{part.slug}.svg, or remove this file."
            self.faults.append(part.build_fault(("id",), "The figure has no picture.", remedy))
        return replace(part, picture=self.pictures.get(part.slug))

    def _validate_or_add_faults(self, source: FrontMatter, schema: type[_M]) -> _M | None:
        try:
            return schema.model_validate(source.data)
        except ValidationError as error:
            self.faults.extend(build_schema_faults(error, schema, source))
            return None

    def _check_name_or_add_fault(self, part: CoursePart[Any]) -> None:
        """Note a fault unless the file is named after its id."""
        is_course, is_section = part.path == "course.md", part.path.startswith("sections/")
        expected = (self.course_id or part.slug) if is_course else _parse_slug(part.path)
        if part.slug != expected:
            message = (
                f"The id is '{part.slug}', but the {'folder' if is_course else 'file'} "
                f"is called '{expected}'."
            )
            self.faults.append(part.build_fault(("id",), message, "Give both the same name."))
        elif is_section and not _NUMBERED.fullmatch(FilePath(part.path).stem):
            remedy = (
                f"Name it sections/NN-{part.slug}.md, with its place in the course as NN: 01, 02, "
                "and so on."
            )
            message = "The file name of a section begins with a number of two digits and a hyphen."
            self._add_fault(part.path, message, remedy)


def parse_document_name(path: str) -> str:
    """Return the document that a file belongs to, such as `case:mina`; otherwise its path."""
    drawn, schema = _PICTURE.fullmatch(path), type_and_schema_or_none(path)
    if drawn:
        return f"figure:{drawn.group(1)}"
    return f"{schema[0]}:{_parse_slug(path)}" if schema else path


def compute_content_hash_or_none(files: Mapping[str, str]) -> str | None:
    """Return the content hash of one document; None if its files have faults."""
    parsed = ParsedFiles()
    for path, text in files.items():
        parsed.parse_and_add_file(path, text.encode())
    parsed.attach_pictures_to_figures()
    is_sound = len(parsed.parts) == 1 and not parsed.faults
    return parsed.parts[0].content_hash if is_sound else None


def parse_ledger_or_none(text: str) -> ParsedLedger | None:
    """Return a ledger with its entries parsed; None if it has faults."""
    parsed = ParsedFiles()
    parsed.parse_and_add_ledger(Series.SHIPPED, text)
    return parsed.ledgers.get(Series.SHIPPED)


def clear_parsed_part_cache() -> None:
    """Forget the files that were parsed."""
    _parse_part_or_faults.cache_clear()


@lru_cache(maxsize=CACHED_FILES)
def _parse_part_or_faults(path: str, text: str) -> CoursePart[Any] | tuple[Fault, ...]:
    """Return a parsed file, or its faults."""
    typed = type_and_schema_or_none(path)
    if typed is None:
        raise ValueError(path)
    source = frontmatter.parse_front_matter(path, text)
    if isinstance(source, Fault):
        return (source,)
    type_, schema = typed
    try:
        file = schema.model_validate(source.data)
    except ValidationError as error:
        return tuple(build_schema_faults(error, schema, source))
    uses = tuple(find_list_uses(source))
    return CoursePart(type_, str(getattr(file, "id", "")), path, text, file, source, list_uses=uses)


def type_and_schema_or_none(path: str) -> tuple[str, type[FileModel]] | None:
    """Return the type and schema of a file by its path; None if it has none."""
    if path in _TOP_LEVEL:
        return _TOP_LEVEL[path]
    head, _, name = path.partition("/")
    is_part = head in _FOLDERS and "/" not in name and name.endswith(".md")
    return _FOLDERS[head] if is_part else None


def is_file_of_course(path: str) -> bool:
    """Tell whether a file with this path can be part of a course; it may still have faults."""
    is_picture = _PICTURE.fullmatch(path) or raster.FILE.fullmatch(path)
    return bool(is_picture) or path in _SERIES or type_and_schema_or_none(path) is not None


def _parse_slug(path: str) -> str:
    """Return the id that a file's name stands for; for the course, this is its folder's name."""
    stem = FilePath(path).stem
    numbered = _PERHAPS_NUMBERED.fullmatch(stem) if path.startswith("sections/") else None
    return numbered.group(1) if numbered else stem
