"""A mark that somebody at a school gives by hand, and what is wrong with one."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction

LONGEST_REASON = 400


class MarkFault(StrEnum):
    """What is wrong with a mark."""

    OUT_OF_RANGE = "out-of-range"
    REASON_MISSING = "reason-missing"
    REASON_TOO_LONG = "reason-too-long"


def find_mark_faults(score: Fraction, reason: str) -> tuple[MarkFault, ...]:
    """Return what is wrong with a mark and its reason."""
    faults = []
    if not 0 <= score <= 1:
        faults.append(MarkFault.OUT_OF_RANGE)
    if not reason.strip():
        faults.append(MarkFault.REASON_MISSING)
    if len(reason.strip()) > LONGEST_REASON:
        faults.append(MarkFault.REASON_TOO_LONG)
    return tuple(faults)
