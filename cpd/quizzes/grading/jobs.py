"""What the worker does for results: grade what could not be graded before, and backfill."""

from datetime import datetime

from sqlalchemy.orm import Session

from cpd.db import db, unit_of_work
from cpd.jobs.models import OutboxItem
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.attempts.queries import find_attempt_id, lock_and_read_attempt
from cpd.quizzes.grading import actions
from cpd.quizzes.grading import backfill as backfilling
from cpd.quizzes.grading.models import Result
from cpd.quizzes.rules.attempts import AttemptState
from cpd.quizzes.rules.grading import NotPassed


def grade_closed_attempt(item: OutboxItem, now: datetime) -> None:
    """Grade an attempt whose grading failed when it was closed or voided."""
    with unit_of_work() as session:
        attempt = lock_and_read_attempt(session, find_attempt_id(session, item.payload["attempt"]))
        if _attempt_needs_grading(session, attempt):
            actions.grade_attempt(session, attempt, now=now)


def _attempt_needs_grading(session: Session, attempt: Attempt) -> bool:
    if attempt.state is AttemptState.VOID:
        result = session.get(Result, attempt.id)
        return result is not None and NotPassed.VOID not in result.detail["why_not"]
    return attempt.state in {AttemptState.SUBMITTED, AttemptState.EXPIRED}


def write_missing_item_results(item: OutboxItem, now: datetime) -> None:
    """Write the item results of some attempts that were graded before there were any."""
    batch = backfilling.compute_next_batch_of_item_results(
        db.session(), after=item.payload["after"]
    )
    if batch is not None:
        with unit_of_work() as session:
            backfilling.write_item_results_and_enqueue_next(session, batch, now=now)
