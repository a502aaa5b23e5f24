"""A course as read: its files parsed, their Markdown rendered, nothing published yet."""

import dataclasses
import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar

from cpd.authoring.files.case import CaseFile
from cpd.authoring.files.course import CourseFile
from cpd.authoring.files.exam import ExamFile
from cpd.authoring.files.figure import FigureFile
from cpd.authoring.files.glossary import GlossaryFile
from cpd.authoring.files.hazard import HazardFile
from cpd.authoring.files.ledger import LedgerEntryFile
from cpd.authoring.files.reference import ReferenceFile
from cpd.authoring.files.section import SectionFile
from cpd.authoring.files.tool import ToolFile
from cpd.cases.model import CaseFront, CaseKey
from cpd.content.document import Problem, Rendered
from cpd.content.file_schema import FileModel, content_to_hash
from cpd.content.frontmatter import Fault, FrontMatter, Path
from cpd.content.passages import CORRECTED, bold, boxes
from cpd.content.picture import Picture
from cpd.courses.rules import ledger
from cpd.courses.rules.ledger import Series
from cpd.kernel import canonical

F = TypeVar("F", bound=FileModel)

NOT_HASHED: Mapping[str, frozenset[str]] = {
    "case": frozenset({"author"}),
    "hazard": frozenset({"family_of_flags", "signed_by"}),
}
"""Keys that neither learners see nor the key needs, by type of file."""


@dataclass(frozen=True)
class Part(Generic[F]):
    """One file of a course."""

    type: str
    slug: str
    path: str
    """Inside the course's folder, such as `cases/mina.md`."""
    text: str
    """The file, byte for byte."""
    file: F
    source: FrontMatter
    body: Rendered = field(default_factory=Rendered)
    texts: Mapping[Path, Rendered] = field(default_factory=dict)
    """The Markdown values of the front matter, rendered, by their path."""
    picture: Picture | None = None
    """What a figure shows."""

    @property
    def name(self) -> str:
        """How ledger and links name it, such as `case:mina`."""
        return f"{self.type}:{self.slug}"

    @property
    def files(self) -> dict[str, str]:
        """The files it was read from, byte for byte, by their path."""
        drawn = {f"figures/{self.slug}.svg": self.picture.svg} if self.picture else {}
        return {self.path: self.text, **drawn}

    @property
    def documents(self) -> Iterator[tuple[Path | None, Rendered]]:
        """All rendered texts: the body under None, then the values by path."""
        yield None, self.body
        yield from self.texts.items()

    def fault(self, path: Path | None, message: str, remedy: str, needle: str = "") -> Fault:
        """Return a fault at a value, or in the body, on the line that holds the needle."""
        places = self.source.places
        if path is None:
            line = self.source.line_in_body(needle)
        else:
            line = places.line_of(path, needle) if needle else places.line(path)
        return Fault(places.file, line, message, remedy)

    def problem(self, path: Path | None, problem: Problem) -> Fault:
        """Return what the renderer found as a fault with its line."""
        return self.fault(path, problem.message, problem.remedy, problem.needle)

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 over what learners see and the key: the Markdown, not what it is rendered to.

        It is taken from the file as it was parsed. Should a file include another one day, that is
        the expanded text, so that a change in what is included changes the hash; `text`, which is
        kept as the source, stays as it was written.
        """
        drawn = {"picture": self.picture.svg} if self.picture else {}
        hidden = NOT_HASHED.get(self.type, frozenset())
        shown = {
            key: value for key, value in content_to_hash(self.file).items() if key not in hidden
        }
        return canonical.digest(
            {"type": self.type, "front": shown, "body": self.source.body, **drawn}
        )

    @property
    def front(self) -> dict[str, Any]:
        """What the revision stores as data; a case's is made from its steps instead."""
        return {
            **self.file.model_dump(mode="json", by_alias=True, exclude={"family_of_flags"}),
            "headings": [
                {"level": one.level, "anchor": one.anchor, "text": one.text}
                for one in self.body.headings
            ],
            "cites": list(self.body.cites),
            "figures": [link.slug for link in self.body.links if link.type == "figure"],
            "corrected": [
                {"anchor": box.anchor, "html": box.html} for box in boxes(self.body.html, CORRECTED)
            ],
            **(dataclasses.asdict(self.picture) if self.picture else {}),
        }


