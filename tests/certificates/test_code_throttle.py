"""Guessing codes: counted by source, forgotten after a minute, bounded in memory."""

from datetime import timedelta

import pytest

from cpd.certificates import code_throttle
from cpd.certificates.code_throttle import MAX_MISSES, WINDOW, CodeThrottle
from tests.support.moved_clock import NOW


def filled(source: str = "192.0.2.1") -> CodeThrottle:
    misses = CodeThrottle()
    for _ in range(MAX_MISSES):
        misses.count_wrong_code(source, now=NOW)
    return misses


def test_nobody_waits_before_the_limit() -> None:
    misses = CodeThrottle()
    assert misses.seconds_until_retry("192.0.2.1", now=NOW) == 0
    for _ in range(MAX_MISSES - 1):
        misses.count_wrong_code("192.0.2.1", now=NOW)
    assert misses.seconds_until_retry("192.0.2.1", now=NOW) == 0


def test_who_guessed_waits_for_the_rest_of_the_minute_rounded_up() -> None:
    misses = filled()
    assert misses.seconds_until_retry("192.0.2.1", now=NOW) == 60
    assert (
        misses.seconds_until_retry("192.0.2.1", now=NOW + timedelta(seconds=59, milliseconds=1))
        == 1
    )
    assert misses.seconds_until_retry("192.0.2.1", now=NOW + WINDOW) == 0


def test_after_the_minute_the_count_begins_again() -> None:
    misses = filled()
    later = NOW + WINDOW
    misses.count_wrong_code("192.0.2.1", now=later)
    assert misses.seconds_until_retry("192.0.2.1", now=later) == 0


@pytest.mark.parametrize(
    ("source", "other", "together"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("a socket", "a socket", True),
    ],
)
def test_who_counts_together(source: str, other: str, together: bool) -> None:
    assert bool(filled(source).seconds_until_retry(other, now=NOW)) is together


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code_throttle, "_MAX_SOURCES", 3)
    misses = filled()
    for number in range(2, 4):
        misses.count_wrong_code(f"192.0.2.{number}", now=NOW + timedelta(seconds=30))
    misses.count_wrong_code("192.0.2.9", now=NOW + WINDOW)  # those of the last minute are kept
    assert len(misses._counts) == 3
    misses.count_wrong_code("192.0.2.10", now=NOW + WINDOW)
    assert len(misses._counts) == 1
