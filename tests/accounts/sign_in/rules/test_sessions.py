from datetime import timedelta

import pytest

from cpd.accounts.sign_in.rules.sessions import (
    ABSOLUTE,
    IDLE,
    RECORD_USE_EVERY,
    is_session_live,
    must_record_session_use,
)
from tests.support.moved_clock import NOW

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("created", "seen", "live"),
    [
        pytest.param(timedelta(0), timedelta(0), True, id="fresh"),
        pytest.param(IDLE, IDLE - SECOND, True, id="just used enough"),
        pytest.param(IDLE, IDLE, False, id="idle for 12 hours"),
        pytest.param(ABSOLUTE - SECOND, SECOND, True, id="almost 14 days"),
        pytest.param(ABSOLUTE, SECOND, False, id="14 days, and in use"),
    ],
)
def test_a_session_ends(created: timedelta, seen: timedelta, live: bool) -> None:
    assert is_session_live(created_at=NOW - created, last_seen_at=NOW - seen, now=NOW) is live


def test_use_is_written_every_five_minutes_at_most() -> None:
    assert not must_record_session_use(last_seen_at=NOW - RECORD_USE_EVERY + SECOND, now=NOW)
    assert must_record_session_use(last_seen_at=NOW - RECORD_USE_EVERY, now=NOW)
