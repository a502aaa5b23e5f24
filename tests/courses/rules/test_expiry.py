"""When a version has expired, and when its learners are told that it will."""

from datetime import UTC, date, datetime, timedelta

import pytest

from cpd.courses.rules.expiry import NOTICE, build_expiry

LAST = date(2026, 12, 10)
NOON_AFTER = datetime(2026, 12, 11, 12, 0, tzinfo=UTC)
"""When the last day is over everywhere."""


@pytest.mark.parametrize(
    ("now", "is_over", "is_near"),
    [
        pytest.param(NOON_AFTER - NOTICE - timedelta(days=2), False, False, id="long before"),
        pytest.param(NOON_AFTER - NOTICE - timedelta(days=1), False, True, id="soon"),
        pytest.param(NOON_AFTER - timedelta(seconds=1), False, True, id="the last second"),
        pytest.param(NOON_AFTER, True, False, id="over everywhere"),
    ],
)
def test_a_version_lasts_until_its_last_day_is_over_everywhere(
    now: datetime, is_over: bool, is_near: bool
) -> None:
    expiry = build_expiry(LAST, now)
    assert (expiry.is_over, expiry.is_near) == (is_over, is_near)
