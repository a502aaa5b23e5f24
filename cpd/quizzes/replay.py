"""Regrading everything that was ever graded, to find any difference, and checking every receipt."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from cpd.quizzes import grades
from cpd.quizzes.delivery import as_event
from cpd.quizzes.models import AnswerEventRow, Attempt, AttemptItem, GradeEvent, Result
from cpd.quizzes.rules.attempts import AttemptState
from cpd.quizzes.rules.case import UnknownOptionError, UnknownStepError
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
    differences: tuple[Difference, ...]


def replay(session: Session) -> Replayed:
    """Regrade every stored attempt from what it rests on, and compare with its result."""
    seen = graded = 0
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
        differences.extend(_wrong_marks(session, attempt, result))
    return Replayed(seen, graded, tuple(differences))


def _all(session: Session) -> Iterator[Attempt]:
    last = 0
    while True:
        batch = session.scalars(
            select(Attempt)
            .options(
                joinedload(Attempt.enrolment),
                joinedload(Attempt.exam_revision),
                selectinload(Attempt.items).joinedload(AttemptItem.revision),
            )
            .where(Attempt.id > last)
            .order_by(Attempt.id)
            .limit(BATCH)
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
    for about, found in grades.folded(attempt, newest).items():
        stored = getattr(result, about)
        if stored != found:
            yield Difference(attempt.public_id, f"fold of {about}", str(stored), str(found))


def _wrong_marks(session: Session, attempt: Attempt, result: Result) -> Iterator[Difference]:
    if attempt.state is AttemptState.OPEN:
        return  # reopened: its next grading is still to come
    try:
        computed = grades.compute(session, attempt)
    except (UnknownOptionError, UnknownStepError) as unknown:
        yield Difference(attempt.public_id, "answers", "what was asked", f"{unknown}, unknown")
        return
    if computed.score != result.score:
        yield Difference(attempt.public_id, "score", str(result.score), str(computed.score))
    if computed.passed != result.passed:
        yield Difference(attempt.public_id, "passed", str(result.passed), str(computed.passed))
    stored_cases = {case["case"]: case for case in result.detail["cases"]}
    for case in computed.to_json()["cases"]:
        stored = stored_cases.get(case["case"])
        if stored != case:
            yield Difference(attempt.public_id, f"case {case['case']}", str(stored), str(case))
