"""What happens to an attempt as a whole: submit, close when overdue, void, extend, reopen."""

from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from cpd.access.permissions import SYSTEM, Actor
from cpd.db import compare_and_set
from cpd.jobs import outbox
from cpd.jobs.publishing import publish_event
from cpd.kernel import clock
from cpd.quizzes.attempts import hooks
from cpd.quizzes.attempts.models import Attempt, AttemptMove
from cpd.quizzes.attempts.queries import (
    find_attempt_in_progress,
    find_last_counted_answer_time,
    lock_and_read_attempt,
    reload_attempt,
)
from cpd.quizzes.attempts.statements import attempt_lacks_statement, save_statement_and_printed_name
from cpd.quizzes.events import (
    AttemptConfirmed,
    AttemptExtended,
    AttemptReopened,
    AttemptSubmitted,
    AttemptVoided,
)
from cpd.quizzes.rules import attempts
from cpd.quizzes.rules.added_time import TimeRefusal, add_time
from cpd.quizzes.rules.attempts import AttemptState, Deadline, Move, MoveRefusal

EXPIRE = "expire-attempt"
"""The purpose in the outbox."""


def submit_attempt(
    session: Session,
    attempt_id: int,
    *,
    actor: Actor,
    now: datetime,
    printed_name: str,
    statement: str,
) -> Attempt:
    """Submit an attempt; submitting it a second time changes nothing.

    An attempt that is past its deadline is closed at the deadline instead. Even then the statement
    is saved, because a certificate may be issued for the attempt.
    """
    attempt = lock_and_close_if_overdue(session, attempt_id, now=now)
    last_answer_at = find_last_counted_answer_time(session, attempt_id)
    now = clock.keep_in_order(now, attempt.started_at, last_answer_at, attempt.closed_at)
    if _close_open_attempt(session, attempt_id, AttemptState.SUBMITTED, at=now):
        session.refresh(attempt)
        number = add_attempt_move(session, attempt, Move.SUBMIT, actor=actor, now=now)
        save_statement_and_printed_name(session, attempt, printed_name, statement, now=now)
        publish_event(session, AttemptSubmitted(at=now, attempt_id=attempt.id, number=number))
        hooks.grade(session, attempt, number, now)
        return reload_attempt(session, attempt_id)
    if attempt_lacks_statement(session, attempt):
        number = save_statement_and_printed_name(session, attempt, printed_name, statement, now=now)
        publish_event(session, AttemptConfirmed(at=now, attempt_id=attempt.id, number=number))
    return attempt


def lock_and_close_if_overdue(session: Session, attempt_id: int, *, now: datetime) -> Attempt:
    """Lock an attempt; if its time is over, close it at its deadline and grade it.

    Every move begins with this, so that none depends on whether the worker was running.
    """
    attempt = lock_and_read_attempt(session, attempt_id)
    deadline = Deadline.from_json(attempt.deadline_inputs)
    if deadline.ends_at is None or deadline.is_in_time(now):
        return attempt
    ended_at = clock.keep_in_order(deadline.ends_at, attempt.started_at)
    if not _close_open_attempt(session, attempt_id, AttemptState.EXPIRED, at=ended_at):
        return attempt
    session.refresh(attempt)
    number = add_attempt_move(session, attempt, Move.EXPIRE, actor=SYSTEM, now=now)
    hooks.grade(session, attempt, number, now)
    return reload_attempt(session, attempt_id)


def _close_open_attempt(
    session: Session, attempt_id: int, state: AttemptState, *, at: datetime
) -> bool:
    """Close an open attempt by compare-and-set; False if somebody else has already closed it."""
    return compare_and_set(
        session,
        update(Attempt)
        .where(Attempt.id == attempt_id, Attempt.state == AttemptState.OPEN)
        .values(state=state, closed_at=at),
    )


def void_attempt(
    session: Session, attempt_id: int, *, actor: Actor, now: datetime, reason: str
) -> Attempt | MoveRefusal:
    """Void an attempt, with a reason, so that it does not count toward the attempts allowed.

    If it has a result, it is graded again, as void; if that fails, it is void anyway.
    """
    attempt = lock_and_close_if_overdue(session, attempt_id, now=now)
    number = _make_move_if_allowed(session, attempt, Move.VOID, actor=actor, now=now, reason=reason)
    if isinstance(number, MoveRefusal):
        return number
    publish_event(session, AttemptVoided(at=now, attempt_id=attempt.id, number=number))
    hooks.grade(session, attempt, number, now)
    return attempt


def extend_deadline(
    session: Session, attempt_id: int, *, to: datetime, actor: Actor, now: datetime, reason: str
) -> Attempt | MoveRefusal:
    """Give an open attempt a later deadline, with a reason; raises InvalidDeadlineError."""
    attempt = lock_and_close_if_overdue(session, attempt_id, now=now)
    deadline = Deadline.from_json(attempt.deadline_inputs).with_later_end(to, now=now)
    number = _make_move_if_allowed(
        session, attempt, Move.EXTEND, actor=actor, now=now, reason=reason
    )
    if isinstance(number, MoveRefusal):
        return number
    _set_deadline_and_enqueue_expiry(session, attempt, deadline, number, now=now)
    publish_event(session, AttemptExtended(at=now, attempt_id=attempt.id, number=number))
    return attempt


