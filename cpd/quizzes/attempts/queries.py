"""Reads of attempts that need no key."""

from functools import cache

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session, joinedload, selectinload

from cpd.access.permissions import Actor
from cpd.courses.models import (
    Enrolment,
)
from cpd.jobs.models import OutboxItem
from cpd.quizzes.attempts.models import Attempt, AttemptItem, Statement
from cpd.quizzes.rules.attempts import AttemptState


def whole_attempts() -> Select[Attempt]:
    """Select attempts with all that grading reads: their course, their rule, what was drawn."""
    return select(Attempt).options(
        joinedload(Attempt.enrolment),
        joinedload(Attempt.exam_revision),
        selectinload(Attempt.items).joinedload(AttemptItem.revision),
    )


def lacks_statement(session: Session, attempt: Attempt) -> bool:
    """Tell whether a graded attempt was closed by its deadline, with nothing stated yet."""
    if attempt.state is not AttemptState.GRADED:
        return False
    found = session.scalar(select(Statement.id).where(Statement.attempt_id == attempt.id).limit(1))
    return found is None


def open_attempt(session: Session, subject: str, exam_id: int) -> Attempt | None:
    """Return the person's open attempt at an exam, or None."""
    return session.scalar(
        select(Attempt).where(
            Attempt.subject == subject,
            Attempt.exam_id == exam_id,
            Attempt.state == AttemptState.OPEN,
        )
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


def attempt_of(session: Session, actor: Actor, public_id: str) -> Attempt | None:
    """Return the actor's own attempt; another person's looks like none at all."""
    return session.scalar(_attempts(), {"subject": actor.subject, "public_id": public_id})


@cache
def _attempts() -> Select[Attempt]:
    """Select an attempt with its course; said once, since saying it takes longer."""
    enrolment = joinedload(Attempt.enrolment).lazyload(Enrolment.course_revision)
    return (
        select(Attempt)
        .options(enrolment)
        .where(Attempt.subject == bindparam("subject"), Attempt.public_id == bindparam("public_id"))
    )


def _attempt_id(session: Session, item: OutboxItem) -> int:
    public_id = item.payload["attempt"]
    return session.scalars(select(Attempt.id).where(Attempt.public_id == public_id)).one()
