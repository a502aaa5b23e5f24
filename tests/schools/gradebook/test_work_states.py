"""States, not numbers, while work is unfinished; who is late; which rows a page shows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from cpd.quizzes.rules.attempts import AttemptState
from cpd.schools.assignments.rules.terms import Purpose, ScorePolicy
from cpd.schools.gradebook.rules.exporting import build_rows, compute_percent
from cpd.schools.gradebook.rules.hand_grades import LONGEST_REASON, GradeFault, find_grade_faults
from cpd.schools.gradebook.rules.listing import GradebookRow, Order, Showing, pick_rows
from cpd.schools.gradebook.rules.scores import GradedTry
from cpd.schools.gradebook.rules.work_states import (
    LearnerWork,
    Try,
    WorkState,
    choose_counted_score,
    find_work_state,
    is_done_late,
    is_late,
)

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
DUE = NOW - timedelta(days=1)
REQUIRED = (1, 2)


def one_try(
    state: AttemptState = AttemptState.GRADED,
    *,
    number: int = 1,
    passed: bool | None = None,
    hours: int = -30,
    deadline: int | None = None,
) -> Try:
    """Return a try that was closed some hours from now."""
    graded = None if passed is None else GradedTry(number, Fraction(9, 10), passed)
    ends = None if deadline is None else NOW + timedelta(hours=deadline)
    closed = None if state is AttemptState.OPEN else NOW + timedelta(hours=hours)
    return Try(number, state, ends, closed, graded)


def work(*tries: Try, **changed: Any) -> LearnerWork:
    return LearnerWork(DUE, **{"has_begun": True, "tries": tries, **changed})


PASSED, FAILED = one_try(passed=True), one_try(passed=False)
OPEN = one_try(AttemptState.OPEN, number=2)


@pytest.mark.parametrize(
    ("done", "work_state"),
    [
        (work(has_begun=False), WorkState.NOT_STARTED),
        (work(), WorkState.READING),
        (work(one_try(AttemptState.VOID)), WorkState.READING),
        (work(OPEN), WorkState.EXAM_OPEN),
        (work(FAILED, OPEN), WorkState.EXAM_OPEN),
        (work(one_try(AttemptState.OPEN, deadline=1)), WorkState.EXAM_OPEN),
        (work(one_try(AttemptState.OPEN, deadline=-1)), WorkState.HANDED_IN),
        (work(one_try(AttemptState.SUBMITTED)), WorkState.HANDED_IN),
        (work(one_try(AttemptState.EXPIRED)), WorkState.HANDED_IN),
        (work(FAILED), WorkState.NOT_PASSED),
        (work(FAILED, PASSED), WorkState.PASSED),
        (work(PASSED, OPEN), WorkState.PASSED),
        (work(FAILED, hand_grade=Fraction(1, 2)), WorkState.GRADED_BY_HAND),
    ],
)
def test_how_far_somebody_is_with_an_exam(done: LearnerWork, work_state: WorkState) -> None:
    assert find_work_state(done, Purpose.EXAM, REQUIRED, now=NOW) is work_state


@pytest.mark.parametrize(
    ("read", "work_state"),
    [(frozenset({1}), WorkState.READING), (frozenset({1, 2, 3}), WorkState.COMPLETED)],
)
def test_where_there_is_only_reading(read: frozenset[int], work_state: WorkState) -> None:
    done = work(read=read)
    assert find_work_state(done, Purpose.PRACTICE, REQUIRED, now=NOW) is work_state


def test_no_number_before_it_is_finished() -> None:
    assert choose_counted_score(work(FAILED, OPEN), ScorePolicy.BEST) is None
    assert choose_counted_score(work(FAILED, PASSED), ScorePolicy.BEST) == Fraction(9, 10)
    assert choose_counted_score(
        work(PASSED, hand_grade=Fraction(1, 2)), ScorePolicy.BEST
    ) == Fraction(1, 2)


def test_who_is_late() -> None:
    assert is_late(work(FAILED), WorkState.NOT_PASSED, now=NOW)
    assert not is_late(work(FAILED), WorkState.NOT_PASSED, now=DUE)
    assert not is_late(work(FAILED, is_excused=True), WorkState.NOT_PASSED, now=NOW)
    assert not is_late(work(PASSED), WorkState.PASSED, now=NOW)


def test_who_finished_late() -> None:
    assert not is_done_late(work(PASSED), WorkState.PASSED)
    assert is_done_late(work(one_try(passed=True, hours=-1)), WorkState.PASSED)
    assert is_done_late(work(read_at=NOW), WorkState.COMPLETED)
    assert not is_done_late(work(), WorkState.READING)
    assert not is_done_late(
        work(one_try(passed=True, hours=-1), hand_grade=Fraction(1)), WorkState.GRADED_BY_HAND
    )


def row(name: str, number: int, work_state: WorkState, **changed: Any) -> GradebookRow:
    due = NOW + timedelta(days=number)
    values: dict[str, Any] = {"score": None, "is_late": False, "is_done_late": False, **changed}
    return GradebookRow(f"mem_{number}", name, number, LearnerWork(due), work_state, **values)


ROWS = [
    row("zoe", 1, WorkState.PASSED, score=Fraction(2, 3)),
    row("Ada", 2, WorkState.NOT_PASSED, is_late=True),
    row("Ben", 3, WorkState.NOT_STARTED),
]


@pytest.mark.parametrize(
    ("showing", "order", "numbers"),
    [
        (Showing.EVERYONE, Order.NAME, [2, 3, 1]),
        (Showing.EVERYONE, Order.BEHIND, [2, 3, 1]),
        (Showing.EVERYONE, Order.DUE, [1, 2, 3]),
        (Showing.LATE, Order.NAME, [2]),
        (Showing.NOT_STARTED, Order.NAME, [3]),
        (Showing.UNFINISHED, Order.NAME, [2, 3]),
        (Showing.NOT_PASSED, Order.NAME, [2]),
        (Showing.FINISHED, Order.NAME, [1]),
    ],
)
def test_which_rows_in_which_order(showing: Showing, order: Order, numbers: list[int]) -> None:
    shown = pick_rows(ROWS, showing, order, is_descending=False, has_names=True)
    assert [each.number for each in shown] == numbers


def test_hidden_names_do_not_show_in_the_order() -> None:
    shown = pick_rows(ROWS, Showing.EVERYONE, Order.NAME, is_descending=False, has_names=False)
    assert [each.number for each in shown] == [1, 2, 3]


def test_a_file_has_stable_columns_and_numbers() -> None:
    titles, *rows = build_rows(ROWS, [(7, "noticing")], is_employer=False)
    assert titles == [
        "learner_id", "name", "state", "is_late", "due_at",
        "score_percent", "is_graded_by_hand", "tries", "section.noticing",
    ]  # fmt: skip
    assert rows[0] == ["mem_1", "zoe", "passed", 0, "2026-12-01T12:00:00+00:00",
                       Decimal("66.66"), 0, 0, 0]  # fmt: skip
    assert rows[1][5] is None


def test_an_employer_gets_completed_or_not_yet() -> None:
    closed = [replace(row, has_details=False) for row in ROWS]
    titles, *rows = build_rows(closed, [(7, "noticing")], is_employer=True)
    assert titles == ["learner_id", "name", "state", "is_late", "due_at"]
    assert [each[2] for each in rows] == ["completed", "not-completed", "not-completed"]
    titles, *rows = build_rows([ROWS[0], *closed[1:]], [(7, "noticing")], is_employer=True)
    assert titles[-1] == "section.noticing"
    assert [each[2] for each in rows] == ["passed", "not-completed", "not-completed"]
    assert rows[0][5:] == [Decimal("66.66"), 0, 0, 0]
    assert rows[1][5:] == [None] * 4


def test_percent_is_never_rounded_up() -> None:
    assert compute_percent(Fraction(74_9999, 100_0000)) == Decimal("74.99")
    assert f"{compute_percent(Fraction(1)):f}" == "100"


@pytest.mark.parametrize(
    ("score", "reason", "faults"),
    [
        (Fraction(1), "seen in class", ()),
        (Fraction(3, 2), "seen", (GradeFault.OUT_OF_RANGE,)),
        (Fraction(0), " ", (GradeFault.REASON_MISSING,)),
        (Fraction(0), "x" * (LONGEST_REASON + 1), (GradeFault.REASON_TOO_LONG,)),
    ],
)
def test_a_grade_needs_a_reason(
    score: Fraction, reason: str, faults: tuple[GradeFault, ...]
) -> None:
    assert find_grade_faults(score, reason) == faults
