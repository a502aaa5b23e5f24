"""What a piece of Markdown becomes: safe HTML, and what the checks need to know about it."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple, NewType

SafeHtml = NewType("SafeHtml", str)
"""Sanitized HTML; only the renderer makes it."""

REVIEW_MARK = "awaiting review"
"""What stands in brackets after a text that no clinician has checked."""


class Heading(NamedTuple):
    """A heading of a document, and the anchor for links to it."""

    level: int
    anchor: str
    text: str


class CrossLink(NamedTuple):
    """A link to another document of the course: `section:flare-ups#fever`, `figure:positions`."""

    type: str
    slug: str
    anchor: str = ""

    def __str__(self) -> str:
        return f"{self.type}:{self.slug}" + (f"#{self.anchor}" if self.anchor else "")


class Problem(NamedTuple):
    """What an author must fix; `needle` is a piece of the source that ends on that line."""

    message: str
    remedy: str
    needle: str = ""


@dataclass(frozen=True)
class Rendered:
    """A rendered document: what is stored, and what checks need to know about it."""

    html: SafeHtml = SafeHtml("")
    words: int = 0
    headings: tuple[Heading, ...] = ()
    cites: tuple[str, ...] = ()
    """The keys cited, in order, each once."""
    links: tuple[CrossLink, ...] = ()
    blanks: tuple[str, ...] = ()
    """Where it has blanks to fill in and boxes to tick, as written; only tools may have any."""
    problems: tuple[Problem, ...] = ()
    was_stopped: bool = False
    """Whether the renderer gave up because it was too large or slow; the problem says which."""

    def to_json(self) -> dict[str, Any]:
        """Return what the renderer process sends."""
        return {
            "html": self.html,
            "words": self.words,
            "headings": [*map(list, self.headings)],
            "cites": list(self.cites),
            "links": [*map(list, self.links)],
            "blanks": list(self.blanks),
            "problems": [*map(list, self.problems)],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Rendered":
        """Read what the renderer process sent."""
        return cls(
            html=SafeHtml(data["html"]),
            words=data["words"],
            headings=tuple(Heading(*item) for item in data["headings"]),
            cites=tuple(data["cites"]),
            links=tuple(CrossLink(*item) for item in data["links"]),
            blanks=tuple(data["blanks"]),
            problems=tuple(Problem(*item) for item in data["problems"]),
        )


@dataclass
class Findings:
    """What the reader notes in one document."""

    headings: list[Heading] = field(default_factory=list)
    cites: list[str] = field(default_factory=list)
    links: list[CrossLink] = field(default_factory=list)
    blanks: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    consumed: list[str] = field(default_factory=list)
    """Pieces of the source that are used but not shown as text: addresses, anchors, numbers."""

    def note_problem(self, message: str, remedy: str, needle: str = "") -> None:
        """Note a problem that the author must fix."""
        self.problems.append(Problem(message, remedy, needle))

    def mark_consumed(self, *pieces: str) -> None:
        """Note pieces of the source that are not shown as text."""
        self.consumed.extend(pieces)

    def note_citation(self, key: str) -> None:
        """Note a citation, once for each key."""
        if key not in self.cites:
            self.cites.append(key)

    def clear(self) -> None:
        """Start a new document."""
        for noted in (self.headings, self.cites, self.links, self.problems):
            noted.clear()
        for pieces in (self.blanks, self.consumed):
            pieces.clear()
