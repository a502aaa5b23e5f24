"""How long somebody from an authority may read."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

LONGEST = timedelta(days=90)


class PeriodFault(StrEnum):
    """Why somebody cannot read until a day."""

    PAST = "past"
    TOO_LONG = "too-long"


def find_period_fault(last_day: date, today: date) -> PeriodFault | None:
    """Return why nobody can read until this day, or None."""
    if last_day < today:
        return PeriodFault.PAST
    return PeriodFault.TOO_LONG if last_day > today + LONGEST else None


def find_end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return the instant at which a day ends in a zone."""
    return datetime.combine(day + timedelta(days=1), time(), zone)
