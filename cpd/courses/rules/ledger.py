"""The ledger of a course: two series of entries, and which of two entries holds."""

from datetime import date
from enum import StrEnum

RETRACTED = "retracted"


class Series(StrEnum):
    """Which file an entry stands in: the one that came with the course, or the site's own."""

    SHIPPED = "shipped"
    HERE = "here"


def place(day: date, series: Series, position: int) -> tuple[date, bool, int]:
    """Return what entries are sorted by, the one that counts last: their day, then the site's own.

    The day is the entry's own, so that it does not matter when an entry arrived.
    """
    return day, series is Series.HERE, position


def holds(status: str, *, after: str | None) -> bool:
    """Tell whether a status replaces the one before it: a retraction stays whatever follows."""
    return after != RETRACTED or status == RETRACTED
