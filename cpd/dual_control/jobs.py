"""The worker's part: ending requests whose time is over."""

from datetime import datetime

from cpd.db import unit_of_work
from cpd.dual_control import actions
from cpd.dual_control.models import DualControlRequest
from cpd.jobs.models import OutboxItem


def expire_request(item: OutboxItem, now: datetime) -> None:
    """End a request that is still open; others are left as they are."""
    with unit_of_work() as session:
        actions.expire_requests(session, DualControlRequest.public_id == item.about, now=now)
