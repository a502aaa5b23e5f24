"""What the worker does for results: grade what was left, and backfill."""

from datetime import datetime

from sqlalchemy.orm import Session

from cpd.db import db, unit_of_work
from cpd.jobs.models import OutboxItem
from cpd.quizzes.attempts import queries as attempt_queries
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.attempts.queries import _attempt_id
from cpd.quizzes.grading import actions as grading_actions
from cpd.quizzes.grading import backfill as backfilling
from cpd.quizzes.grading.models import Result
from cpd.quizzes.rules.attempts import AttemptState
from cpd.quizzes.rules.grading import NotPassed


def grade(item: OutboxItem, now: datetime) -> None:
    """Grade an attempt that was closed, or made void, when grading failed."""
    with unit_of_work() as session:
        attempt = attempt_queries.locked(session, _attempt_id(session, item))
        if _is_to_grade(session, attempt):
            grading_actions.grade(session, attempt, now=now)


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
