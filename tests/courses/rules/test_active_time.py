"""When a report of the page counts as a minute."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpd.courses.rules.active_time import IDLE_LIMIT, MINUTE, is_minute_active

START = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("passed", "idle", "is_active"),
    [
        pytest.param(60, 0, True, id="a minute later"),
        pytest.param(59, 0, False, id="too soon"),
        pytest.param(-60, 0, False, id="the clock was set back"),
        pytest.param(3600, 300, True, id="idle as long as is allowed"),
        pytest.param(3600, 301, False, id="idle for longer"),
        pytest.param(3600, -1, False, id="idle for less than no time"),
    ],
)
def test_a_minute(passed: int, idle: int, *, is_active: bool) -> None:
    now = START + timedelta(seconds=passed)
    assert is_minute_active(now, since=START, idle=timedelta(seconds=idle)) is is_active


@given(st.lists(st.integers(0, 400), max_size=60))
def test_the_minutes_never_add_up_to_more_than_the_time_that_passed(gaps: list[int]) -> None:
    now = since = START
    minutes = 0
    for gap in gaps:
        now += timedelta(seconds=gap)
        if is_minute_active(now, since=since, idle=timedelta(0)):
            minutes, since = minutes + 1, now
    assert minutes * MINUTE <= now - START


def test_the_limit_is_longer_than_the_pause_between_two_reports() -> None:
    assert IDLE_LIMIT > MINUTE
