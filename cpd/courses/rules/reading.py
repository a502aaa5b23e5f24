"""What is done and what is left of a course, how long it takes, and what it may claim."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cpd.content.readability import ReadingTime, build_reading_time
from cpd.courses.rules.outline import Outline, Part, SectionPart

WORDS_PER_CE = 12_000
"""Words of home study that make one CE under NCBTMB's rule, where 1 CE is an hour of class:
https://www.ncbtmb.org/faq/what-are-ncbtmbs-guidelines-for-home-study-courses/"""
WORDS_RULE = "https://www.ncbtmb.org/faq/what-are-ncbtmbs-guidelines-for-home-study-courses/"
"""Where the word rule is published."""


PLACE_PAUSE = timedelta(seconds=2)
"""The minimum time between two notes of a reader's place."""


class SectionState(StrEnum):
    """How far a learner has come with one section.

    It is done once it was read to its end and its practice cases are decided, right or wrong.
    """

    TO_READ = "to_read"
    BEGUN = "begun"
    DONE = "done"


@dataclass(frozen=True)
class SectionProgress:
    """One section: whether it was finished, and which of its practice cases were answered."""

    section: SectionPart
    finished_at: datetime | None = None
    practice: tuple[Part, ...] = ()
    answered: frozenset[str] = frozenset()
    """Slugs of completed practice cases, right or wrong."""

    @property
    def is_finished(self) -> bool:
        """Whether the learner pressed "Done, continue" at its end."""
        return self.finished_at is not None

    @property
    def unfinished_practice_cases(self) -> tuple[Part, ...]:
        """The practice cases still to be decided."""
        return tuple(case for case in self.practice if case.slug not in self.answered)

    @property
    def is_done(self) -> bool:
        """Whether nothing in it is left to do."""
        return self.is_finished and not self.unfinished_practice_cases

    @property
    def state(self) -> SectionState:
        """Done, begun, or to read."""
        if self.is_done:
            return SectionState.DONE
        has_begun = self.is_finished or len(self.unfinished_practice_cases) < len(self.practice)
        return SectionState.BEGUN if has_begun else SectionState.TO_READ


@dataclass(frozen=True)
class Place:
    """The line at which a reader left off."""

    section: str
    anchor: str
    """The heading or practice case above it; empty for the top of the section."""
    block: int
    """How many blocks below that heading."""
    noted_at: datetime

    def is_worth_storing(self, before: "Place | None") -> bool:
        """Tell whether it differs from the stored place, and is not too soon after it."""
        if before is None:
            return True
        moved = (self.section, self.anchor, self.block)
        is_elsewhere = moved != (before.section, before.anchor, before.block)
        return is_elsewhere and self.noted_at - before.noted_at >= PLACE_PAUSE


