"""Spans of days: whole days of a zone, also on days when clocks change."""

from datetime import date, timedelta

import pytest

from cpd.kernel.day_spans import DaySpan, DaySpanFault, find_day_span_fault

DAY = date(2026, 11, 1)  # on which clocks in New York go back


@pytest.mark.parametrize(("zone", "hours"), [("UTC", 24), ("America/New_York", 25)])
def test_a_day_is_as_long_as_clocks_say(zone: str, hours: int) -> None:
    span = DaySpan(DAY, DAY, zone)
    assert span.ends_before - span.begins_at == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("first", "last", "fault"),
    [
        (DAY, DAY, None),
        (DAY, DAY - timedelta(days=1), DaySpanFault.ENDS_BEFORE_IT_BEGINS),
        (DAY, DAY + timedelta(days=1), DaySpanFault.NOT_OVER),
    ],
)
def test_only_days_in_order_that_are_not_in_the_future(
    first: date, last: date, fault: DaySpanFault | None
) -> None:
    assert find_day_span_fault(first, last, DAY) is fault
