"""A course as loaded: its files parsed, their Markdown rendered, nothing published yet."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from cpd.authoring.files.case import CaseFile
from cpd.authoring.files.course import CourseFile
from cpd.authoring.files.exam import ExamFile
from cpd.authoring.files.figure import FigureFile
from cpd.authoring.files.glossary import GlossaryFile
from cpd.authoring.files.hazard import HazardFile
from cpd.authoring.files.ledger import LedgerEntryFile
from cpd.authoring.files.part import BuiltCase, CoursePart, ParsedLedger
from cpd.authoring.files.reference import ReferenceFile
from cpd.authoring.files.section import SectionFile
from cpd.authoring.files.sign_list import SignListFile
from cpd.authoring.files.tool import ToolFile
from cpd.content.extract import extract_bold_texts
from cpd.content.frontmatter import Fault
from cpd.courses.rules import ledger
from cpd.courses.rules.ledger import Series
from cpd.kernel import canonical


@dataclass(frozen=True)
class Bundle:
    """A course in which every file could be parsed."""

    course: CoursePart[CourseFile]
    exam: CoursePart[ExamFile]
    sections: tuple[CoursePart[SectionFile], ...]
    """In the order of the course."""
    cases: tuple[CoursePart[CaseFile], ...]
    """Practice cases in the order of sections and positions, then exam cases by name."""
    hazards: tuple[CoursePart[HazardFile], ...]
    tools: tuple[CoursePart[ToolFile], ...]
    figures: tuple[CoursePart[FigureFile], ...]
    references: tuple[CoursePart[ReferenceFile], ...]
    lists: tuple[CoursePart[SignListFile], ...] = ()
    glossary: CoursePart[GlossaryFile] | None = None
    media: Mapping[str, bytes] = field(default_factory=dict)
    """The pictures that came with the files, by name; those stored before are only named."""
    ledgers: Mapping[Series, ParsedLedger] = field(default_factory=dict)
    built: Mapping[str, BuiltCase] = field(default_factory=dict)
    """By case id; a case with faults in its key is missing here."""
    faults: tuple[Fault, ...] = ()
    """Everything that keeps it from being published."""
    named: frozenset[str] = frozenset()
    """All files as `type:slug`, including those that could not be parsed, terms and pictures."""

    @property
    def slug(self) -> str:
        """The id of the course."""
        return self.course.slug

    @property
    def parts(self) -> Iterator[CoursePart[Any]]:
        """Everything except the course itself, in the order of the manifest."""
        yield self.exam
        yield from self.sections
        yield from self.cases
        yield from self.hazards
        yield from self.tools
        yield from self.figures
        yield from self.references
        if self.glossary is not None:
            yield self.glossary
        yield from self.lists

    @property
    def course_and_parts(self) -> Iterator[CoursePart[Any]]:
        """The course and its parts."""
        yield self.course
        yield from self.parts

    @cached_property
    def parts_by_name(self) -> Mapping[str, CoursePart[Any]]:
        """The parts by `type:slug`."""
        return {part.name: part for part in self.parts}

    @cached_property
    def ledger_entries(self) -> list[LedgerEntryFile]:
        """The entries of both ledger files; later ones take precedence."""
        entries = [
            (ledger.ledger_entry_sort_key(entry.on, series, position), entry)
            for series, part in self.ledgers.items()
            for position, entry in enumerate(part.entries)
        ]
        return [entry for _, entry in sorted(entries, key=lambda keyed: keyed[0])]

    @property
    def content_hash(self) -> str:
        """The hash of the whole course: its own file and the hash of every part, in order."""
        manifest = [[part.name, part.content_hash] for part in self.parts]
        return canonical.hash_json({"course": self.course.content_hash, "parts": manifest})

    def section_or_none(self, slug: str) -> CoursePart[SectionFile] | None:
        """Return a section by id."""
        return next((section for section in self.sections if section.slug == slug), None)

    @property
    def term_anchors(self) -> dict[str, str]:
        """The heading under which each term is set in bold in its section: anchors by term id.

        A term that its section does not explain is missing.
        """
        anchors: dict[str, str] = {}
        for term in self.glossary.file.terms if self.glossary else ():
            section = self.section_or_none(term.section)
            beginning = re.compile(rf"(?<!\w){re.escape(term.term.casefold())}")
            for anchor, text in extract_bold_texts(section.body.html) if section else ():
                if beginning.search(text.casefold()):
                    anchors.setdefault(term.id, anchor)
        return anchors

    @property
    def uncounted_names(self) -> frozenset[str]:
        """The files, as `type:slug`, that no count includes because they have faults."""
        read = {part.name for part in self.course_and_parts}
        others = {name for name in self.named if name.startswith(("course:", "term:", "media:"))}
        unbuilt = {case.name for case in self.cases if case.slug not in self.built}
        return (self.named - read - others) | unbuilt

    def names_without_file(self, type_: str, names: Iterable[str]) -> Iterator[tuple[int, str]]:
        """Yield the position and the name of those that no file of a type has."""
        for position, name in enumerate(names):
            if f"{type_}:{name}" not in self.named:
                yield position, name

    def cases_in_pool(self, pool: str) -> list[CoursePart[CaseFile]]:
        """Return the practice or the exam cases."""
        return [case for case in self.cases if case.file.pool == pool]

    def reference_status(self, reference: str) -> str:
        """Return the evidence status of a reference from the ledger; unchecked if it has none."""
        return self._reference_statuses.get(reference, "unchecked")

    @cached_property
    def _reference_statuses(self) -> Mapping[str, str]:
        statuses: dict[str, str] = {}
        for entry in self.ledger_entries:
            if entry.type == "status" and entry.status:
                key = entry.of.removeprefix("reference:")
                before = statuses.get(key, "unchecked")
                if ledger.status_replaces(entry.status, before):
                    statuses[key] = entry.status
        return statuses
