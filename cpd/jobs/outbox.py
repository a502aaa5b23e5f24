"""The outbox: enqueuing jobs, claiming them with a lease, and recording the outcome."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from cpd.db import compare_and_set, insert_if_absent
from cpd.jobs.models import OutboxItem
from cpd.joints.registry import current_registry
from cpd.kernel.ids import new_public_id

LEASE = timedelta(minutes=2)
"""How long a worker may be silent before another takes over its job."""

LONGEST_PAUSE = timedelta(hours=6)


class MailServerUnavailableError(RuntimeError):
    """The mail server cannot be reached, so no other email would get through now."""


@dataclass(frozen=True)
class Failure:
    """Why a job failed."""

    message: str
    affects_all_email: bool = False
    """Whether every email would fail now."""


def enqueue_job(
    session: Session,
    purpose: str,
    about: str,
    *,
    due_at: datetime,
    now: datetime,
    payload: dict[str, Any] | None = None,
) -> None:
    """Enqueue a job in the transaction of its cause; enqueuing it twice has no further effect."""
    enqueue_jobs(session, purpose, {about: payload or {}}, due_at=due_at, now=now)


def enqueue_jobs(
    session: Session,
    purpose: str,
    payloads: Mapping[str, dict[str, Any]],
    *,
    due_at: datetime,
    now: datetime,
) -> None:
    """Enqueue jobs of one purpose in one statement, by what they are about."""
    rows = [
        {
            "purpose": purpose,
            "about": about,
            "payload": payload,
            "created_at": now,
            "due_at": due_at,
            "tries": 0,
            "lease": "",
            "last_error": "",
        }
        for about, payload in payloads.items()
    ]
    insert_if_absent(session, OutboxItem, rows, by=["purpose", "about"])


def erase_done_jobs(session: Session, purpose: str) -> None:
    """Delete the rows of jobs that are done and can never be enqueued again."""
    session.execute(
        sa.delete(OutboxItem).where(OutboxItem.purpose == purpose, OutboxItem.done_at.is_not(None))
    )


def claim_due_job(session: Session, *, now: datetime) -> OutboxItem | None:
    """Lease one due item that no worker holds, and return it; None when nothing is due.

    Emails come last: a mail server may be slow, but an exam whose time is up cannot wait. A worker
    that takes the item over later gets a different lease.
    """
    free = _where_not_leased(now)
    due = (
        select(OutboxItem.id)
        .where(OutboxItem.done_at.is_(None), OutboxItem.due_at <= now, free)
        .order_by(
            OutboxItem.purpose.in_(current_registry().email_purposes),
            OutboxItem.due_at,
            OutboxItem.id,
        )
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    item_id = session.scalar(due)
    if item_id is None:
        return None
    lease = new_public_id("lea")
    taking = (
        update(OutboxItem)
        .where(OutboxItem.id == item_id, OutboxItem.done_at.is_(None), free)
        .values(lease=lease, leased_until=now + LEASE, tries=OutboxItem.tries + 1)
    )
    if not compare_and_set(session, taking):
        return None
    item = session.get_one(OutboxItem, item_id, populate_existing=True)
    session.expunge(item)
    return item


def _where_not_leased(now: datetime) -> sa.ColumnElement[bool]:
    return or_(OutboxItem.leased_until.is_(None), OutboxItem.leased_until < now)


def mark_job_done(session: Session, item: OutboxItem, *, now: datetime) -> None:
    """Mark the item as done and erase its payload; does nothing when the lease was lost."""
    _update_and_release_job(session, item, done_at=now, last_error="", payload={})


def retry_job_later(session: Session, item: OutboxItem, *, now: datetime, error: str) -> None:
    """Make the item due again after a pause; does nothing when the lease was lost."""
    _update_and_release_job(
        session, item, due_at=now + compute_retry_pause(item.tries), last_error=error[:400]
    )


def _update_and_release_job(session: Session, item: OutboxItem, **values: Any) -> None:
    """Write `values` and give up the lease, if it is still ours."""
    values |= {"leased_until": None, "lease": ""}
    session.execute(
        update(OutboxItem)
        .where(OutboxItem.id == item.id, OutboxItem.lease == item.lease)
        .values(values)
    )


def defer_failed_emails(session: Session, *, now: datetime, error: str) -> None:
    """Postpone every email that is due, as if each had failed: one failure counts for all."""
    due = (
        OutboxItem.purpose.in_(current_registry().email_purposes),
        OutboxItem.done_at.is_(None),
        OutboxItem.due_at <= now,
        _where_not_leased(now),
    )
    for tries in session.scalars(select(OutboxItem.tries).where(*due).distinct()).all():
        ours = select(OutboxItem.id).where(*due, OutboxItem.tries == tries)
        again = now + compute_retry_pause(tries + 1)
        session.execute(
            update(OutboxItem)
            .where(OutboxItem.id.in_(ours.with_for_update(skip_locked=True)))
            .values(tries=tries + 1, due_at=again, last_error=error[:400])
        )


def compute_retry_pause(tries: int) -> timedelta:
    """Return how long to wait after this many tries: 30 s, doubled each time, six hours at most."""
    return min(timedelta(seconds=30 * int(2 ** min(tries - 1, 12))), LONGEST_PAUSE)


def run_job_handler(item: OutboxItem, *, now: datetime) -> Failure | None:
    """Run an item's handler, which opens its own transactions; return the failure, or None."""
    handler = current_registry().jobs.get(item.purpose)
    if handler is None:
        return Failure(f"no handler for {item.purpose}")
    try:
        handler(item, now)
    except Exception as fault:  # noqa: BLE001 - any failure is recorded and retried later
        return Failure(
            f"{type(fault).__name__}: {fault}", isinstance(fault, MailServerUnavailableError)
        )
    return None
