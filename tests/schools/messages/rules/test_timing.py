"""When a message is to be sent: in the morning of its reader, in any zone and at any change."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from cpd.schools.assignments.rules.local_times import LocalTime
from cpd.schools.assignments.rules.windows import Window
from cpd.schools.messages.rules.timing import (
    TOPICS,
    MessageKind,
    build_reminder_key,
    find_digest_week,
    find_reminder_kind,
    is_reminder_true,
)

LONDON = ZoneInfo("Europe/London")
SOON, LATE = MessageKind.DUE_SOON, MessageKind.OVERDUE
HALF_HOUR = timedelta(minutes=30)
ZONES = (
    "America/Chicago",
    "America/St_Johns",
    "Europe/London",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
)


def wall(text: str) -> LocalTime:
    return LocalTime(datetime.fromisoformat(text), "Europe/London")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)


WINDOW = Window(
    wall("2026-12-10T18:00"), opens=wall("2026-12-08T12:00"), closes=wall("2026-12-12T18:00")
)


@pytest.mark.parametrize(
    ("now", "kind"),
    [
        ("2026-12-07T15:00", None),  # three days before
        ("2026-12-08T11:59", None),  # it is not open yet
        ("2026-12-08T12:00", SOON),
        ("2026-12-08T19:59", SOON),
        ("2026-12-08T20:00", None),  # the evening
        ("2026-12-09T08:59", None),
        ("2026-12-09T09:00", SOON),
        ("2026-12-10T18:00", SOON),  # the very last instant is on time
        ("2026-12-10T18:01", None),  # not on the evening of the same day
        ("2026-12-11T08:59", None),
        ("2026-12-11T09:00", LATE),
        ("2026-12-13T19:59", LATE),  # closed by now, which the email says
        ("2026-12-14T09:00", None),  # too late to say it
    ],
)
def test_a_reminder_comes_by_day(now: str, kind: MessageKind | None) -> None:
    assert find_reminder_kind(WINDOW, at(now), LONDON) is kind


def test_a_reminder_is_true_while_the_day_is_the_same() -> None:
    key, moved = build_reminder_key("asg_1", WINDOW), Window(wall("2026-12-17T18:00"))
    before, after = at("2026-12-10T17:00"), at("2026-12-11T09:00")
    assert is_reminder_true(SOON, key, "asg_1", WINDOW, before)
    assert is_reminder_true(LATE, key, "asg_1", WINDOW, after)
    assert not is_reminder_true(SOON, key, "asg_1", WINDOW, after)
    assert not is_reminder_true(LATE, key, "asg_1", WINDOW, before)
    assert not is_reminder_true(SOON, key, "asg_1", moved, before)


@pytest.mark.parametrize(
    ("now", "week"),
    [
        ("2026-12-06T15:00", None),
        ("2026-12-07T08:59", None),
        ("2026-12-07T09:00", date(2026, 12, 7)),
        ("2026-12-08T19:59", date(2026, 12, 7)),
        ("2026-12-08T20:00", None),
        ("2026-12-09T09:00", None),
    ],
)
def test_a_digest_comes_on_monday(now: str, week: date | None) -> None:
    assert find_digest_week(at(now), LONDON) == week


def test_every_kind_can_be_stopped() -> None:
    assert set(TOPICS) == set(MessageKind)


@pytest.mark.parametrize("zone", ZONES)
def test_for_a_year_every_reminder_begins_in_the_morning_of_its_reader(zone: str) -> None:
    """The sweeps of a year, each half hour, across both changes of the clocks, there and here."""
    there = ZoneInfo(zone)
    for week in range(53):
        due = datetime(2026, 1, 5, 18, 0) + timedelta(weeks=week)  # noqa: DTZ001 - a wall time
        window = Window(LocalTime(due, "Europe/London"))
        first = (window.due.instant - timedelta(days=4)).replace(minute=0)
        slots = [first + HALF_HOUR * number for number in range(9 * 48)]
        kinds = [(slot, find_reminder_kind(window, slot, there)) for slot in slots]
        for kind, days in ((SOON, -2), (LATE, 1)):
            begins = next(slot for slot, found in kinds if found is kind).astimezone(there)
            due_there = window.due.instant.astimezone(there).date()
            assert begins.date() == due_there + timedelta(days=days), (kind, due)
            assert (begins.hour, begins.minute < 30) == (9, True), (kind, due)
    mondays = {
        find_digest_week(at("2026-01-01T00:00") + HALF_HOUR * n, there) for n in range(17520)
    }
    assert len(mondays - {None}) == 52
