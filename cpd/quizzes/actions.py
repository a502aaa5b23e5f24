"""The life of an attempt: start, submit, expire, grade, void, extend, reopen."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cpd.access.permissions import SYSTEM, Actor
from cpd.courses.models import Enrolment
from cpd.db import compare_and_set, run_in_savepoint
from cpd.jobs import outbox
from cpd.jobs.publishing import publish
from cpd.kernel.ids import new_public_id
from cpd.quizzes import grades, standing
from cpd.quizzes.drawing import CannotDraw, draw_cases
from cpd.quizzes.events import (
    AttemptConfirmed,
    AttemptExtended,
    AttemptGraded,
    AttemptReopened,
    AttemptStarted,
    AttemptSubmitted,
    AttemptVoided,
)
from cpd.quizzes.models import (
    Attempt,
    AttemptMove,
    GradeEvent,
    PrintedName,
    Result,
    Statement,
)
from cpd.quizzes.queries import lacks_statement, whole_attempts
from cpd.quizzes.rules import attempts
from cpd.quizzes.rules.attempts import AttemptState, Deadline, Move, MoveRefusal
from cpd.quizzes.rules.starting import StartRefusal

log = structlog.get_logger(__name__)

EXPIRE = "expire-attempt"
GRADE = "grade-attempt"
"""Purposes in the outbox."""

AUTOMATIC = "automatic"


class AttemptError(Exception):
    """Something about an attempt does not allow what was asked; the text is a sentence."""


@dataclass(frozen=True)
class OpenElsewhere:
    """An attempt of the same person at the same exam is open in another context."""

    attempt: Attempt


def start(
    session: Session, enrolment: Enrolment, *, actor: Actor, now: datetime
) -> Attempt | StartRefusal | OpenElsewhere | CannotDraw:
    """Start an attempt with its draw and deadline; while one is open here, return that one."""
    stands = standing.standing(session, enrolment, now=now)
    exam, terms = stands.outline.exam, stands.terms
    if (already := open_attempt(session, actor.subject, exam.document_id)) is not None:
        return _go_on(already, enrolment)
    if isinstance(terms, StartRefusal):
        return terms
    public_id = new_public_id("att")
    drawn = draw_cases(session, enrolment, exam, seed=public_id)
    if isinstance(drawn, CannotDraw):
        log.error("cannot draw", exam=exam.public_id, why=drawn.sentences)
        return drawn
    attempt = Attempt(
        public_id=public_id,
        subject=actor.subject,
        enrolment_id=enrolment.id,
        exam_id=exam.document_id,
        exam_revision_id=exam.revision_id,
        number=terms.number,
        state=AttemptState.OPEN,
        started_at=now,
        deadline_at=terms.deadline.at,
        deadline_inputs=terms.deadline.to_json(),
        gate=stands.studied.to_json(),
        items=drawn,
    )
    try:
        with session.begin_nested():
            session.add(attempt)
    except IntegrityError:  # a start of the same person at the same moment was first
        other = open_attempt(session, actor.subject, exam.document_id)
        if other is None:
            raise
        return _go_on(other, enrolment)
    number = _record(session, attempt, "start", actor=actor, now=now)
    _owe_expiry(session, attempt, number, now=now)
    publish(session, AttemptStarted(at=now, attempt_id=attempt.id, number=number))
    return attempt


def _go_on(attempt: Attempt, enrolment: Enrolment) -> Attempt | OpenElsewhere:
    is_here = attempt.enrolment.context == enrolment.context
    return attempt if is_here else OpenElsewhere(attempt)


def open_attempt(session: Session, subject: str, exam_id: int) -> Attempt | None:
    """Return the person's open attempt at an exam, or None."""
    return session.scalar(
        select(Attempt).where(
            Attempt.subject == subject,
            Attempt.exam_id == exam_id,
            Attempt.state == AttemptState.OPEN,
        )
    )


