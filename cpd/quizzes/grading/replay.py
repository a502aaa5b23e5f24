"""Regrading everything that was ever graded, to find any difference, and checking every receipt.

Each attempt is regraded from the inputs that its newest grading names.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from cpd.cases.model import UnknownOptionError, UnknownStepError
from cpd.quizzes.attempts.delivery import as_event
from cpd.quizzes.attempts.models import AnswerEventRow, Attempt
from cpd.quizzes.attempts.queries import whole_attempts
from cpd.quizzes.grading import backfill as backfilling
from cpd.quizzes.grading import computing
from cpd.quizzes.grading.backfill import UNREADABLE
from cpd.quizzes.grading.models import GradeEvent, ItemResult, Result
from cpd.quizzes.rules.attempts import AttemptState
from cpd.quizzes.rules.receipts import Receipted, verify_chain

BATCH = 100


@dataclass(frozen=True)
class Difference:
    """Something about a stored attempt that does not follow from what it rests on."""

    attempt: str
    about: str
    stored: str
    found: str


@dataclass(frozen=True)
class Replayed:
    """How many attempts were looked at, and what was found."""

    attempts: int
    graded: int
    to_come: int
    """How many of them still lack their item results, which the worker owes."""
    differences: tuple[Difference, ...]


def replay(session: Session) -> Replayed:
    """Regrade every stored attempt from what it rests on, and compare with its result."""
    seen = graded = to_come = 0
    owed_after = backfilling.owed_after(session)
    differences: list[Difference] = []
    for attempt in _all(session):
        seen += 1
        differences.extend(_broken_receipts(session, attempt))
        events = session.scalars(
            select(GradeEvent)
            .where(GradeEvent.attempt_id == attempt.id)
            .order_by(GradeEvent.number)
        ).all()
        result = session.get(Result, attempt.id)
        differences.extend(_wrong_state(attempt, result))
        if result is None or not events:
            continue
        graded += 1
        differences.extend(_wrong_fold(attempt, result, events[-1]))
        differences.extend(_wrong_marks(session, attempt, result, events[-1]))
        rows = _item_rows(session, attempt)
        if not rows and owed_after is not None and attempt.id > owed_after:
            to_come += 1
        else:
            differences.extend(_wrong_items(session, attempt, events[-1], rows))
    return Replayed(seen, graded, to_come, tuple(differences))


def _all(session: Session) -> Iterator[Attempt]:
    last = 0
    while True:
        batch = session.scalars(
            whole_attempts().where(Attempt.id > last).order_by(Attempt.id).limit(BATCH)
        ).all()
        if not batch:
            return
        yield from batch
        last = batch[-1].id


def _broken_receipts(session: Session, attempt: Attempt) -> Iterator[Difference]:
    rows = session.scalars(
        select(AnswerEventRow).where(AnswerEventRow.attempt_id == attempt.id)
    ).all()
    fault = verify_chain(
        [Receipted(as_event(row), row.received_at, row.receipt) for row in rows],
        attempt=attempt.public_id,
        last=attempt.last_receipt,
    )
    if fault is not None:
        yield Difference(attempt.public_id, f"receipt {fault.sequence}", "a chain", fault.reason)


def _wrong_state(attempt: Attempt, result: Result | None) -> Iterator[Difference]:
    if attempt.state is AttemptState.GRADED and result is None:
        yield Difference(attempt.public_id, "result", "graded", "no result")
    if attempt.state in {AttemptState.SUBMITTED, AttemptState.EXPIRED}:
        yield Difference(attempt.public_id, "state", attempt.state.value, "not graded yet")


def _wrong_fold(attempt: Attempt, result: Result, newest: GradeEvent) -> Iterator[Difference]:
    for about, found in computing.folded(attempt, newest).items():
        stored = getattr(result, about)
        if stored != found:
            yield Difference(attempt.public_id, f"fold of {about}", str(stored), str(found))


def _wrong_marks(
    session: Session, attempt: Attempt, result: Result, newest: GradeEvent
) -> Iterator[Difference]:
    if attempt.state is AttemptState.OPEN:
        return  # reopened: its next grading is still to come
    try:
        computed = computing.compute(session, attempt, computing.inputs_of(attempt, newest))
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
    for part, wanted in (("cases", computed.cases), ("dropped", computed.dropped)):
        stored_cases = {case["case"]: case for case in result.detail.get(part, ())}
        for case in (mark.to_json() for mark in wanted):
            stored = stored_cases.pop(case["case"], None)
            if stored != case:
                yield Difference(attempt.public_id, f"case {case['case']}", str(stored), str(case))
        for name in stored_cases:
            yield Difference(attempt.public_id, f"case {name}", part, "not one of them")


def _item_rows(session: Session, attempt: Attempt) -> dict[int, dict[str, Any]]:
    """Return the stored item results of an attempt by position, each as its columns say."""
    rows = session.scalars(select(ItemResult).where(ItemResult.attempt_id == attempt.id))
    names = [column.key for column in sa.inspect(ItemResult).column_attrs if column.key != "id"]
    return {row.position: {name: getattr(row, name) for name in names} for row in rows}


def _wrong_items(
    session: Session, attempt: Attempt, newest: GradeEvent, rows: Mapping[int, Any]
) -> Iterator[Difference]:
    try:
        folded = computing.folded_items(attempt, newest, computing.met_before(session, attempt))
    except UNREADABLE as fault:
        yield Difference(attempt.public_id, "items", "a grading", f"unreadable: {fault}")
        return
    wanted = {row["position"]: row for row in folded}
    for position in sorted(wanted.keys() | rows.keys()):
        stored, found = rows.get(position), wanted.get(position)
        if stored != found:
            yield Difference(attempt.public_id, f"item {position}", str(stored), str(found))
