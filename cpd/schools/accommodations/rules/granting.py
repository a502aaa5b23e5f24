"""What can be granted, and on what terms an assignment's exam is then taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from cpd.quizzes.rules.eligibility import ExamTerms
from cpd.schools.assignments.rules.local_times import LocalTime
from cpd.schools.assignments.rules.terms import AssignmentTerms, Purpose
from cpd.schools.assignments.rules.windows import Window

LARGEST_FACTOR = Fraction(5)
MOST_EXTRA_TRIES = 10
LONGEST_REASON = 400


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a person is granted in every exam of a school, present and future."""

    time_factor: Fraction = Fraction(1)
    """3/2 is 50% more time."""
    has_timer: bool = True
    extra_attempts: int = 0


class GrantFault(StrEnum):
    """Why something cannot be granted as asked."""

    FACTOR_OUT_OF_RANGE = "factor-out-of-range"
    TRIES_OUT_OF_RANGE = "tries-out-of-range"
    NOTHING_GRANTED = "nothing-granted"
    REASON_MISSING = "reason-missing"
    REASON_TOO_LONG = "reason-too-long"
    NOT_LATER = "not-later"


def find_allowance_faults(allowance: Allowance, reason: str) -> tuple[GrantFault, ...]:
    """Return why an accommodation cannot be granted."""
    faults = []
    if not 1 <= allowance.time_factor <= LARGEST_FACTOR:
        faults.append(GrantFault.FACTOR_OUT_OF_RANGE)
    if not 0 <= allowance.extra_attempts <= MOST_EXTRA_TRIES:
        faults.append(GrantFault.TRIES_OUT_OF_RANGE)
    if allowance == Allowance():
        faults.append(GrantFault.NOTHING_GRANTED)
    return (*faults, *find_reason_faults(reason))


def find_extension_faults(window: Window, until: LocalTime, reason: str) -> tuple[GrantFault, ...]:
    """Return why a later date cannot be granted: it must be later than that of the class."""
    is_later = until.instant > window.due.instant
    return (*(() if is_later else (GrantFault.NOT_LATER,)), *find_reason_faults(reason))


def find_reason_faults(reason: str) -> tuple[GrantFault, ...]:
    """Return what is wrong with a reason."""
    if not reason.strip():
        return (GrantFault.REASON_MISSING,)
    return (GrantFault.REASON_TOO_LONG,) if len(reason) > LONGEST_REASON else ()


def build_personal_window(window: Window, until: LocalTime | None) -> Window:
    """Return the window of one person, with the later date if they were granted one."""
    return window if until is None else window.extend_to(until)


def build_exam_terms(
    window: Window,
    terms: AssignmentTerms,
    allowance: Allowance,
    *,
    until: LocalTime | None,
    ended_at: datetime | None = None,
) -> ExamTerms:
    """Return on what terms a person takes the exam of an assignment.

    `until` is the later date that the person was granted. `ended_at` is when the assignment was
    canceled or the person left the class; no exam starts after that.
    """
    own = build_personal_window(window, until)
    ends = [end for end in (own.closes.instant if own.closes else None, ended_at) if end]
    return ExamTerms(
        opens_at=own.opens.instant if own.opens else None,
        closes_at=min(ends, default=None),
        multiplier=allowance.time_factor,
        extra_attempts=allowance.extra_attempts,
        max_attempts=terms.max_attempts,
        pass_mark=terms.pass_mark,
        has_timer=allowance.has_timer,
        is_practice_only=terms.purpose is Purpose.PRACTICE,
        required_sections=terms.required_sections or (),
    )
