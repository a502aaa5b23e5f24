"""Time that learners add themselves: warned early enough, ten times, exact to the second."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpd.courses.rules.fronts.exam import MOST_ADDITIONS, ExamPolicy
from cpd.quizzes.rules.added_time import TimeOffer, TimeRefusal, add_time, find_time_offer
from cpd.quizzes.rules.attempts import Deadline

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
A_SECOND = timedelta(seconds=1)
HALF_HOUR = Deadline(NOON, limit_minutes=30, grace_seconds=60)
END = NOON + timedelta(minutes=30)


def minutes(number: int) -> datetime:
    """Return so many minutes after noon."""
    return NOON + timedelta(minutes=number)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        pytest.param(minutes(25) - A_SECOND, TimeRefusal.TOO_EARLY, id="before the warning"),
        pytest.param(minutes(25), minutes(33), id="with the warning"),
        pytest.param(END - A_SECOND, minutes(33), id="in the last second"),
        pytest.param(END, minutes(33), id="at the end"),
        pytest.param(END + A_SECOND, minutes(33) + A_SECOND, id="in the grace: from now"),
        pytest.param(minutes(31), minutes(34), id="at the end of the grace"),
        pytest.param(minutes(31) + A_SECOND, TimeRefusal.OVER, id="after the grace"),
    ],
)
def test_when_time_can_be_added(now: datetime, expected: datetime | TimeRefusal) -> None:
    added = add_time(HALF_HOUR, shown_end=END, now=now)
    assert (added.ends_at if isinstance(added, Deadline) else added) == expected


def test_two_presses_of_one_page_add_time_once() -> None:
    once = add_time(HALF_HOUR, shown_end=END, now=minutes(29))
    assert isinstance(once, Deadline)
    assert add_time(once, shown_end=END, now=minutes(29)) is TimeRefusal.ADDED_ALREADY
    assert add_time(once, shown_end=None, now=minutes(29)) is TimeRefusal.ADDED_ALREADY
    assert isinstance(add_time(once, shown_end=once.ends_at, now=minutes(29)), Deadline)


@pytest.mark.parametrize(
    ("deadline", "offer"),
    [
        pytest.param(HALF_HOUR, (3, 300), id="a tenth, in the last five minutes"),
        pytest.param(Deadline(NOON, 30, Fraction(2)), (6, 300), id="of the accommodation too"),
        pytest.param(Deadline(NOON, 25), (3, 300), id="whole minutes"),
        pytest.param(Deadline(NOON, 8), (2, 240), id="two at least, in the second half"),
        pytest.param(Deadline(NOON, 1), (2, 30), id="more than 20 seconds of warning"),
        pytest.param(Deadline(NOON), None, id="no limit"),
        pytest.param(Deadline(NOON, closes_at=END), None, id="only a closing time"),
        pytest.param(Deadline(NOON, 30, is_limit_essential=True), None, id="essential"),
        pytest.param(Deadline(NOON, 30, closes_at=END), None, id="closes then"),
        pytest.param(Deadline(NOON, 30, closes_at=minutes(9)), None, id="closes before"),
        pytest.param(Deadline(NOON, 30, added_count=MOST_ADDITIONS), None, id="ten times"),
        pytest.param(
            Deadline(NOON, 30, closes_at=END, extended_to=minutes(40)),
            (3, 300),
            id="the school moved the closing time",
        ),
    ],
)
def test_what_can_be_added(deadline: Deadline, offer: tuple[int, int] | None) -> None:
    found = find_time_offer(deadline)
    assert (found and (found.minutes, found.warning.seconds)) == offer


@pytest.mark.parametrize("deadline", [Deadline(NOON), Deadline(NOON, 30, is_limit_essential=True)])
def test_nothing_is_added_where_nothing_is_offered(deadline: Deadline) -> None:
    added = add_time(deadline, shown_end=deadline.ends_at, now=minutes(29))
    assert added is TimeRefusal.NOT_OFFERED


def test_time_ends_when_the_assignment_closes() -> None:
    deadline = Deadline(NOON, 30, closes_at=minutes(32))
    added = add_time(deadline, shown_end=END, now=minutes(29))
    assert isinstance(added, Deadline)
    assert (added.ends_at, find_time_offer(added)) == (minutes(32), None)


@given(
    limit=st.integers(1, 600),
    factor=st.fractions(1, 5, max_denominator=4),
    pressed=st.lists(st.integers(0, 20), min_size=12, max_size=12),
)
def test_every_limit_can_be_extended_ten_times(
    limit: int, factor: Fraction, pressed: list[int]
) -> None:
    deadline = Deadline(NOON, limit, factor, grace_seconds=60)
    presses = 0
    for early in pressed:
        offer, ends_at = find_time_offer(deadline), deadline.ends_at
        assert ends_at is not None
        if not isinstance(offer, TimeOffer):
            break
        assert offer.warning >= timedelta(seconds=20)
        later = add_time(deadline, shown_end=ends_at, now=ends_at - early * A_SECOND)
        assert isinstance(later, Deadline)
        assert later.ends_at == ends_at + timedelta(minutes=offer.minutes)
        assert Deadline.from_json(later.to_json()) == later
        deadline, presses = later, presses + 1
    assert presses == MOST_ADDITIONS


def test_a_deadline_stored_before_there_was_such_time_is_read() -> None:
    stored = HALF_HOUR.to_json()
    del stored["added_count"], stored["is_limit_essential"]
    assert Deadline.from_json(stored) == HALF_HOUR


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (ExamPolicy(), 0),
        (ExamPolicy(time_limit_minutes=30), 3),
        (ExamPolicy(time_limit_minutes=30, is_time_limit_essential=True), 0),
    ],
)
def test_what_the_page_of_the_course_promises(policy: ExamPolicy, expected: int) -> None:
    assert policy.minutes_to_add == expected
