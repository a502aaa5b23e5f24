"""What happens to an attempt as a whole: submit, expire, void, extend, reopen."""

from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from cpd.access.permissions import SYSTEM, Actor
from cpd.db import changed
from cpd.jobs import outbox
from cpd.jobs.publishing import publish
from cpd.quizzes.attempts import hooks
from cpd.quizzes.attempts.models import Attempt, AttemptMove
from cpd.quizzes.attempts.queries import lacks_statement, locked, open_attempt, reread
from cpd.quizzes.attempts.statements import save_statement
from cpd.quizzes.events import (
    AttemptConfirmed,
    AttemptExtended,
    AttemptReopened,
    AttemptSubmitted,
    AttemptVoided,
)
from cpd.quizzes.rules import attempts
from cpd.quizzes.rules.attempts import AttemptState, Deadline, Move, MoveRefusal

EXPIRE = "expire-attempt"
"""The purpose in the outbox."""


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
        number = record_move(session, attempt, Move.SUBMIT, actor=actor, now=now)
        save_statement(session, attempt, printed_name, statement, now=now)
        publish(session, AttemptSubmitted(at=now, attempt_id=attempt.id, number=number))
        hooks.grade(session, attempt, number, now)
        return reread(session, attempt_id)
    if lacks_statement(session, attempt):
        number = save_statement(session, attempt, printed_name, statement, now=now)
        publish(session, AttemptConfirmed(at=now, attempt_id=attempt.id, number=number))
    return attempt


def _close(session: Session, attempt_id: int, state: AttemptState, *, at: datetime) -> bool:
    """Close an open attempt by compare-and-set; False when somebody else has closed it."""
    return changed(
        session,
        update(Attempt)
        .where(Attempt.id == attempt_id, Attempt.state == AttemptState.OPEN)
        .values(state=state, closed_at=at),
    )


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
    number = record_move(session, attempt, Move.EXPIRE, actor=SYSTEM, now=now)
    hooks.grade(session, attempt, number, now)
    return reread(session, attempt_id)


def void(
    session: Session, attempt_id: int, *, actor: Actor, now: datetime, reason: str
) -> Attempt | MoveRefusal:
    """Take an attempt out of the count, with a reason; it uses up no try.

    Its result is graded anew, as void; where that fails it is void all the same.
    """
    attempt = expire(session, attempt_id, now=now)
    number = _move(session, attempt, Move.VOID, actor=actor, now=now, reason=reason)
    if isinstance(number, MoveRefusal):
        return number
    publish(session, AttemptVoided(at=now, attempt_id=attempt.id, number=number))
    hooks.grade(session, attempt, number, now)
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
    enqueue_expiry(session, attempt, number, now=now)
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
    enqueue_expiry(session, attempt, number, now=now)
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
        live_certificate=hooks.rests_a_certificate_on(session, attempt.id),
    )
    if isinstance(state, MoveRefusal):
        return state
    attempt.state = state
    session.flush()
    return record_move(session, attempt, move, actor=actor, now=now, reason=reason)


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


def record_move(
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


def enqueue_expiry(session: Session, attempt: Attempt, opened_by: int, *, now: datetime) -> None:
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
