"""Grading an attempt, now or later."""

from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from cpd.access.permissions import SYSTEM
from cpd.db import fault_of
from cpd.jobs import outbox
from cpd.jobs.publishing import publish
from cpd.kernel.ids import new_public_id
from cpd.quizzes.attempts.actions import record_move
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.events import (
    AttemptGraded,
)
from cpd.quizzes.grading import computing
from cpd.quizzes.grading.computing import folded, folded_items, met_before
from cpd.quizzes.grading.models import GradeEvent, ItemResult, Result
from cpd.quizzes.rules.attempts import AttemptState, Move

log = structlog.get_logger(__name__)

GRADE = "grade-attempt"
"""The purpose in the outbox."""


AUTOMATIC = "automatic"


class AttemptError(Exception):
    """Something about an attempt does not allow what was asked; the text is a sentence."""


def grade_or_enqueue(session: Session, attempt: Attempt, closed_by: int, now: datetime) -> None:
    """Grade now; if that fails the attempt stays as that move left it, and the worker grades it.

    A void attempt that was never graded needs no result.
    """
    if attempt.state is AttemptState.VOID and session.get(Result, attempt.id) is None:
        return
    fault = fault_of(session, partial(_write_grade, session, attempt, now=now))
    if fault is None:
        _tell(session, attempt, now=now)
        return
    log.error("grading", attempt=attempt.public_id, exc_info=fault)
    outbox.enqueue(
        session,
        GRADE,
        f"{attempt.public_id}/{closed_by}",
        due_at=now,
        now=now,
        payload={"attempt": attempt.public_id},
    )
    session.refresh(attempt)


def grade(session: Session, attempt: Attempt, *, now: datetime) -> Result:
    """Grade a closed attempt from its drawn cases and accepted answers, write the result, tell.

    What its last grading was computed from holds for this one too.
    """
    result = _write_grade(session, attempt, now=now)
    _tell(session, attempt, now=now)
    return result


def _write_grade(session: Session, attempt: Attempt, *, now: datetime) -> Result:
    if attempt.state not in {AttemptState.SUBMITTED, AttemptState.EXPIRED, AttemptState.VOID}:
        msg = f"An attempt that is {attempt.state.value} cannot be graded."
        raise AttemptError(msg)
    is_void = attempt.state is AttemptState.VOID
    last = _newest_grading(session, attempt)
    inputs = computing.inputs_of(attempt, last)
    computed = computing.compute(session, attempt, inputs)
    event = GradeEvent(
        attempt_id=attempt.id,
        number=last.number + 1 if last else 1,
        run=new_public_id("run"),
        policy=AUTOMATIC,
        actor=SYSTEM.subject,
        on_behalf_of=attempt.subject,
        graded_at=now,
        score_num=computed.score_num,
        score_den=computed.score_den,
        passed=computed.passed,
        detail=computing.detail_of(session, attempt, computed),
        inputs=inputs.to_json(),
    )
    session.add(event)
    session.flush()
    result = fold(session, attempt, event)
    if not is_void:
        attempt.state = AttemptState.GRADED
        session.flush()
        record_move(session, attempt, Move.GRADE, actor=SYSTEM, now=now)
    return result


def _newest_grading(session: Session, attempt: Attempt) -> GradeEvent | None:
    return session.scalar(
        select(GradeEvent)
        .where(GradeEvent.attempt_id == attempt.id)
        .order_by(GradeEvent.number.desc())
        .limit(1)
    )


def _tell(session: Session, attempt: Attempt, *, now: datetime) -> None:
    result = session.get_one(Result, attempt.id)
    publish(
        session,
        AttemptGraded(
            at=now, attempt_id=attempt.id, number=result.grade_number, passed=result.passed
        ),
    )


def fold(session: Session, attempt: Attempt, event: GradeEvent) -> Result:
    """Make the attempt's result row, and the row of each case, say what its newest grading says."""
    is_first = event.number == 1
    result = Result(attempt_id=attempt.id) if is_first else session.get_one(Result, attempt.id)
    for name, value in folded(attempt, event).items():
        setattr(result, name, value)
    session.add(result)
    session.flush()
    if not is_first:
        session.execute(delete(ItemResult).where(ItemResult.attempt_id == attempt.id))
    session.execute(insert(ItemResult), folded_items(attempt, event, met_before(session, attempt)))
    return result
