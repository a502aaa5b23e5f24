"""What the worker does for exams: close those whose time is over, grade what was left, backfill."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cpd.db import db, unit_of_work
from cpd.jobs.models import OutboxItem
from cpd.quizzes import actions, backfilling
from cpd.quizzes.models import Attempt, Result
from cpd.quizzes.rules.attempts import AttemptState
from cpd.quizzes.rules.grading import NotPassed


def expire(item: OutboxItem, now: datetime) -> None:
    """Close an open attempt whose time is over; one that has more time, or is closed, is left."""
    with unit_of_work() as session:
        actions.expire(session, _attempt_id(session, item), now=now)


def grade(item: OutboxItem, now: datetime) -> None:
    """Grade an attempt that was closed, or made void, when grading failed."""
    with unit_of_work() as session:
        attempt = actions.locked(session, _attempt_id(session, item))
        if _is_to_grade(session, attempt):
            actions.grade(session, attempt, now=now)


def _is_to_grade(session: Session, attempt: Attempt) -> bool:
    if attempt.state is AttemptState.VOID:
        result = session.get(Result, attempt.id)
        return result is not None and NotPassed.VOID not in result.detail["why_not"]
    return attempt.state in {AttemptState.SUBMITTED, AttemptState.EXPIRED}


def backfill(item: OutboxItem, now: datetime) -> None:
    """Write the item results of some attempts that were graded before these were kept."""
    batch = backfilling.work_out(db.session(), after=item.payload["after"])
    if batch is not None:
        with unit_of_work() as session:
            backfilling.keep(session, batch, now=now)


def _attempt_id(session: Session, item: OutboxItem) -> int:
    public_id = item.payload["attempt"]
    return session.scalars(select(Attempt.id).where(Attempt.public_id == public_id)).one()