def submit(
    session: Session,
    attempt_id: int,
    *,
    actor: Actor,
    now: datetime,
    printed_name: str,
    statement: str,
) -> Attempt:
    """Hand an attempt in once; whoever loses the race finds it handed in.

    An attempt whose time is over is closed at its deadline instead. Where that has closed it, now
    or before, the statement is kept all the same, because a certificate may rest on it.
    """
    attempt = expire(session, attempt_id, now=now)
    if _close(session, attempt_id, AttemptState.SUBMITTED, at=now):
        session.refresh(attempt)
        number = _record(session, attempt, Move.SUBMIT, actor=actor, now=now)
        _state(session, attempt, printed_name, statement, now=now)
        publish(session, AttemptSubmitted(at=now, attempt_id=attempt.id, number=number))
        _grade_safely(session, attempt, number, now=now)
        return reread(session, attempt_id)
    if lacks_statement(session, attempt):
        number = _state(session, attempt, printed_name, statement, now=now)
        publish(session, AttemptConfirmed(at=now, attempt_id=attempt.id, number=number))
    return attempt


def _close(session: Session, attempt_id: int, state: AttemptState, *, at: datetime) -> bool:
    """Close an open attempt by compare-and-set; False when somebody else has closed it."""
    return compare_and_set(
        session,
        update(Attempt)
        .where(Attempt.id == attempt_id, Attempt.state == AttemptState.OPEN)
        .values(state=state, closed_at=at),
    )


def _state(
    session: Session, attempt: Attempt, printed_name: str, statement: str, *, now: datetime
) -> int:
    """Keep statement and name; return the number of the statement."""
    salt = secrets.token_hex(16)
    made = Statement(
        attempt_id=attempt.id,
        text=statement,
        name_hash=hashlib.sha256(f"{salt}{printed_name}".encode()).hexdigest(),
        made_at=now,
    )
    session.add(made)
    session.merge(PrintedName(attempt_id=attempt.id, salt=salt, name=printed_name))
    session.flush()
    return made.id


def expire(session: Session, attempt_id: int, *, now: datetime) -> Attempt:
    """Lock an attempt; where its time is over, close it at its deadline instant and grade it.

    Every move begins with this, so that none depends on whether the worker was awake.
    """
    attempt = locked(session, attempt_id)
    deadline = Deadline.from_json(attempt.deadline_inputs)
    at = deadline.at
    if at is None or deadline.in_time(now):
        return attempt
    if not _close(session, attempt_id, AttemptState.EXPIRED, at=at):
        return attempt
    session.refresh(attempt)
    number = _record(session, attempt, Move.EXPIRE, actor=SYSTEM, now=now)
    _grade_safely(session, attempt, number, now=now)
    return reread(session, attempt_id)


def _grade_safely(session: Session, attempt: Attempt, closed_by: int, *, now: datetime) -> None:
    """Grade now; if that fails the attempt stays as that move left it, and the worker grades it."""
    fault = run_in_savepoint(session, partial(_write_grade, session, attempt, now=now))
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
    inputs = grades.inputs_of(attempt, last)
    computed = grades.compute(session, attempt, inputs)
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
        detail=grades.detail_of(session, attempt, computed),
        inputs=inputs.to_json(),
    )
    session.add(event)
    session.flush()
    result = grades.fold(session, attempt, event)
    if not is_void:
        attempt.state = AttemptState.GRADED
        session.flush()
        _record(session, attempt, Move.GRADE, actor=SYSTEM, now=now)
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


def void(
    session: Session, attempt_id: int, *, actor: Actor, now: datetime, reason: str
) -> Attempt | MoveRefusal:
    """Take an attempt out of the count, with a reason; it uses up no try.

    Its result is graded anew, as void; where that fails it is void all the same.
    """
    attempt = expire(session, attempt_id, now=now)
    was_graded = session.get(Result, attempt_id) is not None
    number = _move(session, attempt, Move.VOID, actor=actor, now=now, reason=reason)
    if isinstance(number, MoveRefusal):
        return number
    publish(session, AttemptVoided(at=now, attempt_id=attempt.id, number=number))
    if was_graded:
        _grade_safely(session, attempt, number, now=now)
    return attempt


def extend(
    session: Session, attempt_id: int, *, to: datetime, actor: Actor, now: datetime, reason: str
) -> Attempt | MoveRefusal:
    """Give an open attempt a later deadline, with a reason; raises DeadlineFault for no time."""
    attempt = expire(session, attempt_id, now=now)
    later = Deadline.from_json(attempt.deadline_inputs).extended(to, now=now)
    number = _move(session, attempt, Move.EXTEND, actor=actor, now=now, reason=reason)
    if isinstance(number, MoveRefusal):
        return number
    attempt.deadline_at, attempt.deadline_inputs = later.at, later.to_json()
    session.flush()
    _owe_expiry(session, attempt, number, now=now)
    publish(session, AttemptExtended(at=now, attempt_id=attempt.id, number=number))
    return attempt


