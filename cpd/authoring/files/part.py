"""One file of a course as parsed: its front matter by a schema, its Markdown rendered."""

import dataclasses
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar

from cpd.authoring.files.ledger import LedgerEntryFile
from cpd.authoring.files.list_uses import ListUse
from cpd.authoring.files.texts import iterate_front_matter_texts
from cpd.cases.front import CaseFront
from cpd.cases.key import CaseKey
from cpd.content.document import Problem, Rendered
from cpd.content.extract import CORRECTED, extract_boxes
from cpd.content.file_schema import FileModel, build_content_to_hash
from cpd.content.frontmatter import Fault, FrontMatter, Path
from cpd.content.picture import Picture
from cpd.kernel import canonical

F = TypeVar("F", bound=FileModel)

NOT_HASHED: Mapping[str, frozenset[str]] = {
    "case": frozenset({"author"}),
    "hazard": frozenset({"family_of_flags", "signed_by"}),
    "list": frozenset({"family_of_flags"}),
}
"""Keys outside the content hash, which neither learners nor grading use, by type of file."""


@dataclass(frozen=True)
class CoursePart(Generic[F]):
    """One file of a course."""

    type: str
    slug: str
    path: str
    """Inside the course's folder, such as `cases/mina.md`."""
    text: str
    """The file, byte for byte."""
    file: F
    source: FrontMatter
    """With the lists that it includes."""
    body: Rendered = field(default_factory=Rendered)
    texts: Mapping[Path, Rendered] = field(default_factory=dict)
    """The Markdown values of the front matter, rendered, by their path."""
    picture: Picture | None = None
    """What a figure shows."""
    written: FrontMatter | None = None
    """The file as written, if it includes lists."""
    list_uses: tuple[ListUse, ...] = ()
    """The places that name a list."""

    @property
    def name(self) -> str:
        """Its name in the ledger and in links, such as `case:mina`."""
        return f"{self.type}:{self.slug}"

    @property
    def source_texts_by_path(self) -> dict[str, str]:
        """The files it was read from, byte for byte, by their path."""
        drawn = {f"figures/{self.slug}.svg": self.picture.svg} if self.picture else {}
        return {self.path: self.text, **drawn}

    @property
    def paths_and_rendered_texts(self) -> Iterator[tuple[Path | None, Rendered]]:
        """All rendered texts: the body under None, then the values by path."""
        yield None, self.body
        yield from self.texts.items()

    def build_fault(self, path: Path | None, message: str, remedy: str, needle: str = "") -> Fault:
        """Return a fault at a value, or in the body, on the line that holds the needle."""
        places = self.source.places
        if path is None:
            line = self.source.locate_line_in_body(needle)
        else:
            line = places.locate_line_of_text(path, needle) if needle else places.locate_line(path)
        return Fault(places.file, line, message, remedy)

    def build_fault_of_problem(self, path: Path | None, problem: Problem) -> Fault:
        """Return a problem of the renderer as a fault with its line."""
        return self.build_fault(path, problem.message, problem.remedy, problem.needle)

    @cached_property
    def front_matter_texts(self) -> tuple[tuple[Path, str], ...]:
        """The texts of the front matter with their paths."""
        return tuple(iterate_front_matter_texts(self.source.data))

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 of the content and the key, as Markdown rather than HTML.

        It covers the lists that the file includes, while `text`, the stored source, stays as
        written.
        """
        drawn = {"picture": self.picture.svg} if self.picture else {}
        hidden = NOT_HASHED.get(self.type, frozenset())
        shown = {
            key: value
            for key, value in build_content_to_hash(self.file).items()
            if key not in hidden
        }
        return canonical.hash_json(
            {"type": self.type, "front": shown, "body": self.source.body, **drawn}
        )

    @property
    def revision_data(self) -> dict[str, Any]:
        """The data that the revision stores; a case stores its front instead."""
        values = build_content_to_hash(self.file)
        return {
            **{key: value for key, value in values.items() if key != "family_of_flags"},
            "headings": [
                {"level": heading.level, "anchor": heading.anchor, "text": heading.text}
                for heading in self.body.headings
            ],
            "cites": list(self.body.cites),
            "figures": [link.slug for link in self.body.links if link.type == "figure"],
            "corrected": [
                {"anchor": box.anchor, "html": box.html}
                for box in extract_boxes(self.body.html, CORRECTED)
            ],
            **(dataclasses.asdict(self.picture) if self.picture else {}),
            **({"body_with_lists": self.source.body} if self.has_list_in_body else {}),
        }

    @property
    def has_list_in_body(self) -> bool:
        """Whether the body includes a list, so that the stored source is not the whole text."""
        return any(use.path is None for use in self.list_uses)


@dataclass(frozen=True)
class BuiltCase:
    """A case as it is published: the front, which may be seen before answering, and the key.

    They are stored in two tables: what serves an open attempt reads only that of the fronts.
    """

    front: CaseFront
    key: CaseKey
    words: int
    """Words every learner reads: stem, facts, prompts and options."""


@dataclass(frozen=True)
class ParsedLedger:
    """One file of the ledger.

    It only ever grows: recorded entries stay as they are, and new ones come at its end.
    """

    source: FrontMatter
    entries: tuple[LedgerEntryFile, ...]
    text: str
    """The file, byte for byte."""

    @property
    def entry_starts(self) -> list[int]:
        """The offset in the text at which the first line of each entry begins."""
        offsets = [0, *itertools.accumulate(map(len, self.text.splitlines(keepends=True)))]
        lines = (
            self.source.places.locate_line(("entries", position))
            for position in range(len(self.entries))
        )
        return [offsets[line - 1] for line in lines]

    @property
    def entry_texts(self) -> list[str]:
        """The text of each entry, from its first line to the next entry."""
        edges = [*self.entry_starts, len(self.text)]
        return [self.text[begin:end] for begin, end in itertools.pairwise(edges)]