def add_own_time(
    session: Session, attempt_id: int, *, shown_end: datetime | None, actor: Actor, now: datetime
) -> Attempt | TimeRefusal:
    """Let the learner add time to an open attempt near its end, once for each end shown."""
    attempt = lock_and_close_if_overdue(session, attempt_id, now=now)
    if attempt.state is not AttemptState.OPEN:
        return TimeRefusal.OVER
    deadline = add_time(Deadline.from_json(attempt.deadline_inputs), shown_end=shown_end, now=now)
    if isinstance(deadline, TimeRefusal):
        return deadline
    number = add_attempt_move(session, attempt, Move.ADD_TIME, actor=actor, now=now)
    _set_deadline_and_enqueue_expiry(session, attempt, deadline, number, now=now)
    publish_event(session, AttemptExtended(at=now, attempt_id=attempt.id, number=number))
    return attempt


def reopen_attempt(
    session: Session,
    attempt_id: int,
    *,
    to: datetime | None,
    actor: Actor,
    now: datetime,
    reason: str,
) -> Attempt | MoveRefusal:
    """Open a void or expired attempt again, with a reason; `to` is its new deadline, if any.

    Raises InvalidDeadlineError.
    """
    attempt = lock_and_close_if_overdue(session, attempt_id, now=now)
    deadline = Deadline.from_json(attempt.deadline_inputs)
    if to is not None:
        deadline = deadline.with_later_end(to, now=now)
    if not deadline.is_in_time(now):
        return MoveRefusal("Its time has run out. Give it a new deadline.")
    number = _make_move_if_allowed(
        session, attempt, Move.REOPEN, actor=actor, now=now, reason=reason
    )
    if isinstance(number, MoveRefusal):
        return number
    attempt.closed_at = None
    _set_deadline_and_enqueue_expiry(session, attempt, deadline, number, now=now)
    publish_event(session, AttemptReopened(at=now, attempt_id=attempt.id, number=number))
    return attempt


def _make_move_if_allowed(
    session: Session, attempt: Attempt, move: Move, *, actor: Actor, now: datetime, reason: str
) -> int | MoveRefusal:
    """Make a move if it is allowed; return its number."""
    other = find_attempt_in_progress(session, attempt.subject, attempt.exam_id)
    state = attempts.state_after_move(
        attempt.state,
        move,
        reason=reason,
        closed_by_deadline=_find_closing_move(session, attempt) == Move.EXPIRE,
        another_open=other is not None and other.id != attempt.id,
        has_valid_certificate=hooks.has_valid_certificate(session, attempt.id),
    )
    if isinstance(state, MoveRefusal):
        return state
    attempt.state = state
    session.flush()
    return add_attempt_move(session, attempt, move, actor=actor, now=now, reason=reason)


def _find_closing_move(session: Session, attempt: Attempt) -> str | None:
    """Return how the attempt was last closed: submitted or expired; None if it never was."""
    return session.scalar(
        select(AttemptMove.move)
        .where(
            AttemptMove.attempt_id == attempt.id,
            AttemptMove.move.in_([Move.SUBMIT, Move.EXPIRE]),
        )
        .order_by(AttemptMove.number.desc())
        .limit(1)
    )


def add_attempt_move(
    session: Session, attempt: Attempt, move: str, *, actor: Actor, now: datetime, reason: str = ""
) -> int:
    """Record a move that was made; return its number."""
    earlier = select(func.count(), func.max(AttemptMove.moved_at)).where(
        AttemptMove.attempt_id == attempt.id
    )
    count, last_moved_at = session.execute(earlier).one()
    number = count + 1
    session.add(
        AttemptMove(
            attempt_id=attempt.id,
            number=number,
            move=move,
            state=attempt.state,
            reason=reason,
            actor=actor.subject,
            on_behalf_of=attempt.subject,
            moved_at=clock.keep_in_order(now, last_moved_at),
        )
    )
    session.flush()
    return number


def _set_deadline_and_enqueue_expiry(
    session: Session, attempt: Attempt, deadline: Deadline, opened_by: int, *, now: datetime
) -> None:
    attempt.deadline_at, attempt.deadline_inputs = deadline.ends_at, deadline.to_json()
    session.flush()
    enqueue_attempt_expiry(session, attempt, opened_by, now=now)


def enqueue_attempt_expiry(
    session: Session, attempt: Attempt, opened_by: int, *, now: datetime
) -> None:
    """Have the worker close the attempt after its deadline and grace period, if it has a deadline.

    `opened_by`: the number of the move that set the deadline.
    """
    if attempt.deadline_at is None:
        return
    deadline = Deadline.from_json(attempt.deadline_inputs)
    outbox.enqueue_job(
        session,
        EXPIRE,
        f"{attempt.public_id}/{opened_by}",
        due_at=attempt.deadline_at + timedelta(seconds=deadline.grace_seconds + 1),
        now=now,
        payload={"attempt": attempt.public_id},
    )
