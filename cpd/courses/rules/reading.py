"""What of a course is done and left, how long it takes, and what it may claim."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cpd.content.readability import ReadingTime, reading_time
from cpd.courses.rules.outline import Outline, Part, is_required

WORDS_PER_CE = 12_000
"""Words of home study that make one CE by the rule of NCBTMB, where 1 CE is an hour of class:
https://www.ncbtmb.org/faq/what-are-ncbtmbs-guidelines-for-home-study-courses/"""
WORDS_RULE = "https://www.ncbtmb.org/faq/what-are-ncbtmbs-guidelines-for-home-study-courses/"
"""Where the rule of words is written."""


PLACE_PAUSE = timedelta(seconds=2)
"""So much time lies between two notes of where somebody reads."""


class SectionState(StrEnum):
    """How far a learner is with one section."""

    TO_READ = "to_read"
    BEGUN = "begun"
    DONE = "done"


@dataclass(frozen=True)
class SectionProgress:
    """One section: whether it was ended, and which of its practice cases were answered."""

    section: Part
    ended_at: datetime | None = None
    practice: tuple[Part, ...] = ()
    answered: frozenset[str] = frozenset()
    """Slugs of practice cases decided to their end, right or wrong."""

    @property
    def is_ended(self) -> bool:
        """Whether the learner pressed "Done, continue" at its end."""
        return self.ended_at is not None

    @property
    def practice_left(self) -> tuple[Part, ...]:
        """The practice cases still to be decided."""
        return tuple(case for case in self.practice if case.slug not in self.answered)

    @property
    def is_done(self) -> bool:
        """Whether nothing of it is left."""
        return self.is_ended and not self.practice_left

    @property
    def state(self) -> SectionState:
        """Done, begun, or to read."""
        if self.is_done:
            return SectionState.DONE
        has_begun = self.is_ended or len(self.practice_left) < len(self.practice)
        return SectionState.BEGUN if has_begun else SectionState.TO_READ


@dataclass(frozen=True)
class Place:
    """The line at which a reader left off."""

    section: str
    anchor: str
    """The heading or practice case under which it lies; empty for the top of the section."""
    block: int
    """How many blocks below that heading."""
    noted_at: datetime

    def is_worth_noting(self, before: "Place | None") -> bool:
        """Tell whether it differs from what is kept, and is not too soon after it."""
        if before is None:
            return True
        moved = (self.section, self.anchor, self.block)
        is_elsewhere = moved != (before.section, before.anchor, before.block)
        return is_elsewhere and self.noted_at - before.noted_at >= PLACE_PAUSE


@dataclass(frozen=True)
class Progress:
    """How far a learner is with one version of a course."""

    sections: tuple[SectionProgress, ...]
    place: Place | None = None

    @property
    def ended(self) -> int:
        """How many sections were ended."""
        return sum(section.is_ended for section in self.sections)

    @property
    def left(self) -> tuple[SectionProgress, ...]:
        """What must still be done before the exam: required sections that are not done."""
        return tuple(one for one in self.sections if is_required(one.section) and not one.is_done)

    @property
    def is_gate_met(self) -> bool:
        """Whether the exam may begin as far as reading goes.

        Each required section was ended and its practice cases were answered, right or wrong; no
        clock is involved.
        """
        return not self.left

    @property
    def instants(self) -> dict[str, datetime]:
        """When each section was ended, by its slug: what an attempt records at its start."""
        return {one.section.slug: one.ended_at for one in self.sections if one.ended_at is not None}

    @property
    def next(self) -> SectionProgress | None:
        """Where to go on: in the section left off, else in the first not ended or not done."""
        unread = [one for one in self.sections if not one.is_ended]
        left_off = self.place and next(
            (one for one in unread if one.section.slug == self.place.section), None
        )
        unfinished = (one for one in self.sections if not one.is_done)
        return left_off or next(iter(unread), None) or next(unfinished, None)

    @property
    def resumed(self) -> Place | None:
        """The line at which to go on, where it lies in the next section."""
        following = self.next
        is_there = self.place and following and following.section.slug == self.place.section
        return self.place if is_there else None

    def of(self, slug: str) -> SectionProgress:
        """Return the progress of one section; raises KeyError where there is none."""
        for one in self.sections:
            if one.section.slug == slug:
                return one
        raise KeyError(slug)


def progress(
    outline: Outline,
    ended: Mapping[str, datetime],
    answered: AbstractSet[str] = frozenset(),
    *,
    place: Place | None = None,
) -> Progress:
    """Say how far a learner is: `ended` by section slug, `answered` as slugs of practice cases."""
    return Progress(
        tuple(
            SectionProgress(
                section=section,
                ended_at=ended.get(section.slug),
                practice=(cases := outline.practice.get(section.slug, ())),
                answered=frozenset(case.slug for case in cases if case.slug in answered),
            )
            for section in outline.sections
        ),
        place,
    )


@dataclass(frozen=True)
class ReadingCredit:
    """The required words of a course, apart and together, and what the word rule makes of them."""

    sections: ReadingTime
    practice: ReadingTime
    """Stories, questions and options of the practice cases that every learner opens."""

    @property
    def time(self) -> ReadingTime:
        """Both together: the required reading."""
        return reading_time(self.words)

    @property
    def words(self) -> int:
        """Words of required reading."""
        return self.sections.words + self.practice.words

    @property
    def hundredths(self) -> int:
        """Hundredths of a CE that the words alone would make, rounded down, never up."""
        return self.words * 100 // WORDS_PER_CE

    @property
    def ce(self) -> str:
        """The same as it is written: 0.98."""
        return f"{self.hundredths // 100}.{self.hundredths % 100:02}"


def reading_credit(outline: Outline) -> ReadingCredit:
    """Return the word arithmetic of a course."""
    return ReadingCredit(reading_time(outline.section_words), reading_time(outline.practice_words))


class Missing(StrEnum):
    """What is not on file yet, so that the course can earn no credit."""

    APPROVAL = "approval"
    """An accrediting body's approval of this course."""
    SIGN_OFF = "sign-off"
    """A clinician's signature under exactly this version."""
    REVIEW = "review"
    """A review of the content, with its date."""


def missing_for_credit(
    *, is_approved: bool, is_signed: bool, is_reviewed: bool
) -> tuple[Missing, ...]:
    """Say what keeps a course at "for study; no CE credit"; nothing missing means credit."""
    found = {
        Missing.APPROVAL: is_approved,
        Missing.SIGN_OFF: is_signed,
        Missing.REVIEW: is_reviewed,
    }
    return tuple(what for what, is_there in found.items() if not is_there)
