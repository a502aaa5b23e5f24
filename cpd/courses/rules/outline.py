"""What one version of a course is made of, without its text: enough to navigate it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from cpd.courses.rules.fronts.course import CourseFront
from cpd.courses.rules.fronts.exam import ExamPolicy
from cpd.courses.rules.fronts.parts import (
    FigureFront,
    GlossaryFront,
    HazardFront,
    SectionFront,
    ToolFront,
)
from cpd.courses.rules.fronts.reference import ReferenceFront


@dataclass(frozen=True)
class Part:
    """One published part of a course, as lists and links need it."""

    revision_id: int
    document_id: int
    public_id: str
    slug: str
    title: str
    words: int = 0
    html: str = ""
    """The text of a figure or of the course itself, which other pages show."""
    content_hash: str = ""
    """Two versions of a part with the same hash have the same content."""


@dataclass(frozen=True)
class CoursePart(Part):
    """The course itself."""

    front: CourseFront = field(kw_only=True)


@dataclass(frozen=True)
class ExamPart(Part):
    """The exam; its cases are not part of the outline."""

    policy: ExamPolicy = field(kw_only=True)
    standard_setting: str = field(default="", kw_only=True)
    """How the pass mark was set; empty if the authors simply set it."""


@dataclass(frozen=True)
class SectionPart(Part):
    """A section."""

    front: SectionFront = field(kw_only=True)


@dataclass(frozen=True)
class HazardPart(Part):
    """The card of a safety topic."""

    front: HazardFront = field(kw_only=True)


@dataclass(frozen=True)
class ToolPart(Part):
    """A practice sheet."""

    front: ToolFront = field(kw_only=True)


@dataclass(frozen=True)
class FigurePart(Part):
    """A figure; its front holds no picture here, because pictures are large."""

    front: FigureFront = field(kw_only=True)


@dataclass(frozen=True)
class ReferencePart(Part):
    """A cited source."""

    front: ReferenceFront = field(kw_only=True)


@dataclass(frozen=True)
class GlossaryPart(Part):
    """The glossary."""

    front: GlossaryFront = field(kw_only=True)


PartType = TypeVar("PartType", bound=Part)


@dataclass(frozen=True)
class Outline:
    """The parts of one course revision, in order; exam cases are left out on purpose."""

    course: CoursePart
    exam: ExamPart
    sections: tuple[SectionPart, ...] = ()
    practice: Mapping[str, tuple[Part, ...]] = field(default_factory=dict)
    """Practice cases by the slug of their section, without their fronts."""
    has_open_case: bool = False
    """Whether anyone may decide one of them without an account."""
    hazards: tuple[HazardPart, ...] = ()
    tools: tuple[ToolPart, ...] = ()
    figures: tuple[FigurePart, ...] = ()
    references: tuple[ReferencePart, ...] = ()
    glossary: GlossaryPart | None = None
    texts_to_review: frozenset[tuple[str, str]] = frozenset()
    """What must be signed here before the course earns credit: its cases, cards and lists, and the
    marks of decisions, each as its name and content hash."""

    @property
    def has_corrections(self) -> bool:
        """Whether any part says that it corrects a source that the course began from."""
        return any(
            front.corrected
            for front in (
                *(section.front for section in self.sections),
                *(hazard.front for hazard in self.hazards),
                *(tool.front for tool in self.tools),
            )
        )

    @property
    def required_sections(self) -> tuple[SectionPart, ...]:
        """The sections that must be read before the exam."""
        return tuple(section for section in self.sections if section.front.is_required)

    @property
    def section_word_count(self) -> int:
        """Words of the sections that must be read."""
        return sum(section.words for section in self.required_sections)

    @property
    def practice_word_count(self) -> int:
        """Words of the practice cases that must be decided, before any answer is shown."""
        return sum(
            case.words
            for section in self.required_sections
            for case in self.practice.get(section.slug, ())
        )

    @property
    def required_word_count(self) -> int:
        """All words that must be read: those of sections and of practice cases."""
        return self.section_word_count + self.practice_word_count

    @property
    def practice_case_count(self) -> int:
        """How many practice cases all sections hold together."""
        return sum(len(cases) for cases in self.practice.values())

    def section(self, slug: str) -> SectionPart | None:
        """Return the section of this name."""
        return _part_with_slug(self.sections, slug)

    def hazard(self, slug: str) -> HazardPart | None:
        """Return the safety topic of this name."""
        return _part_with_slug(self.hazards, slug)

    def tool(self, slug: str) -> ToolPart | None:
        """Return the practice sheet of this name."""
        return _part_with_slug(self.tools, slug)

    def figure(self, slug: str) -> FigurePart | None:
        """Return the figure of this name."""
        return _part_with_slug(self.figures, slug)

    def section_number(self, section: Part) -> int:
        """Return the number of a section, from 1."""
        return self._section_index(section) + 1

    def section_before(self, section: Part) -> SectionPart | None:
        """Return the section before this one."""
        index = self._section_index(section)
        return self.sections[index - 1] if index else None

    def section_after(self, section: Part) -> SectionPart | None:
        """Return the section after this one."""
        index = self._section_index(section) + 1
        return self.sections[index] if index < len(self.sections) else None

    def _section_index(self, section: Part) -> int:
        return [part.slug for part in self.sections].index(section.slug)


def _part_with_slug(parts: tuple[PartType, ...], slug: str) -> PartType | None:
    return next((part for part in parts if part.slug == slug), None)
