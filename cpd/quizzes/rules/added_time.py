"""Time that learners add to their own try near the end of its limit (WCAG 2.2, 2.2.1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from math import floor

from cpd.courses.rules.fronts.exam import MOST_ADDITIONS, minutes_per_addition
from cpd.quizzes.rules.attempts import Deadline

LONGEST_WARNING = timedelta(minutes=5)
"""How long before the end time can be added; for a short limit, in the second half of it."""


class TimeRefusal(StrEnum):
    """Why no time was added."""

    ADDED_ALREADY = "added-already"
    """The end has moved since the page was made: the button was pressed twice, or elsewhere."""
    NOT_OFFERED = "not-offered"
    TOO_EARLY = "too-early"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class TimeOffer:
    """What a learner can add to a try, and from when on."""

    minutes: int
    warning: timedelta
    """How long before the end the learner is warned and can add time."""
    opens_at: datetime
    left: int
    """How often time can still be added."""


def find_time_offer(deadline: Deadline) -> TimeOffer | None:
    """Return what the learner can add; None without a limit or with one that is essential.

    The closing time of an assignment stays as it is: only the school can move it.
    """
    ends_at, limit = deadline.ends_at, deadline.limit_with_extra_time
    left = MOST_ADDITIONS - deadline.added_count
    if ends_at is None or not limit or deadline.is_limit_essential or left <= 0:
        return None
    if deadline.closes_at == ends_at:
        return None
    warning = min(LONGEST_WARNING, timedelta(seconds=floor(limit * 30)))
    return TimeOffer(minutes_per_addition(limit), warning, ends_at - warning, left)


def add_time(
    deadline: Deadline, *, shown_end: datetime | None, now: datetime
) -> Deadline | TimeRefusal:
    """Return the deadline with time added to the end that the learner was shown, or a refusal.

    Within the grace period, which makes up for slow networks, time can still be added; it then
    counts from now.
    """
    ends_at, offer = deadline.ends_at, find_time_offer(deadline)
    if not deadline.is_in_time(now):
        return TimeRefusal.OVER
    if ends_at is not None and shown_end != ends_at:
        return TimeRefusal.ADDED_ALREADY
    if ends_at is None or offer is None:
        return TimeRefusal.NOT_OFFERED
    if now < offer.opens_at:
        return TimeRefusal.TOO_EARLY
    to = max(ends_at, now.astimezone(UTC)) + timedelta(minutes=offer.minutes)
    closes_at = deadline.closes_at
    if closes_at is not None and ends_at < closes_at:
        to = min(to, closes_at)
    return replace(deadline, extended_to=to, added_count=deadline.added_count + 1)
