"""Local times in six zones, at both changes of the clocks, to the second."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cpd.schools.assignments.rules.local_times import (
    LocalTime,
    TimeChoice,
    UnclearTime,
    UnknownZone,
    resolve_local_time,
    shift_local_time,
)

BEFORE, AFTER = TimeChoice.BEFORE, TimeChoice.AFTER
FIRST, SECOND = TimeChoice.FIRST, TimeChoice.SECOND


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "wall", "instant"),
    [
        ("America/Chicago", "2026-07-01T18:00:00", "2026-07-01T23:00:00"),
        ("America/Chicago", "2026-12-01T18:00:00", "2026-12-02T00:00:00"),
        ("Europe/London", "2026-03-29T00:59:59", "2026-03-29T00:59:59"),
        ("Europe/London", "2026-03-29T02:00:00", "2026-03-29T01:00:00"),
        ("Europe/London", "2026-10-25T00:59:59", "2026-10-24T23:59:59"),
        ("Europe/London", "2026-10-25T02:00:00", "2026-10-25T02:00:00"),
        ("Asia/Kolkata", "2026-03-29T02:30:00", "2026-03-28T21:00:00"),
        ("Australia/Lord_Howe", "2026-10-04T02:30:00", "2026-10-03T15:30:00"),
        ("America/St_Johns", "2026-11-01T00:59:59", "2026-11-01T03:29:59"),
        ("Pacific/Auckland", "2026-09-27T03:00:00", "2026-09-26T14:00:00"),
    ],
)
def test_a_clear_time_is_one_instant(zone: str, wall: str, instant: str) -> None:
    found = resolve_local_time(at(wall), zone)
    assert found == LocalTime(at(wall), zone)
    assert isinstance(found, LocalTime)
    assert found.instant == utc(instant)


@pytest.mark.parametrize(
    ("zone", "missing", "before", "after", "instants"),
    [
        (
            "America/Chicago",
            *("2026-03-08T02:30:00", "2026-03-08T01:30:00", "2026-03-08T03:30:00"),
            ("2026-03-08T07:30:00", "2026-03-08T08:30:00"),
        ),
        (
            "Europe/London",
            *("2026-03-29T01:00:00", "2026-03-29T00:00:00", "2026-03-29T02:00:00"),
            ("2026-03-29T00:00:00", "2026-03-29T01:00:00"),
        ),
        (
            "Europe/London",
            *("2026-03-29T01:59:59", "2026-03-29T00:59:59", "2026-03-29T02:59:59"),
            ("2026-03-29T00:59:59", "2026-03-29T01:59:59"),
        ),
        (
            "Australia/Lord_Howe",  # by half an hour
            *("2026-10-04T02:15:00", "2026-10-04T01:45:00", "2026-10-04T02:45:00"),
            ("2026-10-03T15:15:00", "2026-10-03T15:45:00"),
        ),
        (
            "America/St_Johns",
            *("2026-03-08T02:30:00", "2026-03-08T01:30:00", "2026-03-08T03:30:00"),
            ("2026-03-08T05:00:00", "2026-03-08T06:00:00"),
        ),
        (
            "Pacific/Auckland",
            *("2026-09-27T02:30:00", "2026-09-27T01:30:00", "2026-09-27T03:30:00"),
            ("2026-09-26T13:30:00", "2026-09-26T14:30:00"),
        ),
    ],
)
def test_a_missing_time_is_asked_about(
    zone: str, missing: str, before: str, after: str, instants: tuple[str, str]
) -> None:
    found = resolve_local_time(at(missing), zone)
    assert isinstance(found, UnclearTime)
    assert found.is_missing
    assert {choice: time.wall for choice, time in found.options.items()} == {
        BEFORE: at(before),
        AFTER: at(after),
    }
    for choice, instant in zip((BEFORE, AFTER), instants, strict=True):
        chosen = resolve_local_time(at(missing), zone, choice)
        assert isinstance(chosen, LocalTime)
        assert chosen.instant == utc(instant)
        assert resolve_local_time(chosen.wall, zone) == chosen


@pytest.mark.parametrize(
    ("zone", "doubled", "instants"),
    [
        ("America/Chicago", "2026-11-01T01:30:00", ("2026-11-01T06:30:00", "2026-11-01T07:30:00")),
        ("Europe/London", "2026-10-25T01:00:00", ("2026-10-25T00:00:00", "2026-10-25T01:00:00")),
        ("Europe/London", "2026-10-25T01:59:59", ("2026-10-25T00:59:59", "2026-10-25T01:59:59")),
        (
            "Australia/Lord_Howe",
            "2026-04-05T01:45:00",
            ("2026-04-04T14:45:00", "2026-04-04T15:15:00"),
        ),
        (
            "America/St_Johns",
            "2026-11-01T01:30:00",
            ("2026-11-01T04:00:00", "2026-11-01T05:00:00"),
        ),
        (
            "Pacific/Auckland",
            "2026-04-05T02:30:00",
            ("2026-04-04T13:30:00", "2026-04-04T14:30:00"),
        ),
    ],
)
def test_a_doubled_time_is_asked_about(zone: str, doubled: str, instants: tuple[str, str]) -> None:
    found = resolve_local_time(at(doubled), zone)
    assert isinstance(found, UnclearTime)
    assert not found.is_missing
    for fold, (choice, instant) in enumerate(zip((FIRST, SECOND), instants, strict=True)):
        chosen = resolve_local_time(at(doubled), zone, choice)
        assert chosen == LocalTime(at(doubled), zone, fold)
        assert isinstance(chosen, LocalTime)
        assert chosen.instant == utc(instant)


def test_a_choice_for_another_time_is_asked_again() -> None:
    assert isinstance(
        resolve_local_time(at("2026-10-25T01:30:00"), "Europe/London", BEFORE), UnclearTime
    )
    assert resolve_local_time(at("2026-10-26T01:30:00"), "Europe/London", SECOND) == LocalTime(
        at("2026-10-26T01:30:00"), "Europe/London"
    )


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "", "../../etc/passwd", "America"])
def test_an_unknown_zone_is_named(zone: str) -> None:
    assert resolve_local_time(at("2026-10-25T01:30:00"), zone) == UnknownZone(zone)


def test_a_shift_keeps_what_the_clock_shows() -> None:
    before = LocalTime(at("2026-10-18T01:30:00"), "Europe/London")
    assert isinstance(shift_local_time(before, 7), UnclearTime)
    assert shift_local_time(before, 7, SECOND) == LocalTime(
        at("2026-10-25T01:30:00"), "Europe/London", 1
    )
    after = shift_local_time(before, 14)
    assert isinstance(after, LocalTime)
    assert after.instant - before.instant == timedelta(days=14, hours=1)


def test_whatever_a_zone_does_in_a_year_is_asked_about_or_clear() -> None:
    """Each half hour of a year: a time is clear exactly if it occurs once."""
    there = ZoneInfo("America/St_Johns")
    occurring = [
        (utc("2025-12-31T00:00:00") + timedelta(minutes=30 * n)).astimezone(there)
        for n in range(2 * 24 * 368)
    ]
    shown: dict[datetime, int] = {}
    for moment in occurring:
        naive = moment.replace(tzinfo=None, fold=0)
        shown[naive] = shown.get(naive, 0) + 1
    wall = at("2026-01-01T00:00:00")
    while wall.year == 2026:
        is_clear = isinstance(resolve_local_time(wall, "America/St_Johns"), LocalTime)
        assert is_clear is (shown.get(wall, 0) == 1), wall
        wall += timedelta(minutes=30)
