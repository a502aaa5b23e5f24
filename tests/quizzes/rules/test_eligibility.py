"""Who may start an attempt: tries, pauses, the reading gate, and what puts a failed try right."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from cpd.courses.rules.fronts.exam import ExamPolicy
from cpd.quizzes.rules.attempts import AttemptState
from cpd.quizzes.rules.eligibility import (
    ExamTerms,
    Gate,
    Hurdle,
    PastAttempt,
    RemediesDone,
    Remedy,
    RequiredSection,
    StartRefusal,
    StartTerms,
    build_reading_gate,
    start_terms_or_refusal,
)

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
MET = Gate()
NOTHING_DONE = RemediesDone(reread={}, practiced={})
FEVER = Remedy(case="mina", passage="section:flare-ups#fever", hazards=("fever", "relapse"))
HEAT = Remedy(case="hanna", passage="section:safety#heat")


def start(
    *past: PastAttempt,
    policy: ExamPolicy | None = None,
    now: datetime = NOON,
    gate: Gate = MET,
    done: RemediesDone = NOTHING_DONE,
    **terms: Any,
) -> StartTerms | StartRefusal:
    given = ExamTerms(**terms)
    return start_terms_or_refusal(
        policy or ExamPolicy(), past, now=now, gate=gate, done=done, granted=given
    )


def refused(*past: PastAttempt, **facts: Any) -> dict[Hurdle, datetime | None]:
    refusal = start(*past, **facts)
    assert isinstance(refusal, StartRefusal)
    return {obstacle.hurdle: obstacle.until for obstacle in refusal.obstacles}


def started(*past: PastAttempt, **facts: Any) -> StartTerms:
    terms = start(*past, **facts)
    assert isinstance(terms, StartTerms), terms
    return terms


def failed(
    number: int = 1, *, hours_ago: int = 1, remedies: tuple[Remedy, ...] = ()
) -> PastAttempt:
    closed_at = NOON - timedelta(hours=hours_ago)
    return PastAttempt(number, AttemptState.GRADED, closed_at=closed_at, remedies=remedies)


def test_a_first_try() -> None:
    terms = started()
    assert terms.number == 1
    assert terms.attempts_left is None
    assert terms.deadline.ends_at is None
    assert terms.deadline.grace_seconds == 60


def test_the_terms_carry_the_deadline_and_its_inputs() -> None:
    closes_at = NOON + timedelta(hours=9)
    terms = started(
        policy=ExamPolicy(time_limit_minutes=40, max_attempts=3),
        multiplier=Fraction(3, 2),
        closes_at=closes_at,
    )
    assert terms.deadline.ends_at == NOON + timedelta(minutes=60)
    assert terms.deadline.multiplier == Fraction(3, 2)
    assert terms.deadline.closes_at == closes_at + timedelta(minutes=20)
    assert terms.attempts_left == 2


@pytest.mark.parametrize(
    ("limit", "multiplier", "closes", "deadline"),
    [
        pytest.param(40, 1, 60, 40, id="the limit is earlier"),
        pytest.param(40, 1, 30, 30, id="closing cuts the limit"),
        pytest.param(40, 2, 30, 70, id="extra time moves the closing time by as much"),
        pytest.param(40, 2, 60, 80, id="and is given in full before that"),
        pytest.param(None, 2, 60, 60, id="without a limit there is nothing to multiply"),
        pytest.param(40, 2, None, 80, id="without closing"),
    ],
)
def test_extra_time_and_the_closing_time(
    limit: int | None, multiplier: int, closes: int | None, deadline: int
) -> None:
    terms = started(
        policy=ExamPolicy(time_limit_minutes=limit),
        multiplier=Fraction(multiplier),
        closes_at=None if closes is None else NOON + timedelta(minutes=closes),
    )
    assert terms.deadline.ends_at == NOON + timedelta(minutes=deadline)


def test_who_has_extra_time_may_start_until_it_is_over() -> None:
    forty = ExamPolicy(time_limit_minutes=40)
    closed = NOON - timedelta(minutes=39)
    assert refused(policy=forty, closes_at=closed) == {Hurdle.CLOSED: None}
    late = started(policy=forty, closes_at=closed, multiplier=Fraction(2))
    assert late.deadline.ends_at == NOON + timedelta(minutes=1)


def test_nobody_gets_extra_time_unasked() -> None:
    deadline = started(policy=ExamPolicy(time_limit_minutes=40)).deadline
    assert deadline.ends_at == NOON + timedelta(minutes=40)


# Tries


@pytest.mark.parametrize(
    ("past", "extra", "left"),
    [
        pytest.param([], 0, 1, id="none used"),
        pytest.param([failed(1)], 0, 0, id="one used"),
        pytest.param([failed(1), failed(2, hours_ago=24)], 0, None, id="all used"),
        pytest.param([failed(1), failed(2, hours_ago=24)], 1, 0, id="one given extra"),
        pytest.param(
            [PastAttempt(1, AttemptState.VOID, closed_at=NOON)], 0, 1, id="void uses none"
        ),
    ],
)
def test_tries(past: list[PastAttempt], extra: int, left: int | None) -> None:
    policy = ExamPolicy(max_attempts=2, pause_later_hours=0)
    if left is None:
        assert refused(*past, policy=policy, extra_attempts=extra) == {Hurdle.TRIES_USED: None}
    else:
        assert started(*past, policy=policy, extra_attempts=extra).attempts_left == left


@pytest.mark.parametrize(
    ("rule", "asked", "extra", "left"),
    [
        pytest.param(None, 2, 0, 1, id="a limit where the rule has none"),
        pytest.param(3, 2, 0, 1, id="fewer than the rule allows"),
        pytest.param(2, 3, 0, 1, id="never more than it allows"),
        pytest.param(2, 1, 1, 1, id="extra tries come on top"),
        pytest.param(None, None, 1, None, id="no limit at all"),
    ],
)
def test_an_assignment_may_allow_fewer_tries(
    rule: int | None, asked: int | None, extra: int, left: int | None
) -> None:
    policy = ExamPolicy(max_attempts=rule)
    terms = started(policy=policy, max_attempts=asked, extra_attempts=extra)
    assert terms.attempts_left == left


@pytest.mark.parametrize(
    ("asked", "raised"),
    [(None, None), (Fraction(1, 2), None), (Fraction(3, 4), None), (Fraction(1), Fraction(1))],
)
def test_an_assignment_may_raise_the_pass_mark(
    asked: Fraction | None, raised: Fraction | None
) -> None:
    assert started(pass_mark=asked).raised_pass_mark == raised


def test_without_a_timer_only_the_closing_time_ends_it() -> None:
    policy, closes_at = ExamPolicy(time_limit_minutes=30), NOON + timedelta(hours=9)
    assert started(policy=policy, has_timer=False).deadline.ends_at is None
    untimed = started(policy=policy, has_timer=False, closes_at=closes_at)
    assert untimed.deadline.ends_at == closes_at
    doubled = started(policy=policy, has_timer=False, closes_at=closes_at, multiplier=Fraction(2))
    assert doubled.deadline.ends_at == closes_at + timedelta(minutes=30)


def test_practice_alone_has_no_exam() -> None:
    assert refused(is_practice_only=True) == {Hurdle.PRACTICE_ONLY: None}


def test_numbers_go_on_after_void_ones() -> None:
    assert started(PastAttempt(1, AttemptState.VOID), PastAttempt(2, AttemptState.VOID)).number == 3


# Pauses


def test_no_pause_after_a_first_failed_try() -> None:
    assert started(failed(1, hours_ago=0)).number == 2


@pytest.mark.parametrize(
    ("hours", "may"),
    [pytest.param(11, False, id="too early"), pytest.param(12, True, id="at the instant")],
)
def test_twelve_hours_after_later_ones(hours: int, *, may: bool) -> None:
    past = failed(1, hours_ago=48), failed(2, hours_ago=0)
    now = NOON + timedelta(hours=hours)
    if may:
        assert started(*past, now=now).number == 3
    else:
        assert refused(*past, now=now) == {Hurdle.PAUSE: NOON + timedelta(hours=12)}


def test_the_refusal_carries_the_instant() -> None:
    refusal = start(failed(1, hours_ago=9), failed(2, hours_ago=2))
    assert isinstance(refusal, StartRefusal)
    assert refusal.waiting_ends_at == NOON + timedelta(hours=10)


# Putting right


def test_after_a_critical_act_read_again_and_decide_a_sibling_case() -> None:
    past = failed(1, hours_ago=1, remedies=(FEVER,))
    refusal = start(past)
    assert isinstance(refusal, StartRefusal)
    assert refusal.waiting_ends_at is None
    (obstacle,) = refusal.obstacles
    assert obstacle.hurdle is Hurdle.PUT_RIGHT
    (todo,) = obstacle.todo
    assert (todo.remedy, todo.must_reread, todo.must_practice) == (FEVER, True, True)


BEFORE, AFTER = NOON - timedelta(hours=2), NOON - timedelta(minutes=1)
CLOSED = NOON - timedelta(hours=1)


@pytest.mark.parametrize(
    ("reread", "practiced", "left"),
    [
        pytest.param({}, {}, (True, True), id="nothing done"),
        pytest.param({FEVER.passage: AFTER}, {}, (False, True), id="read again"),
        pytest.param({}, {"fever": AFTER}, (True, False), id="practiced"),
        pytest.param({FEVER.passage: AFTER}, {"fever": BEFORE}, (False, True), id="before the try"),
        pytest.param({FEVER.passage: BEFORE}, {"fever": AFTER}, (True, False), id="read before"),
        pytest.param({FEVER.passage: AFTER}, {"heat": AFTER}, (False, True), id="another hazard"),
        pytest.param({FEVER.passage: AFTER}, {"fever": AFTER}, None, id="both"),
        pytest.param({FEVER.passage: CLOSED}, {"fever": CLOSED}, None, id="in the same instant"),
        pytest.param({FEVER.passage: AFTER}, {"relapse": AFTER}, None, id="either hazard will do"),
    ],
)
def test_what_is_left_to_put_right(
    reread: dict[str, datetime],
    practiced: dict[str, datetime],
    left: tuple[bool, bool] | None,
) -> None:
    past = failed(1, hours_ago=1, remedies=(FEVER,))
    outcome = start(past, done=RemediesDone(reread=reread, practiced=practiced))
    if left is None:
        assert isinstance(outcome, StartTerms)
        return
    assert isinstance(outcome, StartRefusal)
    (todo,) = outcome.obstacles[0].todo
    assert (todo.must_reread, todo.must_practice) == left


def test_without_a_practice_case_reading_is_enough() -> None:
    past = failed(1, remedies=(HEAT,))
    assert Hurdle.PUT_RIGHT in refused(past)
    assert started(past, done=RemediesDone(reread={HEAT.passage: AFTER}, practiced={})).number == 2


def test_older_tries_are_put_right_too() -> None:
    past = failed(1, hours_ago=40, remedies=(FEVER,)), failed(2, hours_ago=20, remedies=(HEAT,))
    refusal = start(*past)
    assert isinstance(refusal, StartRefusal)
    assert [todo.remedy for todo in refusal.obstacles[0].todo] == [FEVER, HEAT]


# The reading gate


NEEDS = [RequiredSection("flare-ups", ("mina", "theo")), RequiredSection("safety")]


@pytest.mark.parametrize(
    ("done", "answered", "gate"),
    [
        pytest.param({"flare-ups", "safety"}, {"mina", "theo"}, Gate(), id="all"),
        pytest.param({"flare-ups"}, {"mina", "theo"}, Gate(("safety",), ()), id="a section"),
        pytest.param({"flare-ups", "safety"}, {"mina"}, Gate((), ("theo",)), id="a case"),
        pytest.param(set(), set(), Gate(("flare-ups", "safety"), ("mina", "theo")), id="nothing"),
    ],
)
def test_the_reading_gate(done: set[str], answered: set[str], gate: Gate) -> None:
    found = build_reading_gate(NEEDS, finished=done, answered=answered)
    assert found == gate
    assert found.is_met is (gate == Gate())


def test_a_gate_that_is_not_met_refuses_and_says_what_is_missing() -> None:
    gate = Gate(missing_sections=("safety",))
    refusal = start(gate=gate)
    assert isinstance(refusal, StartRefusal)
    assert [(o.hurdle, o.gate) for o in refusal.obstacles] == [(Hurdle.READING, gate)]


# The window, and tries that are not over


@pytest.mark.parametrize(
    ("opens", "closes", "hurdles"),
    [
        pytest.param(0, 1, {}, id="just open"),
        pytest.param(1, 2, {Hurdle.OPENS_LATER: NOON + timedelta(hours=1)}, id="not yet"),
        pytest.param(-2, 0, {Hurdle.CLOSED: None}, id="just closed"),
    ],
)
def test_the_window(opens: int, closes: int, hurdles: dict[Hurdle, datetime | None]) -> None:
    window = {
        "opens_at": NOON + timedelta(hours=opens),
        "closes_at": NOON + timedelta(hours=closes),
    }
    if hurdles:
        assert refused(**window) == hurdles
    else:
        assert started(**window).deadline.ends_at == window["closes_at"]


@pytest.mark.parametrize(
    ("attempt", "hurdle"),
    [
        (PastAttempt(1, AttemptState.OPEN), Hurdle.ATTEMPT_OPEN),
        (PastAttempt(1, AttemptState.SUBMITTED, closed_at=NOON), Hurdle.RESULT_PENDING),
        (PastAttempt(1, AttemptState.EXPIRED, closed_at=NOON), Hurdle.RESULT_PENDING),
        (PastAttempt(1, AttemptState.GRADED, closed_at=NOON, passed=True), Hurdle.PASSED),
    ],
)
def test_tries_that_stand_in_the_way(attempt: PastAttempt, hurdle: Hurdle) -> None:
    assert refused(attempt) == {hurdle: None}


def test_a_refusal_says_since_when_it_is_closed() -> None:
    closed = NOON - timedelta(hours=1)
    refusal = start(closes_at=closed)
    assert isinstance(refusal, StartRefusal)
    assert [one.since for one in refusal.obstacles] == [closed]


def elsewhere(number: int, *, passed: bool) -> PastAttempt:
    closed_at = NOON - timedelta(hours=1)
    return PastAttempt(number, AttemptState.GRADED, closed_at, passed, is_in_other_context=True)


def test_a_pass_in_another_context_stops_nobody() -> None:
    assert started(elsewhere(1, passed=True)).number == 2
    assert refused(elsewhere(1, passed=False), failed(2, hours_ago=0)).keys() == {Hurdle.PAUSE}


@pytest.mark.parametrize("passed", [True, False])
def test_a_try_in_another_context_is_used_up(*, passed: bool) -> None:
    one = ExamPolicy(max_attempts=1, pause_later_hours=0)
    assert refused(elsewhere(1, passed=passed), policy=one) == {Hurdle.TRIES_USED: None}


@pytest.mark.parametrize("passed", [True, False])
def test_what_an_assignment_allows_is_used_up_by_tries_under_it(*, passed: bool) -> None:
    assert started(elsewhere(1, passed=passed), max_attempts=1).attempts_left == 0
    rule = ExamPolicy(max_attempts=3, pause_later_hours=0)
    assert started(elsewhere(1, passed=passed), policy=rule, max_attempts=2).attempts_left == 1
    both = (elsewhere(1, passed=passed), failed(2))
    assert refused(*both, policy=rule, max_attempts=1) == {Hurdle.TRIES_USED: None}


def test_a_try_open_in_another_context_is_in_the_way() -> None:
    is_open = PastAttempt(1, AttemptState.OPEN, is_in_other_context=True)
    assert refused(is_open) == {Hurdle.ATTEMPT_OPEN: None}


def test_everything_in_the_way_is_said_at_once() -> None:
    found = refused(
        failed(1, hours_ago=9),
        failed(2, hours_ago=2, remedies=(FEVER,)),
        gate=Gate(missing_practice=("theo",)),
        opens_at=NOON + timedelta(hours=1),
    )
    assert set(found) == {Hurdle.OPENS_LATER, Hurdle.READING, Hurdle.PAUSE, Hurdle.PUT_RIGHT}
