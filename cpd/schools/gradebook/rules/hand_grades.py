"""A grade that somebody at a school gives by hand, and what is wrong with one."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction

LONGEST_REASON = 400


class GradeFault(StrEnum):
    """What is wrong with a grade."""

    OUT_OF_RANGE = "out-of-range"
    REASON_MISSING = "reason-missing"
    REASON_TOO_LONG = "reason-too-long"


def find_grade_faults(score: Fraction, reason: str) -> tuple[GradeFault, ...]:
    """Return what is wrong with a grade and its reason."""
    faults = []
    if not 0 <= score <= 1:
        faults.append(GradeFault.OUT_OF_RANGE)
    if not reason.strip():
        faults.append(GradeFault.REASON_MISSING)
    if len(reason.strip()) > LONGEST_REASON:
        faults.append(GradeFault.REASON_TOO_LONG)
    return tuple(faults)
