from collections.abc import Iterator
from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from flask import current_app

from cpd.access import guard
from cpd.web import formatting
from tests.support.joints import answer
from tests.web.conftest import MakeShell

MOMENT = datetime(2026, 11, 22, 3, 31, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _request(make_shell: MakeShell) -> Iterator[None]:
    with make_shell().test_request_context():
        yield


def test_times_stand_in_the_zone_named() -> None:
    assert formatting.format_instant(MOMENT, "America/Chicago") == "21 Nov 2026, 21:31 (Chicago)"
    assert formatting.format_instant(MOMENT, "UTC") == "22 Nov 2026, 03:31 (UTC)"
    assert formatting.format_clock_time(MOMENT, "Asia/Kathmandu") == "09:16:08"
    assert formatting.format_clock_time(MOMENT, "") == "03:31:08 (UTC)"


@pytest.mark.parametrize(
    ("instant", "zone", "shown"),
    [
        ("2027-11-07T04:59", "America/New_York", "00:59 (New York)"),
        ("2027-11-07T05:00", "America/New_York", "01:00 (New York, EDT)"),
        ("2027-11-07T06:00", "America/New_York", "01:00 (New York, EST)"),
        ("2027-11-07T07:00", "America/New_York", "02:00 (New York)"),
        ("2027-03-14T07:00", "America/New_York", "03:00 (New York)"),
        ("2027-04-03T15:00", "Australia/Lord_Howe", "01:30 (Lord Howe, UTC+1030)"),
    ],
)
def test_an_hour_that_comes_twice_says_which_of_the_two_it_is(
    instant: str, zone: str, shown: str
) -> None:
    moment = datetime.fromisoformat(instant).replace(tzinfo=UTC)
    assert formatting.format_instant(moment, zone).endswith(f", {shown}")
    assert formatting.format_day(MOMENT, "America/Chicago") == "21 November 2026"
    assert formatting.format_day(date(2026, 11, 22)) == "22 November 2026"
    assert (
        formatting.format_day_with_zone(MOMENT, "America/Chicago") == "21 November 2026 (Chicago)"
    )
    assert formatting.format_day_with_zone(MOMENT, "Etc/UTC") == "22 November 2026 (UTC)"


def test_otherwise_in_the_readers_zone(monkeypatch: pytest.MonkeyPatch) -> None:
    assert formatting.format_zone_name() == "UTC"
    answer(monkeypatch, current_app, guard.reader_zone, lambda: "America/New_York")
    assert formatting.format_zone_name() == "New York"
    assert formatting.format_day(MOMENT) == "21 November 2026"
    assert formatting.format_instant(MOMENT) == "21 Nov 2026, 22:31 (New York)"
    assert formatting.format_instant(MOMENT, "") == "22 Nov 2026, 03:31 (UTC)", (
        "told nothing is not the reader"
    )


@pytest.mark.parametrize("name", ["Nowhere/Land", "../etc/passwd", "\0", ""])
def test_what_is_no_zone_is_utc(name: str) -> None:
    assert formatting.load_time_zone(name).key == "UTC"


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (Fraction(3, 4), "75%"),
        (Fraction(7499, 10000), "74%"),
        (Fraction(2, 3), "66%"),
        (Fraction(1), "100%"),
        (Fraction(0), "0%"),
    ],
)
def test_percent_never_flatters(share: Fraction, shown: str) -> None:
    assert formatting.format_percent(share) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Fraction(3), "3"),
        (Fraction(0), "0"),
        (Fraction(7, 2), "3½"),
        (Fraction(1, 3), "⅓"),
        (Fraction(3, 7), "0.42"),
        (Fraction(17, 6), "2.83"),
    ],
)
def test_marks(value: Fraction, shown: str) -> None:
    assert formatting.format_marks(value) == shown


def test_the_language_of_the_page() -> None:
    assert (formatting.current_page_language(), formatting.current_page_direction()) == (
        "en-GB",
        "ltr",
    )
