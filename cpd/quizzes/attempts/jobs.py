"""What the worker does for attempts."""

from datetime import datetime

from cpd.db import unit_of_work
from cpd.jobs.models import OutboxItem
from cpd.quizzes.attempts import actions
from cpd.quizzes.attempts.queries import find_attempt_id


def close_overdue_attempt(item: OutboxItem, now: datetime) -> None:
    """Close an attempt that is past its deadline; one with time left, or closed, stays as it is."""
    with unit_of_work() as session:
        attempt_id = find_attempt_id(session, item.payload["attempt"])
        actions.lock_and_close_if_overdue(session, attempt_id, now=now)
