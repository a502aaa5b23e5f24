"""Reads of attempts that need no key."""

from datetime import datetime
from functools import cache

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from cpd.access.permissions import Actor
from cpd.courses.models import Enrolment
from cpd.quizzes.attempts.models import AnswerEventRow, Attempt, AttemptItem
from cpd.quizzes.rules.answers import Outcome
from cpd.quizzes.rules.attempts import AttemptState


def find_own_attempt(session: Session, actor: Actor, public_id: str) -> Attempt | None:
    """Return the actor's own attempt; None for another person's."""
    values = {"subject": actor.subject, "public_id": public_id}
    return session.scalars(_select_own_attempt(), values).unique().one_or_none()


@cache
def _select_own_attempt() -> Select[Attempt]:
    """Select an attempt of a `subject` with its course and flags.

    Cached because building it is slow.
    """
    enrolment = joinedload(Attempt.enrolment).lazyload(Enrolment.course_revision)
    return (
        select(Attempt)
        .options(enrolment, joinedload(Attempt.flags))
        .where(Attempt.subject == bindparam("subject"), Attempt.public_id == bindparam("public_id"))
    )


def find_attempt_in_progress(session: Session, subject: str, exam_id: int) -> Attempt | None:
    """Return a person's open attempt at an exam, in any context; there is at most one."""
    return session.scalar(
        select(Attempt).where(
            Attempt.subject == subject,
            Attempt.exam_id == exam_id,
            Attempt.state == AttemptState.OPEN,
        )
    )


def find_last_counted_answer_time(session: Session, attempt_id: int) -> datetime | None:
    """Return when the last answer that counts arrived; None if nothing was answered."""
    return session.scalar(
        select(func.max(AnswerEventRow.received_at)).where(
            AnswerEventRow.attempt_id == attempt_id, AnswerEventRow.outcome == Outcome.ACCEPTED
        )
    )


def find_attempt_id(session: Session, public_id: str) -> int:
    """Return the integer id of an attempt that exists."""
    return session.scalars(select(Attempt.id).where(Attempt.public_id == public_id)).one()


def select_whole_attempts() -> Select[Attempt]:
    """Select attempts with everything that grading reads: course, exam rule, cases."""
    return select(Attempt).options(
        joinedload(Attempt.enrolment),
        joinedload(Attempt.exam_revision),
        selectinload(Attempt.items).joinedload(AttemptItem.revision),
    )


def lock_and_read_attempt(session: Session, attempt_id: int) -> Attempt:
    """Return an attempt as it is now, locked until the end of the transaction."""
    return session.scalars(
        select_whole_attempts()
        .where(Attempt.id == attempt_id)
        .with_for_update(of=Attempt)
        .execution_options(populate_existing=True)
    ).one()


def reload_attempt(session: Session, attempt_id: int) -> Attempt:
    """Return an attempt as it is now."""
    return session.get_one(Attempt, attempt_id, populate_existing=True)
