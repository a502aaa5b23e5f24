"""Until when a version of a course can be begun and its exam started."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

from cpd.courses.rules.fronts.course import last_day_of_front

NOTICE = timedelta(days=60)
"""How long before a version expires those who are taking it are told."""
_LAST_ZONE = timezone(-timedelta(hours=12))
"""Where a day ends last, so that nobody loses hours of it."""


@dataclass(frozen=True)
class Expiry:
    """The last day of a version, as it is to be seen now."""

    last_day: date
    is_over: bool
    """Whether that day is over everywhere: nobody starts the course or its exam any more."""
    is_near: bool
    """Whether those who are taking it should hurry."""


def build_expiry(last_day: date, now: datetime) -> Expiry:
    """Return how the last day of a version is to be seen now."""
    today = now.astimezone(_LAST_ZONE).date()
    return Expiry(last_day, is_over=last_day < today, is_near=today <= last_day <= today + NOTICE)


def build_expiry_of_front(front: Mapping[str, Any], now: datetime) -> Expiry:
    """Return the same for the stored front of a course."""
    return build_expiry(last_day_of_front(front), now)
