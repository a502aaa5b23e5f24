"""Owing work, claiming it with a lease, and recording what became of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from cpd.db import add_unless_there, changed
from cpd.jobs.models import OutboxItem
from cpd.joints.joined import joined
from cpd.kernel.ids import new_public_id

LEASE = timedelta(minutes=2)
"""How long a worker may be silent before another takes its work over."""

LONGEST_PAUSE = timedelta(hours=6)


class NoWayError(RuntimeError):
    """The mail server cannot be reached: nothing else that goes by mail would get through now."""


@dataclass(frozen=True)
class Failure:
    """Why a piece of work was not done."""

    words: str
    for_all_mail: bool = False


def owe(
    session: Session,
    purpose: str,
    about: str,
    *,
    due_at: datetime,
    now: datetime,
    payload: dict[str, Any] | None = None,
) -> None:
    """Promise a piece of work in the transaction of its cause; promising it twice is once."""
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
    add_unless_there(session, OutboxItem, [row], by=["purpose", "about"])


def claim(session: Session, *, now: datetime) -> OutboxItem | None:
    """Take one due item that nobody holds, for the length of a lease; None when nothing is due.

    Letters come last: a mail server may take its time, and an exam whose time is over may not.
    What is returned stays as it was claimed: whoever takes the item over later has another lease.
    """
    free = _free(now)
    due = (
        select(OutboxItem.id)
        .where(OutboxItem.done_at.is_(None), OutboxItem.due_at <= now, free)
        .order_by(OutboxItem.purpose.in_(joined().by_mail), OutboxItem.due_at, OutboxItem.id)
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
    if not changed(session, taking):
        return None
    item = session.get_one(OutboxItem, found, populate_existing=True)
    session.expunge(item)
    return item


def _free(now: datetime) -> sa.ColumnElement[bool]:
    return or_(OutboxItem.leased_until.is_(None), OutboxItem.leased_until < now)


def settle(session: Session, item: OutboxItem, *, now: datetime, error: str | None) -> None:
    """Record that the work is done, or is due again after a pause; a lost lease changes nothing.

    What is done needs its facts no more: addresses in them are forgotten.
    """
    values: dict[str, Any] = {"leased_until": None, "lease": ""}
    if error is None:
        values |= {"done_at": now, "last_error": "", "payload": {}}
    else:
        values |= {"due_at": now + pause_after(item.tries), "last_error": error[:400]}
    session.execute(
        update(OutboxItem)
        .where(OutboxItem.id == item.id, OutboxItem.lease == item.lease)
        .values(values)
    )


def put_off_mail(session: Session, *, now: datetime, error: str) -> None:
    """Let everything that is due by mail wait as if it had been tried, one for all of them."""
    due = (
        OutboxItem.purpose.in_(joined().by_mail),
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


def carry_out(item: OutboxItem, *, now: datetime) -> Failure | None:
    """Run an item's handler outside any transaction of ours; return what failed, or None."""
    handler = joined().jobs.get(item.purpose)
    if handler is None:
        return Failure(f"nothing here handles {item.purpose}")
    try:
        handler(item, now)
    except Exception as fault:  # noqa: BLE001 - whatever fails is recorded and tried again later
        return Failure(f"{type(fault).__name__}: {fault}", isinstance(fault, NoWayError))
    return None


def overdue(session: Session, *, now: datetime) -> int:
    """Count the items that are due and not done."""
    due = OutboxItem.done_at.is_(None) & (OutboxItem.due_at <= now)
    return session.scalar(select(sa.func.count()).select_from(OutboxItem).where(due)) or 0