@dataclass(frozen=True)
class BuiltCase:
    """A case as it is published: what may be seen before answering, and the key."""

    front: CaseFront
    key: CaseKey
    words: int
    """Words every learner reads: stem, facts, prompts and options."""


@dataclass(frozen=True)
class LedgerPart:
    """One file of the ledger."""

    source: FrontMatter
    entries: tuple[LedgerEntryFile, ...]
    text: str
    """The file, byte for byte."""

    @property
    def starts(self) -> list[int]:
        """Return where in the text the line of each entry begins."""
        offsets = [0, *itertools.accumulate(map(len, self.text.splitlines(keepends=True)))]
        lines = (self.source.places.line(("entries", place)) for place in range(len(self.entries)))
        return [offsets[line - 1] for line in lines]

    @property
    def texts(self) -> list[str]:
        """Return the text of each entry, from its line up to the next entry."""
        edges = [*self.starts, len(self.text)]
        return [self.text[begin:end] for begin, end in itertools.pairwise(edges)]


@dataclass(frozen=True)
class Bundle:
    """A course without faults of form."""

    course: Part[CourseFile]
    exam: Part[ExamFile]
    sections: tuple[Part[SectionFile], ...]
    """In the order of the course."""
    cases: tuple[Part[CaseFile], ...]
    """Practice cases in the order of sections and positions, then exam cases by name."""
    hazards: tuple[Part[HazardFile], ...]
    tools: tuple[Part[ToolFile], ...]
    figures: tuple[Part[FigureFile], ...]
    references: tuple[Part[ReferenceFile], ...]
    glossary: Part[GlossaryFile] | None = None
    ledgers: Mapping[Series, LedgerPart] = field(default_factory=dict)
    built: Mapping[str, BuiltCase] = field(default_factory=dict)
    """By case id; a case with faults in its key is missing here."""
    faults: tuple[Fault, ...] = ()
    """Everything that keeps it from being published."""
    named: frozenset[str] = frozenset()
    """All files there are, as `type:slug`, also those that could not be read; and all terms."""

    @property
    def slug(self) -> str:
        """The id of the course."""
        return self.course.slug

    @property
    def parts(self) -> Iterator[Part[Any]]:
        """Everything but the course itself, in the order of the manifest."""
        yield self.exam
        yield from self.sections
        yield from self.cases
        yield from self.hazards
        yield from self.tools
        yield from self.figures
        yield from self.references
        if self.glossary is not None:
            yield self.glossary

    @property
    def all_parts(self) -> Iterator[Part[Any]]:
        """The course and its parts."""
        yield self.course
        yield from self.parts

    @property
    def ledger(self) -> list[LedgerEntryFile]:
        """The entries of both ledger files, the one that counts last."""
        entries = [
            (ledger.place(entry.on, series, position), entry)
            for series, part in self.ledgers.items()
            for position, entry in enumerate(part.entries)
        ]
        return [entry for _, entry in sorted(entries, key=lambda one: one[0])]

    @property
    def content_hash(self) -> str:
        """The hash of the whole course: its own file and the hash of every part, in order."""
        manifest = [[part.name, part.content_hash] for part in self.parts]
        return canonical.digest({"course": self.course.content_hash, "parts": manifest})

    def section(self, slug: str) -> Part[SectionFile] | None:
        """Return a section by id."""
        return next((one for one in self.sections if one.slug == slug), None)

    @property
    def explained_at(self) -> dict[str, str]:
        """Return for each term, by id, the heading of its section under which it stands in bold.

        A term that its section does not explain is missing.
        """
        found: dict[str, str] = {}
        for term in self.glossary.file.terms if self.glossary else ():
            section = self.section(term.section)
            said = re.compile(rf"(?<!\w){re.escape(term.term.casefold())}")
            for anchor, text in bold(section.body.html) if section else ():
                if said.search(text.casefold()):
                    found.setdefault(term.id, anchor)
        return found

    def pool(self, pool: str) -> list[Part[CaseFile]]:
        """Return the practice or the exam cases."""
        return [case for case in self.cases if case.file.pool == pool]

    def status(self, reference: str) -> str:
        """Return the evidence status of a reference: what the ledger says, else unchecked."""
        found = "unchecked"
        for entry in self.ledger:
            is_its = entry.type == "status" and entry.of == f"reference:{reference}"
            if is_its and entry.status and ledger.holds(entry.status, after=found):
                found = entry.status
        return found
