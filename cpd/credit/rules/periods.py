"""The days of a cycle, from when a license was issued and when it expires."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True)
class Period:
    """The days of a cycle, both included."""

    first: date
    last: date
    is_first: bool
    """Whether the license was issued during it."""

    def covers(self, day: date) -> bool:
        """Tell whether a day belongs to it."""
        return self.first <= day <= self.last


def build_period(months: int, *, issued_on: date | None, expires_on: date) -> Period:
    """Return the cycle of so many months that ends on the day on which the license expires."""
    first = subtract_months(expires_on, months) + timedelta(days=1)
    is_first = issued_on is not None and first < issued_on <= expires_on
    return Period(issued_on if is_first and issued_on else first, expires_on, is_first)


def subtract_months(day: date, months: int) -> date:
    """Return the same day so many months earlier; the last day of a month stays the last."""
    year, month0 = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = calendar.monthrange(year, month0 + 1)[1]
    is_last = day.day == calendar.monthrange(day.year, day.month)[1]
    return date(year, month0 + 1, last if is_last else min(day.day, last))
