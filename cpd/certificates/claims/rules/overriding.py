"""Which reasons an administrator may set aside for one license, and why not the others."""

from collections.abc import Collection, Mapping
from enum import StrEnum

from cpd.credit.rules.issue_checks import Refusal


class Bar(StrEnum):
    """Why a reason cannot be set aside."""

    NOTHING_TO_CLAIM = "nothing-to-claim"
    """The authority counts no time, or nobody knows how much it would be."""
    NO_LETTER = "no-letter"
    """An approval is missing: what counts is the letter of the authority, put on file."""
    NOT_REVIEWED = "not-reviewed"
    """Nobody may skip the clinical review."""
    ABOVE_COMPUTED = "above-computed"
    """More would be claimed than the course is worth."""
    PUT_RIGHT = "put-right"
    """What the document lacks can be put right."""


BARS: Mapping[Refusal, Bar | None] = {
    Refusal.NO_HOURS: Bar.NOTHING_TO_CLAIM,
    Refusal.STALE: None,
    Refusal.CONFLICT: None,
    Refusal.UNKNOWN_APPROVAL: None,
    Refusal.PROVIDER_NOT_APPROVED: Bar.NO_LETTER,
    Refusal.COURSE_NOT_APPROVED: Bar.NO_LETTER,
    Refusal.NOT_REVIEWED: Bar.NOT_REVIEWED,
    Refusal.NOT_YET: Bar.NO_LETTER,
    Refusal.ENDED: Bar.NO_LETTER,
    Refusal.PASSED_BEFORE: Bar.NO_LETTER,
    Refusal.TITLE_DIFFERS: None,
    Refusal.HOURS_DIFFER: Bar.ABOVE_COMPUTED,
    Refusal.NO_AMOUNT: Bar.NOTHING_TO_CLAIM,
    Refusal.WRONG_CATEGORY: Bar.NO_LETTER,
    Refusal.LICENSE_MISSING: Bar.PUT_RIGHT,
    Refusal.LICENSE_MALFORMED: None,
    Refusal.OUTSIDE_CYCLE: None,
    Refusal.REPEATED: None,
    Refusal.LIMIT: None,
    Refusal.WRONG_NAME: Bar.PUT_RIGHT,
    Refusal.WRONG_UNIT: Bar.PUT_RIGHT,
    Refusal.FIELD_MISSING: Bar.PUT_RIGHT,
}
"""What keeps each reason from being set aside; None where an administrator may."""


def may_override(reasons: Collection[Refusal]) -> bool:
    """Tell whether all of these reasons may be set aside."""
    return bool(reasons) and all(BARS[reason] is None for reason in reasons)
