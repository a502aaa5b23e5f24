"""What the worker does: end the requests whose time is over."""

from datetime import datetime

from cpd.db import unit_of_work
from cpd.dual_control import actions
from cpd.dual_control.models import DualControlRequest
from cpd.jobs.models import OutboxItem


def expire(item: OutboxItem, now: datetime) -> None:
    """End a request that is still open; one that was answered or carried out is left."""
    with unit_of_work() as session:
        actions.expire(session, DualControlRequest.public_id == item.about, now=now)
