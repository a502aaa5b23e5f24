"""What one version of a course is made of, without its text: enough to find the way in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Part:
    """One published part of a course, as lists and links need it."""

    revision_id: int
    document_id: int
    public_id: str
    slug: str
    title: str
    words: int = 0
    front: Mapping[str, Any] = field(default_factory=dict)
    html: str = ""
    """The text of a figure or of the course itself, which stand in other pages."""
    content_hash: str = ""
    """Two versions of a part with the same hash say the same."""


@dataclass(frozen=True)
class Outline:
    """The parts of one course revision, in their order; exam cases are left out on purpose."""

    course: Part
    exam: Part
    """The rule of the exam."""
    sections: tuple[Part, ...] = ()
    practice: Mapping[str, tuple[Part, ...]] = field(default_factory=dict)
    """Practice cases by the slug of their section; their fronts are left out."""
    has_open_case: bool = False
    """Whether anybody may decide one of them without an account."""
    hazards: tuple[Part, ...] = ()
    tools: tuple[Part, ...] = ()
    figures: tuple[Part, ...] = ()
    references: tuple[Part, ...] = ()
    glossary: Part | None = None

    @property
    def section_words(self) -> int:
        """Words of the sections that must be read."""
        return sum(section.words for section in self.sections if is_required(section))

    @property
    def practice_words(self) -> int:
        """Words of the practice cases that must be decided, as they stand before an answer."""
        required = (section for section in self.sections if is_required(section))
        return sum(case.words for one in required for case in self.practice.get(one.slug, ()))

    @property
    def words(self) -> int:
        """All words that must be read: those of sections and of practice cases."""
        return self.section_words + self.practice_words

    @property
    def practice_count(self) -> int:
        """How many practice cases all sections hold together."""
        return sum(len(cases) for cases in self.practice.values())

    def section(self, slug: str) -> Part | None:
        """Return the section of this name."""
        return _named(self.sections, slug)

    def hazard(self, slug: str) -> Part | None:
        """Return the safety topic of this name."""
        return _named(self.hazards, slug)

    def tool(self, slug: str) -> Part | None:
        """Return the practice sheet of this name."""
        return _named(self.tools, slug)

    def figure(self, slug: str) -> Part | None:
        """Return the figure of this name."""
        return _named(self.figures, slug)

    def number(self, section: Part) -> int:
        """Return the place of a section, from 1."""
        return self.sections.index(section) + 1

    def before(self, section: Part) -> Part | None:
        """Return the section before this one."""
        place = self.sections.index(section)
        return self.sections[place - 1] if place else None

    def after(self, section: Part) -> Part | None:
        """Return the section after this one."""
        place = self.sections.index(section) + 1
        return self.sections[place] if place < len(self.sections) else None


def is_required(section: Part) -> bool:
    """Tell whether the exam asks for this section to be read."""
    return bool(section.front.get("required", True))


def is_open(tool: Part) -> bool:
    """Tell whether anybody may see this sheet, without an account."""
    return bool(tool.front.get("open", False))


def _named(parts: tuple[Part, ...], slug: str) -> Part | None:
    return next((part for part in parts if part.slug == slug), None)
