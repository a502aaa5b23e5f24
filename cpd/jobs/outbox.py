"""The outbox: enqueueing work, claiming it with a lease, and recording the outcome."""

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
"""How long a worker may be silent before another takes its work over."""

LONGEST_PAUSE = timedelta(hours=6)


class MailServerUnavailableError(RuntimeError):
    """The mail server cannot be reached, so no other email would get through now."""


@dataclass(frozen=True)
class Failure:
    """Why a job failed."""

    words: str
    for_all_email: bool = False


def enqueue(
    session: Session,
    purpose: str,
    about: str,
    *,
    due_at: datetime,
    now: datetime,
    payload: dict[str, Any] | None = None,
) -> None:
    """Enqueue a job in the transaction of its cause; enqueueing it twice is enqueueing it once."""
    row = {
        "purpose": purpose,
        "about": about,
        "payload": payload or {},
        "created_at": now,
        "due_at": due_at,
        "tries": 0,
        "lease": "",
        "last_error": "",
    }
    insert_if_absent(session, OutboxItem, [row], by=["purpose", "about"])


def claim(session: Session, *, now: datetime) -> OutboxItem | None:
    """Take one due item that nobody holds, for the length of a lease; None when nothing is due.

    Emails come last: a mail server may be slow, but an exam whose time is up cannot wait. The item
    is returned as it was claimed: whoever takes it over later holds a different lease.
    """
    free = _free(now)
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
    found = session.scalar(due)
    if found is None:
        return None
    lease = new_public_id("lea")
    taking = (
        update(OutboxItem)
        .where(OutboxItem.id == found, OutboxItem.done_at.is_(None), free)
        .values(lease=lease, leased_until=now + LEASE, tries=OutboxItem.tries + 1)
    )
    if not compare_and_set(session, taking):
        return None
    item = session.get_one(OutboxItem, found, populate_existing=True)
    session.expunge(item)
    return item


def _free(now: datetime) -> sa.ColumnElement[bool]:
    return or_(OutboxItem.leased_until.is_(None), OutboxItem.leased_until < now)


def complete(session: Session, item: OutboxItem, *, now: datetime) -> None:
    """Record that the work is done, and erase its payload; a lost lease changes nothing."""
    _release(session, item, done_at=now, last_error="", payload={})


def retry_later(session: Session, item: OutboxItem, *, now: datetime, error: str) -> None:
    """Make the work due again after a pause; a lost lease changes nothing."""
    _release(session, item, due_at=now + pause_after(item.tries), last_error=error[:400])


def _release(session: Session, item: OutboxItem, **values: Any) -> None:
    """Give up the lease and write `values`, if the lease is still ours."""
    values |= {"leased_until": None, "lease": ""}
    session.execute(
        update(OutboxItem)
        .where(OutboxItem.id == item.id, OutboxItem.lease == item.lease)
        .values(values)
    )


def defer_emails(session: Session, *, now: datetime, error: str) -> None:
    """Put off every email that is due, as if each had been tried: one failure stands for all."""
    due = (
        OutboxItem.purpose.in_(current_registry().email_purposes),
        OutboxItem.done_at.is_(None),
        OutboxItem.due_at <= now,
        _free(now),
    )
    for tries in session.scalars(select(OutboxItem.tries).where(*due).distinct()).all():
        ours = select(OutboxItem.id).where(*due, OutboxItem.tries == tries)
        again = now + pause_after(tries + 1)
        session.execute(
            update(OutboxItem)
            .where(OutboxItem.id.in_(ours.with_for_update(skip_locked=True)))
            .values(tries=tries + 1, due_at=again, last_error=error[:400])
        )


def pause_after(tries: int) -> timedelta:
    """Return how long to wait after so many tries: 30 s, doubled each time, six hours at most."""
    return min(timedelta(seconds=30 * int(2 ** min(tries - 1, 12))), LONGEST_PAUSE)


def run(item: OutboxItem, *, now: datetime) -> Failure | None:
    """Run an item's handler outside any transaction of ours; return the failure, or None."""
    handler = current_registry().jobs.get(item.purpose)
    if handler is None:
        return Failure(f"nothing here handles {item.purpose}")
    try:
        handler(item, now)
    except Exception as fault:  # noqa: BLE001 - whatever fails is recorded and tried again later
        return Failure(
            f"{type(fault).__name__}: {fault}", isinstance(fault, MailServerUnavailableError)
        )
    return None


def overdue(session: Session, *, now: datetime) -> int:
    """Count the items that are due and not done."""
    due = OutboxItem.done_at.is_(None) & (OutboxItem.due_at <= now)
    return session.scalar(select(sa.func.count()).select_from(OutboxItem).where(due)) or 0
