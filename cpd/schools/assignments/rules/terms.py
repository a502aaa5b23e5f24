"""On what terms a course is assigned, and whether the course allows them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from cpd.courses.rules.fronts.exam import ExamPolicy

DISCLOSURE_VERSION = 3
"""Of the sentences that tell a learner what the school sees; a change of them needs the next."""


class Purpose(StrEnum):
    """What a class is to do: practice only, or the exam, for credit."""

    PRACTICE = "practice"
    EXAM = "exam"


class ScorePolicy(StrEnum):
    """Which try counts for the school; for a certificate, the passed one does."""

    FIRST = "first"
    BEST = "best"
    LAST = "last"


class PracticeVisibility(StrEnum):
    """How a school sees practice answers: of the class as a whole, or of each learner by name."""

    BY_CLASS = "by-class"
    BY_NAME = "by-name"


@dataclass(frozen=True, slots=True)
class AssignmentTerms:
    """The terms that learners are told before they begin; fixed from the opening on."""

    purpose: Purpose = Purpose.EXAM
    max_attempts: int | None = None
    """Fewer tries than the course allows; None for as many as it does."""
    pass_mark: Fraction | None = None
    """A higher pass mark than that of the course; None for the same."""
    required_sections: tuple[str, ...] | None = None
    """The sections to finish; None for those that the course requires."""
    score_policy: ScorePolicy = ScorePolicy.BEST
    practice_visibility: PracticeVisibility = PracticeVisibility.BY_CLASS
    asks_confidence: bool = False
    """Whether practice cases ask how sure the learner is, who alone sees what they say."""
    weak_spot_cases: int = 0
    """How many practice cases to decide again, to practice weak spots."""


class TermsFault(StrEnum):
    """What the course does not allow."""

    MORE_TRIES = "more-tries"
    LOWER_MARK = "lower-mark"
    IMPOSSIBLE_MARK = "impossible-mark"
    UNKNOWN_SECTION = "unknown-section"
    NO_SECTION = "no-section"
    SECTION_LEFT_OUT = "section-left-out"
    FEWER_CASES = "fewer-cases"


def find_terms_faults(
    terms: AssignmentTerms,
    policy: ExamPolicy,
    *,
    sections: Collection[str],
    required: Collection[str],
    practice_case_count: int,
) -> tuple[TermsFault, ...]:
    """Return what the course does not allow: terms for credit are never looser than its own."""
    has_fewer = terms.weak_spot_cases > practice_case_count
    return (
        *_find_exam_faults(terms, policy),
        *_find_section_faults(terms, sections, required),
        *((TermsFault.FEWER_CASES,) if has_fewer else ()),
    )


def _find_exam_faults(terms: AssignmentTerms, policy: ExamPolicy) -> list[TermsFault]:
    faults = []
    tries, allowed = terms.max_attempts, policy.max_attempts
    if tries is not None and allowed is not None and tries > allowed:
        faults.append(TermsFault.MORE_TRIES)
    if terms.pass_mark is not None and terms.pass_mark < policy.pass_mark:
        faults.append(TermsFault.LOWER_MARK)
    if terms.pass_mark is not None and terms.pass_mark > 1:
        faults.append(TermsFault.IMPOSSIBLE_MARK)
    return faults


def _find_section_faults(
    terms: AssignmentTerms, sections: Collection[str], required: Collection[str]
) -> list[TermsFault]:
    if terms.required_sections is None:
        return []
    chosen = set(terms.required_sections)
    faults = []
    if not chosen:
        faults.append(TermsFault.NO_SECTION)
    if chosen - set(sections):
        faults.append(TermsFault.UNKNOWN_SECTION)
    if terms.purpose is Purpose.EXAM and set(required) - chosen:
        faults.append(TermsFault.SECTION_LEFT_OUT)
    return faults
