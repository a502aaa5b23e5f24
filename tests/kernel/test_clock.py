"""The one clock: aware, in UTC, moved for a block and given back whatever happens in it."""

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest

from cpd.kernel import clock

NOON = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)


def test_the_machines_clock_is_aware_in_utc_and_never_runs_back() -> None:
    first, second = clock.now(), clock.now()
    assert first.tzinfo is UTC
    assert first <= second


def test_it_stands_where_it_was_moved_to_and_comes_back() -> None:
    with clock.freeze_at(NOON):
        assert clock.now() == clock.now() == NOON
        with clock.freeze_at(NOON + timedelta(days=1)):
            assert clock.now() == NOON + timedelta(days=1)
        assert clock.now() == NOON
    assert clock.now() > NOON


def test_another_zone_is_read_as_utc() -> None:
    chatham = timezone(timedelta(hours=13, minutes=45))
    with clock.freeze_at(datetime(2026, 11, 2, 1, 45, tzinfo=chatham)):
        assert clock.now() == NOON
        assert clock.now().tzinfo is UTC


def test_what_follows_is_never_before_what_came_earlier() -> None:
    later = NOON + timedelta(hours=1)
    assert clock.keep_in_order(later, NOON, None) == later
    assert clock.keep_in_order(NOON, None, later) == later
    assert clock.keep_in_order(NOON) == NOON


def test_it_comes_back_after_an_exception() -> None:
    with pytest.raises(ZeroDivisionError), clock.freeze_at(NOON):
        raise ZeroDivisionError
    assert clock.now() > NOON


def test_it_is_one_for_every_thread() -> None:
    seen: list[datetime] = []
    with clock.freeze_at(NOON):
        thread = threading.Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()
    assert seen == [NOON]


def test_a_naive_instant_is_refused_and_moves_nothing() -> None:
    naive = NOON.replace(tzinfo=None)
    with pytest.raises(ValueError, match="aware"), clock.freeze_at(naive):
        pass
    assert clock.now() > NOON
