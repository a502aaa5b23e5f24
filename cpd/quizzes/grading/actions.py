"""Grading an attempt, now or later."""

from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from cpd.access.permissions import SYSTEM
from cpd.courses.events import VersionWithdrawn
from cpd.db import run_in_savepoint
from cpd.jobs import outbox
from cpd.jobs.publishing import publish_event
from cpd.kernel import clock
from cpd.kernel.ids import new_public_id
from cpd.quizzes.attempts.actions import add_attempt_move, void_attempt
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.events import AttemptGraded
from cpd.quizzes.grading import computing
from cpd.quizzes.grading.models import GradeEvent, ItemResult, Result
from cpd.quizzes.grading.queries import find_attempts_without_outcome, find_newest_grading
from cpd.quizzes.rules.attempts import AttemptState, Move

log = structlog.get_logger(__name__)

GRADE = "grade-attempt"
"""The purpose in the outbox."""

AUTOMATIC = "automatic"
"""The policy of gradings that happen without anybody's decision."""


class NotGradableError(Exception):
    """An attempt cannot be graded in its state; the message is a sentence."""


def void_attempts_of_withdrawn_version(
    session: Session, event: VersionWithdrawn, now: datetime
) -> None:
    """Void the attempts at a withdrawn version that have not led to a result or a certificate.

    They do not count toward the attempts allowed. One that failed stays as it is; one that passed
    and has a certificate is refused by `void_attempt`.
    """
    attempts = find_attempts_without_outcome(session, event.revision_id)
    for attempt_id in attempts:
        void_attempt(session, attempt_id, actor=SYSTEM, now=now, reason=event.reason)


def grade_attempt_or_enqueue(
    session: Session, attempt: Attempt, closed_by: int, now: datetime
) -> None:
    """Grade now; if that fails, the attempt stays as it is and the worker grades it later.

    `closed_by`: the number of the move that closed or voided the attempt. A void attempt that was
    never graded needs no result.
    """
    if attempt.state is AttemptState.VOID and session.get(Result, attempt.id) is None:
        return
    fault = run_in_savepoint(
        session, partial(_add_grading_and_write_result, session, attempt, now=now)
    )
    if fault is None:
        _publish_attempt_graded(session, attempt, now=now)
        return
    log.error("grading", attempt=attempt.public_id, exc_info=fault)
    outbox.enqueue_job(
        session,
        GRADE,
        f"{attempt.public_id}/{closed_by}",
        due_at=now,
        now=now,
        payload={"attempt": attempt.public_id},
    )
    session.refresh(attempt)


def grade_attempt(session: Session, attempt: Attempt, *, now: datetime) -> Result:
    """Grade a closed or void attempt, write its result, and publish that it was graded.

    It uses the same inputs as the attempt's last grading, if there was one.
    """
    result = _add_grading_and_write_result(session, attempt, now=now)
    _publish_attempt_graded(session, attempt, now=now)
    return result


def _add_grading_and_write_result(session: Session, attempt: Attempt, *, now: datetime) -> Result:
    if attempt.state not in {AttemptState.SUBMITTED, AttemptState.EXPIRED, AttemptState.VOID}:
        msg = f"An attempt that is {attempt.state.value} cannot be graded."
        raise NotGradableError(msg)
    is_void = attempt.state is AttemptState.VOID
    last = find_newest_grading(session, attempt)
    inputs = computing.build_grading_inputs(attempt, last)
    computed = computing.compute_exam_result(session, attempt, inputs)
    event = GradeEvent(
        attempt_id=attempt.id,
        number=last.number + 1 if last else 1,
        run=new_public_id("run"),
        policy=AUTOMATIC,
        actor=SYSTEM.subject,
        on_behalf_of=attempt.subject,
        graded_at=clock.keep_in_order(now, attempt.closed_at),
        score_num=computed.score_num,
        score_den=computed.score_den,
        passed=computed.passed,
        detail=computing.compute_result_detail(session, attempt, computed),
        inputs=inputs.to_json(),
    )
    session.add(event)
    session.flush()
    result = write_result_of_grading(session, attempt, event)
    if not is_void:
        attempt.state = AttemptState.GRADED
        session.flush()
        add_attempt_move(session, attempt, Move.GRADE, actor=SYSTEM, now=now)
    return result


def write_result_of_grading(session: Session, attempt: Attempt, event: GradeEvent) -> Result:
    """Write the result of an attempt, and of each of its cases, from its newest grading."""
    is_first = event.number == 1
    result = Result(attempt_id=attempt.id) if is_first else session.get_one(Result, attempt.id)
    for name, value in computing.build_result_columns(attempt, event).items():
        setattr(result, name, value)
    session.add(result)
    session.flush()
    if not is_first:
        session.execute(delete(ItemResult).where(ItemResult.attempt_id == attempt.id))
    seen = computing.find_cases_seen_before(session, attempt)
    session.execute(insert(ItemResult), computing.build_item_result_rows(attempt, event, seen))
    return result


def _publish_attempt_graded(session: Session, attempt: Attempt, *, now: datetime) -> None:
    result = session.get_one(Result, attempt.id)
    publish_event(
        session,
        AttemptGraded(
            at=now, attempt_id=attempt.id, number=result.grade_number, passed=result.passed
        ),
    )
