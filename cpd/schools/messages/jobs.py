"""The worker's sweep: it finds the reminders and digests that are to be sent now."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from cpd.db import unit_of_work
from cpd.jobs import outbox
from cpd.jobs.models import OutboxItem
from cpd.mail.emails import site_sends_emails
from cpd.schools import sweeps
from cpd.schools.messages import queries
from cpd.schools.messages.actions import Message, enqueue_messages
from cpd.schools.messages.rules import timing
from cpd.schools.messages.rules.timing import MessageKind
from cpd.web.formatting import load_time_zone

RECENT = timedelta(days=28)
"""For how long a digest names what was due."""


def sweep_for_messages(_item: OutboxItem, now: datetime) -> None:
    """Add the messages of this moment to the outbox, and the next sweep."""
    with unit_of_work() as session:
        outbox.erase_done_jobs(session, sweeps.PURPOSE)
        sweeps.enqueue_next_sweep(session, now)
        if site_sends_emails():
            enqueue_messages(session, _find_messages(session, now), now=now)


def _find_messages(session: Session, now: datetime) -> Iterator[Message]:
    for task in queries.find_open_tasks(session, now=now):
        kind = timing.find_reminder_kind(task.window, now, load_time_zone(task.reader.zone))
        if kind is not None:
            about = timing.build_reminder_key(task.assignment.public_id, task.window)
            yield Message(kind, task.reader.subject, about)
    for teaching in queries.find_digest_readers(session, since=now - RECENT, now=now):
        week = timing.find_digest_week(now, load_time_zone(teaching.reader.zone))
        if week is not None:
            about = timing.build_digest_key(teaching.school_id, week)
            yield Message(MessageKind.DIGEST, teaching.reader.subject, about)
