"""The row of the outbox from which the worker looks, twice an hour, for messages to send.

The sweep adds the row of the next one. A worker that starts and whoever assigns something add it,
too, so that there is always one to come.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from cpd.jobs import outbox

PURPOSE = "school-messages"
"""Names the sweep in the outbox."""
EVERY = timedelta(minutes=30)
"""Time zones differ from each other by whole, half and quarter hours."""


def enqueue_next_sweep(session: Session, now: datetime) -> None:
    """Add the next sweep to the outbox, unless it is there."""
    begun = timedelta(minutes=now.minute, seconds=now.second, microseconds=now.microsecond)
    next_at = now - begun % EVERY + EVERY
    outbox.enqueue_job(
        session, PURPOSE, next_at.isoformat(timespec="minutes"), due_at=next_at, now=now
    )