def reopen(
    session: Session,
    attempt_id: int,
    *,
    to: datetime | None,
    actor: Actor,
    now: datetime,
    reason: str,
) -> Attempt | MoveRefusal:
    """Open a void or expired attempt again, until `to` where it has a deadline."""
    attempt = expire(session, attempt_id, now=now)
    deadline = Deadline.from_json(attempt.deadline_inputs)
    if to is not None:
        deadline = deadline.extended(to, now=now)
    if not deadline.in_time(now):
        return MoveRefusal("Its time is over: give it a new deadline.")
    number = _move(session, attempt, Move.REOPEN, actor=actor, now=now, reason=reason)
    if isinstance(number, MoveRefusal):
        return number
    attempt.closed_at = None
    attempt.deadline_at, attempt.deadline_inputs = deadline.at, deadline.to_json()
    session.flush()
    _owe_expiry(session, attempt, number, now=now)
    publish(session, AttemptReopened(at=now, attempt_id=attempt.id, number=number))
    return attempt


def _move(
    session: Session, attempt: Attempt, move: Move, *, actor: Actor, now: datetime, reason: str
) -> int | MoveRefusal:
    """Make the move where it is allowed; return its number."""
    other = open_attempt(session, attempt.subject, attempt.exam_id)
    state = attempts.moved(
        attempt.state,
        move,
        reason=reason,
        ran_out=_closed_by(session, attempt) == Move.EXPIRE,
        another_open=other is not None and other.id != attempt.id,
        live_certificate=standing.rests_a_certificate_on(session, attempt.id),
    )
    if isinstance(state, MoveRefusal):
        return state
    attempt.state = state
    session.flush()
    return _record(session, attempt, move, actor=actor, now=now, reason=reason)


def _closed_by(session: Session, attempt: Attempt) -> str | None:
    """Return how the attempt was last closed: handed in, or its time over."""
    return session.scalar(
        select(AttemptMove.move)
        .where(
            AttemptMove.attempt_id == attempt.id,
            AttemptMove.move.in_([Move.SUBMIT, Move.EXPIRE]),
        )
        .order_by(AttemptMove.number.desc())
        .limit(1)
    )


def _record(
    session: Session,
    attempt: Attempt,
    move: str,
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
) -> int:
    """Write a move that was made; return its number."""
    number = _moves(session, attempt) + 1
    session.add(
        AttemptMove(
            attempt_id=attempt.id,
            number=number,
            move=move,
            state=attempt.state,
            reason=reason,
            actor=actor.subject,
            on_behalf_of=attempt.subject,
            moved_at=now,
        )
    )
    session.flush()
    return number


def _moves(session: Session, attempt: Attempt) -> int:
    counted = select(func.count()).where(AttemptMove.attempt_id == attempt.id)
    return session.scalar(counted) or 0


def _owe_expiry(session: Session, attempt: Attempt, opened_by: int, *, now: datetime) -> None:
    """Promise to close the attempt when the time that a move gave it is over, grace included."""
    deadline = Deadline.from_json(attempt.deadline_inputs)
    if attempt.deadline_at is None:
        return
    due = attempt.deadline_at + timedelta(seconds=deadline.grace_seconds + 1)
    outbox.enqueue(
        session,
        EXPIRE,
        f"{attempt.public_id}/{opened_by}",
        due_at=due,
        now=now,
        payload={"attempt": attempt.public_id},
    )


def locked(session: Session, attempt_id: int) -> Attempt:
    """Return an attempt as it is now, locked until the end of the transaction."""
    return session.scalars(
        whole_attempts()
        .where(Attempt.id == attempt_id)
        .with_for_update(of=Attempt)
        .execution_options(populate_existing=True)
    ).one()


def reread(session: Session, attempt_id: int) -> Attempt:
    """Return an attempt as it is now."""
    return session.get_one(Attempt, attempt_id, populate_existing=True)
