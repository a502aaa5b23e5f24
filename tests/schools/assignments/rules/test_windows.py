"""When an assignment is open, late and closed, to the second; faults of its dates."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cpd.schools.assignments.rules.local_times import (
    LocalTime,
    TimeChoice,
    resolve_local_time,
)
from cpd.schools.assignments.rules.windows import (
    Stage,
    Window,
    WindowFault,
    find_window_faults,
)
from tests.factories.schools import wall

SECOND = timedelta(seconds=1)
ZONES = [
    "America/Chicago",
    "Europe/London",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Pacific/Auckland",
]


def window(zone: str = "Europe/London") -> Window:
    """Return a window from before a change of the clocks till after the next one."""
    return Window(
        due=wall("2026-10-20T18:00", zone),
        opens=wall("2026-03-01T08:00", zone),
        closes=wall("2026-11-20T18:00", zone),
    )


@pytest.mark.parametrize("zone", ZONES)
def test_each_border_counts_to_the_second(zone: str) -> None:
    it = window(zone)
    assert it.opens is not None
    assert it.closes is not None
    opens, due, closes = it.opens.instant, it.due.instant, it.closes.instant
    assert [
        it.stage_at(moment)
        for moment in (
            opens - SECOND,
            opens,
            due,
            due + SECOND,
            closes - SECOND,
            closes,
        )
    ] == [Stage.BEFORE, Stage.OPEN, Stage.OPEN, Stage.LATE, Stage.LATE, Stage.CLOSED]


@pytest.mark.parametrize(
    ("zone", "missing", "doubled"),
    [
        ("America/Chicago", "2026-03-08T02:30", "2026-11-01T01:30"),
        ("Europe/London", "2026-03-29T01:30", "2026-10-25T01:30"),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-04-05T01:45"),
        ("America/St_Johns", "2026-03-08T02:30", "2026-11-01T01:30"),
        ("Pacific/Auckland", "2026-09-27T02:30", "2026-04-05T02:30"),
    ],
)
def test_a_border_at_a_change_of_the_clocks_counts_to_the_second(
    zone: str, missing: str, doubled: str
) -> None:
    """From one reading of the same time to the other, in the gap and in the fold."""
    for shown, choices in (
        (missing, (TimeChoice.BEFORE, TimeChoice.AFTER)),
        (doubled, (TimeChoice.FIRST, TimeChoice.SECOND)),
    ):
        one, other = (read_as(shown, zone, choice) for choice in choices)
        assert one.instant < other.instant
        opens, closes = Window(due=other, opens=one), Window(due=one, closes=other)
        moments = (one.instant - SECOND, one.instant, other.instant, other.instant + SECOND)
        assert [opens.stage_at(moment) for moment in moments] == [
            Stage.BEFORE, Stage.OPEN, Stage.OPEN, Stage.LATE,
        ]  # fmt: skip
        moments = (one.instant, one.instant + SECOND, other.instant - SECOND, other.instant)
        assert [closes.stage_at(moment) for moment in moments] == [
            Stage.OPEN, Stage.LATE, Stage.LATE, Stage.CLOSED,
        ]  # fmt: skip


def read_as(shown: str, zone: str, choice: TimeChoice) -> LocalTime:
    found = resolve_local_time(datetime.fromisoformat(shown), zone, choice)
    assert isinstance(found, LocalTime)
    return found


def test_without_borders_it_is_open_and_takes_late_work() -> None:
    it = Window(wall("2026-10-20T18:00"))
    assert it.stage_at(it.due.instant - timedelta(days=900)) is Stage.OPEN
    assert it.stage_at(it.due.instant + timedelta(days=900)) is Stage.LATE


def test_a_later_date_moves_the_closing_too_and_never_shortens() -> None:
    it = window()
    between, after = wall("2026-11-01T18:00"), wall("2026-12-01T18:00")
    assert it.extend_to(between) == replace(it, due=between)
    assert it.extend_to(after) == replace(it, due=after, closes=after)
    assert it.extend_to(wall("2026-10-01T18:00")) == it
    assert replace(it, closes=None).extend_to(after) == replace(it, due=after, closes=None)


EARLY, MIDDLE, LATE = (wall(f"2026-11-0{day}T18:00") for day in (1, 2, 3))


@pytest.mark.parametrize(
    ("it", "faults"),
    [
        (Window(MIDDLE), []),
        (Window(MIDDLE, EARLY, LATE), []),
        (Window(MIDDLE, EARLY, MIDDLE), []),
        (Window(MIDDLE, MIDDLE), [WindowFault.DUE_BEFORE_OPENING]),
        (Window(MIDDLE, LATE), [WindowFault.DUE_BEFORE_OPENING]),
        (Window(MIDDLE, closes=EARLY), [WindowFault.CLOSES_BEFORE_DUE]),
        (Window(LATE, EARLY, MIDDLE), [WindowFault.CLOSES_BEFORE_DUE]),
        (
            Window(LATE, MIDDLE, EARLY),
            [WindowFault.CLOSES_BEFORE_DUE, WindowFault.CLOSES_BEFORE_OPENING],
        ),
    ],
)
def test_faults_of_dates(it: Window, faults: list[WindowFault]) -> None:
    assert list(find_window_faults(it)) == faults