@dataclass(frozen=True)
class Progress:
    """How far a learner has come with one version of a course."""

    sections: tuple[SectionProgress, ...]
    place: Place | None = None

    @property
    def finished_count(self) -> int:
        """How many sections were finished."""
        return sum(section.is_finished for section in self.sections)

    @property
    def unfinished_required_sections(self) -> tuple[SectionProgress, ...]:
        """What must still be done before the exam: required sections that are not done."""
        return tuple(
            section
            for section in self.sections
            if section.section.front.is_required and not section.is_done
        )

    @property
    def time_left(self) -> ReadingTime:
        """What is left of the required reading; before the first section, all that a course claims.

        A section counts with its practice cases until it is finished.
        """
        return build_reading_time(
            sum(
                part.words
                for section in self.sections
                if section.section.front.is_required and not section.is_finished
                for part in (section.section, *section.practice)
            )
        )

    @property
    def is_required_reading_done(self) -> bool:
        """Whether the exam may begin as far as reading goes.

        Each required section must be finished and its practice cases answered, right or wrong; the
        time it took does not matter.
        """
        return not self.unfinished_required_sections

    @property
    def finish_times_by_section(self) -> dict[str, datetime]:
        """When each section was finished, by its slug: what an attempt records at its start."""
        return {
            section.section.slug: section.finished_at
            for section in self.sections
            if section.finished_at is not None
        }

    @property
    def next_section(self) -> SectionProgress | None:
        """Where to continue: the section left off, or else the first not finished or not done."""
        unread = [section for section in self.sections if not section.is_finished]
        left_off = self.place and next(
            (section for section in unread if section.section.slug == self.place.section), None
        )
        unfinished = (section for section in self.sections if not section.is_done)
        return left_off or next(iter(unread), None) or next(unfinished, None)

    @property
    def place_to_resume(self) -> Place | None:
        """The line at which to continue, if it is in the next section."""
        following = self.next_section
        is_there = self.place and following and following.section.slug == self.place.section
        return self.place if is_there else None

    @property
    def practice_case_to_resume(self) -> Part | None:
        """The practice case at which to continue: the one left off at, or the first one left open.

        None while the text of its section is what to continue with.
        """
        following = self.next_section
        if following is None:
            return None
        open_cases = following.unfinished_practice_cases
        if self.place_to_resume is not None:
            for case in open_cases:
                if self.place_to_resume.anchor == f"case-{case.slug}":
                    return case
        return open_cases[0] if following.is_finished else None

    def section(self, slug: str) -> SectionProgress:
        """Return the progress of one section; raises KeyError where there is none."""
        for section in self.sections:
            if section.section.slug == slug:
                return section
        raise KeyError(slug)


def build_progress(
    outline: Outline,
    finished: Mapping[str, datetime],
    answered: AbstractSet[str] = frozenset(),
    *,
    place: Place | None = None,
) -> Progress:
    """Return how far a learner has come.

    `finished` is by section slug, and `answered` holds slugs of practice cases.
    """
    return Progress(
        tuple(
            SectionProgress(
                section=section,
                finished_at=finished.get(section.slug),
                practice=(cases := outline.practice.get(section.slug, ())),
                answered=frozenset(case.slug for case in cases if case.slug in answered),
            )
            for section in outline.sections
        ),
        place,
    )


@dataclass(frozen=True)
class ReadingCredit:
    """The required words of a course, and how much credit the word rule would give for them."""

    sections: ReadingTime
    practice: ReadingTime
    """Stories, questions and options of the practice cases that every learner opens."""

    @property
    def total_time(self) -> ReadingTime:
        """Both together: the required reading."""
        return build_reading_time(self.word_count)

    @property
    def word_count(self) -> int:
        """Words of required reading."""
        return self.sections.words + self.practice.words

    @property
    def hundredths_of_ce(self) -> int:
        """Hundredths of a CE that the words alone would earn, rounded down."""
        return self.word_count * 100 // WORDS_PER_CE

    @property
    def ce_text(self) -> str:
        """The CE that the words alone would earn, as text: 0.98."""
        return f"{self.hundredths_of_ce // 100}.{self.hundredths_of_ce % 100:02}"


def build_reading_credit(outline: Outline) -> ReadingCredit:
    """Return the word arithmetic of a course."""
    return ReadingCredit(
        build_reading_time(outline.section_word_count),
        build_reading_time(outline.practice_word_count),
    )


class Missing(StrEnum):
    """What is not on file yet, which keeps the course from earning credit."""

    APPROVAL = "approval"
    """An accrediting body's approval of this course."""
    SIGN_OFF = "sign-off"
    """A clinician's signature under exactly this version."""
    REVIEW = "review"
    """A review of every case, safety card and list of signs by this provider's own reviewers."""


def missing_for_credit(
    *, is_approved: bool, is_signed: bool, is_reviewed: bool
) -> tuple[Missing, ...]:
    """Say what keeps a course at "for study; no CE credit"; nothing missing means credit."""
    on_file = {
        Missing.APPROVAL: is_approved,
        Missing.SIGN_OFF: is_signed,
        Missing.REVIEW: is_reviewed,
    }
    return tuple(document for document, is_there in on_file.items() if not is_there)
