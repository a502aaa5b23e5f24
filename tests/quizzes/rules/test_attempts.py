"""The life of an attempt: legal moves only, and one deadline that everybody computes alike."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from cpd.quizzes.rules import attempts
from cpd.quizzes.rules.attempts import (
    AttemptState,
    Deadline,
    InvalidDeadlineError,
    Move,
    MoveRefusal,
    effective_state,
    format_instant_in_utc,
    state_after_move,
)

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
OPEN, SUBMITTED, EXPIRED, GRADED, VOID = AttemptState
NAIVE = NOON.replace(tzinfo=None)
WHY = "The learner's screen froze."

LEGAL = {
    (OPEN, Move.SUBMIT): SUBMITTED,
    (OPEN, Move.EXPIRE): EXPIRED,
    (OPEN, Move.VOID): VOID,
    (OPEN, Move.EXTEND): OPEN,
    (OPEN, Move.ADD_TIME): OPEN,
    (SUBMITTED, Move.GRADE): GRADED,
    (SUBMITTED, Move.VOID): VOID,
    (EXPIRED, Move.GRADE): GRADED,
    (EXPIRED, Move.VOID): VOID,
    (EXPIRED, Move.REOPEN): OPEN,
    (GRADED, Move.VOID): VOID,
    (VOID, Move.REOPEN): OPEN,
}


@pytest.mark.parametrize("state", AttemptState)
@pytest.mark.parametrize("move", Move)
def test_every_state_and_move(state: AttemptState, move: Move) -> None:
    after = state_after_move(state, move, reason=WHY)
    expected = LEGAL.get((state, move))
    if expected is None:
        assert isinstance(after, MoveRefusal)
        assert state.value in after.sentence
    else:
        assert after is expected


def test_a_graded_attempt_reopens_only_when_its_time_ran_out() -> None:
    assert isinstance(state_after_move(GRADED, Move.REOPEN, reason=WHY), MoveRefusal)
    assert state_after_move(GRADED, Move.REOPEN, reason=WHY, closed_by_deadline=True) is OPEN


@pytest.mark.parametrize(
    ("state", "move"), [(OPEN, Move.VOID), (OPEN, Move.EXTEND), (VOID, Move.REOPEN)]
)
@pytest.mark.parametrize("reason", ["", "  "])
def test_what_a_person_does_needs_a_reason(state: AttemptState, move: Move, reason: str) -> None:
    refusal = state_after_move(state, move, reason=reason)
    assert isinstance(refusal, MoveRefusal)
    assert "reason" in refusal.sentence


def test_what_the_learner_or_the_clock_does_needs_none() -> None:
    assert state_after_move(OPEN, Move.SUBMIT) is SUBMITTED
    assert state_after_move(OPEN, Move.EXPIRE) is EXPIRED
    assert state_after_move(SUBMITTED, Move.GRADE) is GRADED


@pytest.mark.parametrize(
    ("move", "facts", "word"),
    [
        (Move.REOPEN, {"another_open": True}, "Another attempt"),
        (Move.REOPEN, {"has_valid_certificate": True}, "certificate"),
    ],
)
def test_what_stops_a_reopening(move: Move, facts: dict[str, bool], word: str) -> None:
    refusal = state_after_move(VOID, move, reason=WHY, **facts)
    assert isinstance(refusal, MoveRefusal)
    assert word in refusal.sentence
    assert state_after_move(VOID, move, reason=WHY) is OPEN


def test_no_certificate_is_left_on_a_void_attempt() -> None:
    refusal = state_after_move(GRADED, Move.VOID, reason=WHY, has_valid_certificate=True)
    assert isinstance(refusal, MoveRefusal)
    assert state_after_move(GRADED, Move.VOID, reason=WHY, another_open=True) is VOID


class Life(RuleBasedStateMachine):
    """Any moves in any order, beside a model that knows what must never happen."""

    def __init__(self) -> None:
        super().__init__()
        self.state = OPEN
        self.history = [OPEN]
        self.ran_out = False

    @rule(
        move=st.sampled_from(Move),
        reason=st.sampled_from(["", WHY]),
        another_open=st.booleans(),
        has_valid_certificate=st.booleans(),
    )
    def move(
        self, move: Move, reason: str, *, another_open: bool, has_valid_certificate: bool
    ) -> None:
        after = state_after_move(
            self.state,
            move,
            reason=reason,
            closed_by_deadline=self.ran_out,
            another_open=another_open,
            has_valid_certificate=has_valid_certificate,
        )
        if isinstance(after, MoveRefusal):
            assert after.sentence.endswith(".")
            return
        assert reason or move in {Move.SUBMIT, Move.EXPIRE, Move.GRADE, Move.ADD_TIME}
        assert not (move is Move.REOPEN and (another_open or has_valid_certificate))
        if move is not Move.GRADE:
            self.ran_out = move is Move.EXPIRE
        self.state = after
        self.history.append(after)

    @invariant()
    def graded_only_after_closing(self) -> None:
        for before, after in zip(self.history, self.history[1:], strict=False):
            if after is GRADED:
                assert before in {SUBMITTED, EXPIRED}
            if before is SUBMITTED:
                assert after in {GRADED, VOID}

    @invariant()
    def what_a_learner_closed_stays_closed(self) -> None:
        for before, after in zip(self.history, self.history[1:], strict=False):
            if after is OPEN:
                assert before in {OPEN, EXPIRED, VOID} or self.was_expired(before)

    def was_expired(self, state: AttemptState) -> bool:
        return state is GRADED and EXPIRED in self.history


TestLife = Life.TestCase


def test_control_an_illegal_move_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "MOVES", {**attempts.MOVES, (SUBMITTED, Move.EXTEND): OPEN})
    life = Life()
    for move in (Move.SUBMIT, Move.EXTEND):
        life.move(move, WHY, another_open=False, has_valid_certificate=False)
    with pytest.raises(AssertionError):
        life.graded_only_after_closing()


# The deadline


@pytest.mark.parametrize(
    ("inputs", "ends"),
    [
        pytest.param({}, None, id="no limit"),
        pytest.param({"limit_minutes": 60}, timedelta(minutes=60), id="an hour"),
        pytest.param(
            {"limit_minutes": 30, "multiplier": Fraction(2)},
            timedelta(minutes=60),
            id="double time",
        ),
        pytest.param(
            {"limit_minutes": 31, "multiplier": Fraction(5, 4)},
            timedelta(minutes=38, seconds=45),
            id="a quarter more",
        ),
        pytest.param(
            {"limit_minutes": 1, "multiplier": Fraction(8, 7)},
            timedelta(seconds=69),
            id="a part of a second is given, not taken",
        ),
        pytest.param(
            {"closes_at": NOON + timedelta(minutes=20)}, timedelta(minutes=20), id="closing alone"
        ),
        pytest.param(
            {"limit_minutes": 30, "closes_at": NOON + timedelta(minutes=20)},
            timedelta(minutes=20),
            id="closing first",
        ),
        pytest.param(
            {"limit_minutes": 10, "closes_at": NOON + timedelta(minutes=20)},
            timedelta(minutes=10),
            id="limit first",
        ),
        pytest.param(
            {"limit_minutes": 10, "extended_to": NOON + timedelta(days=1)},
            timedelta(days=1),
            id="moved by a person",
        ),
    ],
)
def test_when_an_attempt_ends(inputs: dict[str, Any], ends: timedelta | None) -> None:
    deadline = Deadline(started_at=NOON, **inputs)
    assert deadline.ends_at == (None if ends is None else NOON + ends)
    assert Deadline.from_json(deadline.to_json()) == deadline


@pytest.mark.parametrize(
    ("seconds", "counts"), [(-1, True), (0, True), (60, True), (61, False)]
)  # fmt: skip
def test_one_grace_for_answers_and_for_expiry(seconds: int, *, counts: bool) -> None:
    deadline = Deadline(started_at=NOON, limit_minutes=30, grace_seconds=60)
    arrived = NOON + timedelta(minutes=30, seconds=seconds)
    assert deadline.is_in_time(arrived) is counts
    assert effective_state(OPEN, deadline, arrived) is (OPEN if counts else EXPIRED)


@given(
    seconds=st.integers(-7200, 7200),
    grace=st.integers(0, 600),
    state=st.sampled_from(AttemptState),
)
def test_expiry_is_what_no_answer_survives(seconds: int, grace: int, state: AttemptState) -> None:
    deadline = Deadline(started_at=NOON, limit_minutes=30, grace_seconds=grace)
    now = NOON + timedelta(seconds=seconds)
    shown = effective_state(state, deadline, now)
    assert shown is (EXPIRED if state is OPEN and not deadline.is_in_time(now) else state)


def test_there_is_no_grace_unless_the_rule_gives_one() -> None:
    deadline = Deadline(started_at=NOON, limit_minutes=30)
    assert not deadline.is_in_time(NOON + timedelta(minutes=30, microseconds=1))


@pytest.mark.parametrize(
    ("limit", "multiplier", "closes_after", "extra", "is_cut_short"),
    [
        (None, Fraction(2), None, 0, False),
        (None, Fraction(2), 10, 0, False),
        (30, Fraction(1), None, 0, False),
        (30, Fraction(5, 4), None, Fraction(15, 2), False),
        (30, Fraction(2), 60, 30, False),
        (30, Fraction(2), 59, 30, True),
    ],
)
def test_the_arithmetic_that_the_learner_reads(
    limit: int | None,
    multiplier: Fraction,
    closes_after: int | None,
    extra: Fraction,
    is_cut_short: bool,
) -> None:
    closes_at = None if closes_after is None else NOON + timedelta(minutes=closes_after)
    deadline = Deadline(NOON, limit, multiplier, closes_at)
    assert (deadline.granted_minutes, deadline.is_cut_short) == (extra, is_cut_short)


def test_without_a_deadline_nothing_expires() -> None:
    assert effective_state(OPEN, Deadline(started_at=NOON), NOON + timedelta(days=9999)) is OPEN


@pytest.mark.parametrize("zone", ["Europe/London", "America/Chicago"])
@pytest.mark.parametrize(("month", "day"), [(10, 25), (3, 29), (11, 1), (3, 8)])
def test_two_hours_are_two_hours_when_clocks_change(zone: str, month: int, day: int) -> None:
    started = datetime(2026, month, day, 0, 30, tzinfo=ZoneInfo(zone))
    deadline = Deadline(started_at=started, limit_minutes=120)
    assert deadline.ends_at is not None
    assert deadline.ends_at.astimezone(UTC) - started.astimezone(UTC) == timedelta(hours=2)
    assert deadline.ends_at.tzinfo is UTC


def test_an_extension_gives_time_or_is_refused() -> None:
    deadline = Deadline(started_at=NOON, limit_minutes=30)
    later = NOON + timedelta(hours=3)
    assert deadline.with_later_end(later, now=NOON).ends_at == later
    in_another_zone = later.astimezone(timezone(timedelta(hours=-6)))
    assert deadline.with_later_end(in_another_zone, now=NOON) == deadline.with_later_end(
        later, now=NOON
    )


@pytest.mark.parametrize(
    ("deadline", "to", "now"),
    [
        pytest.param(Deadline(NOON), NOON + timedelta(1), NOON, id="nothing to extend"),
        pytest.param(
            Deadline(NOON, limit_minutes=30), NOON + timedelta(minutes=30), NOON, id="no later"
        ),
        pytest.param(
            Deadline(NOON, limit_minutes=30),
            NOON + timedelta(hours=1),
            NOON + timedelta(hours=2),
            id="over already",
        ),
    ],
)
def test_an_extension_that_gives_no_time(deadline: Deadline, to: datetime, now: datetime) -> None:
    with pytest.raises(InvalidDeadlineError):
        deadline.with_later_end(to, now=now)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: Deadline(NAIVE), id="started"),
        pytest.param(lambda: Deadline(NOON, closes_at=NAIVE), id="closes"),
        pytest.param(lambda: Deadline(NOON, limit_minutes=1).is_in_time(NAIVE), id="arrived"),
        pytest.param(lambda: Deadline(NOON, multiplier=Fraction(1, 2)), id="less time"),
    ],
)
def test_what_no_deadline_is_made_of(make: Callable[[], object]) -> None:
    with pytest.raises(InvalidDeadlineError):
        make()


def test_instants_are_written_one_way() -> None:
    chicago = NOON.astimezone(ZoneInfo("America/Chicago"))
    assert (
        format_instant_in_utc(chicago)
        == format_instant_in_utc(NOON)
        == "2026-11-22T12:00:00.000000+00:00"
    )
