"""Grading every attempt again to find differences from what is stored, and checking every receipt.

Each attempt is regraded from the inputs that its newest grading names. Nothing is written.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from cpd.cases.front import UnknownOptionError, UnknownStepError
from cpd.quizzes.attempts.delivery import build_event_from_row
from cpd.quizzes.attempts.models import AnswerEventRow, Attempt
from cpd.quizzes.attempts.queries import select_whole_attempts
from cpd.quizzes.grading import backfill as backfilling
from cpd.quizzes.grading import computing
from cpd.quizzes.grading.backfill import UNREADABLE
from cpd.quizzes.grading.models import GradeEvent, ItemResult, Result
from cpd.quizzes.grading.queries import find_newest_grading
from cpd.quizzes.rules.attempts import AttemptState
from cpd.quizzes.rules.marking import CaseMark
from cpd.quizzes.rules.receipts import Receipted, first_break_in_receipt_chain

BATCH = 100


@dataclass(frozen=True)
class Difference:
    """Something stored about an attempt that differs from what its answers and keys give."""

    attempt: str
    about: str
    stored: str
    computed: str


@dataclass(frozen=True)
class ReplayReport:
    """How many attempts were checked, and the differences found.

    Without differences, every stored result follows from the stored answers and keys.
    """

    attempts: int
    graded: int
    awaiting_backfill: int
    """How many of them still lack the item results that the worker will write."""
    differences: tuple[Difference, ...]


def compare_results_with_regrading(session: Session) -> ReplayReport:
    """Grade every stored attempt again and compare with its result."""
    checked = graded = awaiting_backfill = 0
    pending_after = backfilling.find_start_of_pending_backfill(session)
    differences: list[Difference] = []
    for attempt in _iterate_all_attempts(session):
        checked += 1
        differences.extend(_find_receipt_differences(session, attempt))
        newest = find_newest_grading(session, attempt)
        result = session.get(Result, attempt.id)
        differences.extend(_compare_state_with_result(attempt, result))
        if result is None or newest is None:
            continue
        graded += 1
        differences.extend(_compare_result_with_grading(attempt, result, newest))
        differences.extend(_find_grading_differences(session, attempt, result, newest))
        rows = _find_item_result_rows(session, attempt)
        if not rows and pending_after is not None and attempt.id > pending_after:
            awaiting_backfill += 1
        else:
            differences.extend(_find_item_result_differences(session, attempt, newest, rows))
    return ReplayReport(checked, graded, awaiting_backfill, tuple(differences))


def _iterate_all_attempts(session: Session) -> Iterator[Attempt]:
    last = 0
    while True:
        batch = session.scalars(
            select_whole_attempts().where(Attempt.id > last).order_by(Attempt.id).limit(BATCH)
        ).all()
        if not batch:
            return
        yield from batch
        last = batch[-1].id


def _find_receipt_differences(session: Session, attempt: Attempt) -> Iterator[Difference]:
    rows = session.scalars(
        select(AnswerEventRow).where(AnswerEventRow.attempt_id == attempt.id)
    ).all()
    fault = first_break_in_receipt_chain(
        [Receipted(build_event_from_row(row), row.received_at, row.receipt) for row in rows],
        attempt=attempt.public_id,
        last=attempt.last_receipt,
    )
    if fault is not None:
        yield Difference(attempt.public_id, f"receipt {fault.sequence}", "a chain", fault.reason)


def _compare_state_with_result(attempt: Attempt, result: Result | None) -> Iterator[Difference]:
    if attempt.state is AttemptState.GRADED and result is None:
        yield Difference(attempt.public_id, "result", "graded", "no result")
    if attempt.state in {AttemptState.SUBMITTED, AttemptState.EXPIRED}:
        yield Difference(attempt.public_id, "state", attempt.state.value, "not graded yet")


def _compare_result_with_grading(
    attempt: Attempt, result: Result, newest: GradeEvent
) -> Iterator[Difference]:
    for about, computed in computing.build_result_columns(attempt, newest).items():
        stored = getattr(result, about)
        if stored != computed:
            yield Difference(attempt.public_id, f"result, {about}", str(stored), str(computed))


def _find_grading_differences(
    session: Session, attempt: Attempt, result: Result, newest: GradeEvent
) -> Iterator[Difference]:
    if attempt.state is AttemptState.OPEN:
        return  # reopened, so it will be graded again
    try:
        computed = computing.compute_exam_result(
            session, attempt, computing.build_grading_inputs(attempt, newest)
        )
    except (UnknownOptionError, UnknownStepError) as unknown:
        yield Difference(attempt.public_id, "answers", "what was asked", f"{unknown}, unknown")
        return
    except UNREADABLE as fault:
        yield Difference(attempt.public_id, "inputs", str(newest.inputs), str(fault))
        return
    if computed.score != result.score:
        yield Difference(attempt.public_id, "score", str(result.score), str(computed.score))
    if computed.passed != result.passed:
        yield Difference(attempt.public_id, "passed", str(result.passed), str(computed.passed))
    for part, marks in (("cases", computed.cases), ("dropped", computed.dropped)):
        yield from _compare_marks(attempt, part, result.detail.get(part, ()), marks)


def _compare_marks(
    attempt: Attempt, part: str, stored: Iterable[Mapping[str, Any]], marks: Iterable[CaseMark]
) -> Iterator[Difference]:
    """Compare the stored marks with the computed ones, for the cases that count or the dropped."""
    left = {mark["case"]: mark for mark in stored}
    for computed in (mark.to_json() for mark in marks):
        before = left.pop(computed["case"], None)
        if before != computed:
            about = f"case {computed['case']}"
            yield Difference(attempt.public_id, about, str(before), str(computed))
    for case in left:
        yield Difference(attempt.public_id, f"case {case}", part, "not one of them")


def _find_item_result_rows(session: Session, attempt: Attempt) -> dict[int, dict[str, Any]]:
    """Return the stored item results of an attempt by position, each by column."""
    rows = session.scalars(select(ItemResult).where(ItemResult.attempt_id == attempt.id))
    names = [column.key for column in sa.inspect(ItemResult).column_attrs if column.key != "id"]
    return {row.position: {name: getattr(row, name) for name in names} for row in rows}


def _find_item_result_differences(
    session: Session, attempt: Attempt, newest: GradeEvent, rows: Mapping[int, Any]
) -> Iterator[Difference]:
    try:
        seen = computing.find_cases_seen_before(session, attempt)
        computed = computing.build_item_result_rows(attempt, newest, seen)
    except UNREADABLE as fault:
        yield Difference(attempt.public_id, "items", "a grading", f"unreadable: {fault}")
        return
    expected = {row["position"]: row for row in computed}
    for position in sorted(expected.keys() | rows.keys()):
        stored, correct = rows.get(position), expected.get(position)
        if stored != correct:
            yield Difference(attempt.public_id, f"item {position}", str(stored), str(correct))
