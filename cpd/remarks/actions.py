"""Telling what is wrong, within limits; and what those who answer do about it."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.db import acquire_advisory_lock
from cpd.remarks.models import Remark, RemarkMove, RemarkState
from cpd.remarks.rules import limits

_LOCK = 0x72_6D_6B
"""The advisory lock under which PostgreSQL counts remarks one after the other."""


@dataclass(frozen=True)
class Told:
    """What somebody tells, of which page, and whence."""

    text: str
    page: str = ""
    email: str = ""
    source: str = ""
    revision_id: int | None = None
    course_revision_id: int | None = None


@dataclass(frozen=True)
class TooMany:
    """Too much was told within the last hour: the next remark is heard from this instant on."""

    until: datetime


class RemarkErasedError(Exception):
    """The remark is gone for good."""


def tell(session: Session, told: Told, *, actor: Actor, now: datetime) -> Remark | TooMany:
    """Keep a remark, unless its network or everybody together has told too many of late."""
    acquire_advisory_lock(session, _LOCK)
    old = sa.update(Remark).where(Remark.source != "", Remark.at <= now - limits.WINDOW)
    session.execute(old.values(source=""))
    full = [
        until
        for until in (
            _full_until(session, limits.MOST_FROM_A_NETWORK, Remark.source == told.source, now),
            _full_until(session, limits.MOST_IN_ALL, sa.true(), now),
        )
        if until is not None
    ]
    if full:
        return TooMany(max(full))
    row = Remark(
        at=now,
        page=told.page,
        text=told.text,
        subject=actor.subject if actor.is_signed_in else None,
        email="" if actor.is_signed_in else told.email,
        source=told.source,
        revision_id=told.revision_id,
        course_revision_id=told.course_revision_id,
    )
    session.add(row)
    session.flush()
    return row


def _full_until(
    session: Session, most: int, whose: sa.ColumnElement[bool], now: datetime
) -> datetime | None:
    """Return when a count has room again, or None while it has."""
    at = session.scalar(
        sa.select(Remark.at)
        .where(whose, Remark.at > now - limits.WINDOW)
        .order_by(Remark.at.desc(), Remark.id.desc())
        .offset(most - 1)
        .limit(1)
    )
    return None if at is None else limits.free_again(at)


def move(
    session: Session, remark: Remark, state: RemarkState, note: str, *, actor: Actor, now: datetime
) -> None:
    """Take a remark to a state with a note, on top of what was done before.

    Raises RemarkErasedError when somebody has erased it meanwhile.
    """
    moved = sa.update(Remark).where(Remark.id == remark.id).values(state=state)
    if not session.execute(moved.returning(Remark.id)).all():
        raise RemarkErasedError
    session.add(
        RemarkMove(remark_id=remark.id, at=now, state=state, note=note, actor=actor.subject)
    )
    session.flush()


def erase(session: Session, remark: Remark, *, actor: Actor, now: datetime) -> None:
    """Delete a remark and its moves for good; the audit trail says that there was one."""
    session.execute(sa.delete(RemarkMove).where(RemarkMove.remark_id == remark.id))
    session.execute(sa.delete(Remark).where(Remark.id == remark.id))
    audit.record(session, actor, "remarks:remark:erase", now=now, to=remark.public_id)
