"""The worker's part: expiring requests whose time is up."""

from datetime import datetime

from cpd.db import unit_of_work
from cpd.dual_control import actions
from cpd.dual_control.models import DualControlRequest
from cpd.jobs.models import OutboxItem


def expire_request(item: OutboxItem, now: datetime) -> None:
    """Expire a request if it is still open."""
    with unit_of_work() as session:
        actions.expire_due_requests(session, DualControlRequest.public_id == item.about, now=now)
