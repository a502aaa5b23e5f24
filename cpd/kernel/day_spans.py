"""A span of whole days in a time zone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum, auto
from zoneinfo import ZoneInfo


class DaySpanFault(StrEnum):
    """Why two days do not make a span that can be looked back on."""

    ENDS_BEFORE_IT_BEGINS = auto()
    NOT_OVER = auto()
    """Its last day lies in the future."""


@dataclass(frozen=True)
class DaySpan:
    """All days from the first to the last, as clocks in the zone count them."""

    first: date
    last: date
    zone: str

    @property
    def begins_at(self) -> datetime:
        """The instant at which its first day begins."""
        return self._begin_of(self.first)

    @property
    def ends_before(self) -> datetime:
        """The first instant after its last day."""
        return self._begin_of(self.last + timedelta(days=1))

    def _begin_of(self, day: date) -> datetime:
        return datetime.combine(day, time.min, ZoneInfo(self.zone)).astimezone(UTC)


def find_day_span_fault(first: date, last: date, today: date) -> DaySpanFault | None:
    """Return what is wrong with two days; None if they make a span that is not in the future."""
    if last < first:
        return DaySpanFault.ENDS_BEFORE_IT_BEGINS
    return DaySpanFault.NOT_OVER if last > today else None
