"""Whether credit may be claimed: never above what is computed, unless a pilot bears it out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from cpd.credit.rules.units import convert_minutes
from cpd.credit.rules.worksheets import AuthorityLine, Worksheet
from cpd.kernel.canonical import Json, format_fraction

LEAST_LEARNERS = 3
"""The fewest learners of a pilot group whose median counts.

No source about massage names a number, and nursing asks only for a time that can be defended. The
strictest published standard for self-study, that of AICPA and NASBA (S14-01), asks for at least
three people who had no part in making the course:
https://1library.net/article/pilot-representative-completion-method-computation-using-prescribed-formula.y4jer9ky
"""


@dataclass(frozen=True)
class PilotReport:
    """How long a pilot group needed for exactly one version of a course."""

    content_hash: str
    """That of the version that the group took."""
    reported_on: date
    minutes_by_learner: tuple[int, ...]
    """The measured active minutes of each learner, without names; at least one."""

    def __post_init__(self) -> None:
        """Refuse a pilot that nobody took."""
        if not self.minutes_by_learner or min(self.minutes_by_learner) < 0:
            msg = "A pilot has at least one learner, and nobody needs less than no time."
            raise ValueError(msg)

    @property
    def median_minutes(self) -> Fraction:
        """The median of the learners' minutes."""
        return calculate_median(self.minutes_by_learner)

    @property
    def median_to_show(self) -> Decimal:
        """The median without zeros at its end: 52, or 52.5."""
        median = self.median_minutes
        return Decimal(median.numerator) / median.denominator

    @property
    def fewest_minutes(self) -> int:
        """The minutes of the fastest learner."""
        return min(self.minutes_by_learner)

    @property
    def most_minutes(self) -> int:
        """The minutes of the slowest learner."""
        return max(self.minutes_by_learner)

    def to_json(self) -> Json:
        """Return it as JSON."""
        return {
            "content_hash": self.content_hash,
            "reported_on": self.reported_on.isoformat(),
            "minutes": sorted(self.minutes_by_learner),
            "median": format_fraction(self.median_minutes),
        }


def calculate_median(values: Sequence[int]) -> Fraction:
    """Return the median: the middle value, or the mean of the two in the middle."""
    ordered, half = sorted(values), len(values) // 2
    if len(ordered) % 2:
        return Fraction(ordered[half])
    return Fraction(ordered[half - 1] + ordered[half], 2)


class ClaimFault(StrEnum):
    """Why an amount of credit may not be claimed."""

    NOT_POSITIVE = "not-positive"
    """Nothing is claimed, or less than nothing."""
    NOT_A_STEP = "not-a-step"
    """It is no multiple of what the authority rounds to, or finer than a hundredth."""
    NOTHING_TO_COUNT = "nothing-to-count"
    """The authority counts no time, or its unit has no known length."""
    NOT_COMPUTED = "not-computed"
    """No formula applies, and no pilot report is attached."""
    ABOVE_COMPUTED = "above-computed"
    """It is more than the formula gives, and no pilot report is attached."""
    TOO_FEW = "too-few"
    """The pilot group of the report is too small."""
    OTHER_VERSION = "other-version"
    """The pilot report is about another version of the course."""
    ABOVE_PILOT = "above-pilot"
    """It is more than the pilot's median time gives."""


def find_claim_fault(
    claimed: Decimal, worksheet: Worksheet, slug: str, pilot: PilotReport | None = None
) -> ClaimFault | None:
    """Return why an authority's credit may not be claimed for a course, or None if it may.

    A claim up to the computed amount needs no pilot report. One above it needs a report about
    exactly this version, and may not be above what the report's median gives.
    """
    line = worksheet.find_line(slug)
    if line is None or line.length is None:
        return ClaimFault.NOTHING_TO_COUNT
    if claimed <= 0:
        return ClaimFault.NOT_POSITIVE
    if Fraction(claimed) % line.step or Fraction(claimed) * 100 % 1:
        return ClaimFault.NOT_A_STEP
    if line.amount is not None and claimed <= line.amount:
        return None
    return _find_fault_above_computed(claimed, worksheet, line, pilot)


def _find_fault_above_computed(
    claimed: Decimal, worksheet: Worksheet, line: AuthorityLine, pilot: PilotReport | None
) -> ClaimFault | None:
    if pilot is None:
        is_computed = line.amount is not None
        return ClaimFault.ABOVE_COMPUTED if is_computed else ClaimFault.NOT_COMPUTED
    if len(pilot.minutes_by_learner) < LEAST_LEARNERS:
        return ClaimFault.TOO_FEW
    if pilot.content_hash != worksheet.course.content_hash:
        return ClaimFault.OTHER_VERSION
    return ClaimFault.ABOVE_PILOT if claimed > compute_pilot_amount(line, pilot) else None


def compute_pilot_amount(line: AuthorityLine, pilot: PilotReport) -> Decimal:
    """Return the most that a pilot report bears out: its median, rounded down.

    Nothing where the authority's unit has no known length.
    """
    if line.length is None:
        return Decimal(0)
    return convert_minutes(pilot.median_minutes, line.length, line.step)
