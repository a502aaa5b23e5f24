"""What the worker does for attempts: close those whose time is over."""

from datetime import datetime

from cpd.db import unit_of_work
from cpd.jobs.models import OutboxItem
from cpd.quizzes.attempts import actions as attempt_actions
from cpd.quizzes.attempts.queries import _attempt_id


def expire(item: OutboxItem, now: datetime) -> None:
    """Close an open attempt whose time is over; one that has more time, or is closed, is left."""
    with unit_of_work() as session:
        attempt_actions.expire(session, _attempt_id(session, item), now=now)
