"""Sending a remark, within limits, and answering it."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.db import acquire_advisory_lock
from cpd.remarks.emails import enqueue_answer_email
from cpd.remarks.models import Remark, RemarkMove, RemarkState
from cpd.remarks.rules import limits

_LOCK = 0x72_6D_6B
"""The advisory lock under which PostgreSQL counts remarks one at a time."""


@dataclass(frozen=True)
class NewRemark:
    """What someone says is wrong, and with which page."""

    text: str
    page: str = ""
    email: str = ""
    source: str = ""
    """The network it came from, as a keyed hash."""
    revision_id: int | None = None
    course_revision_id: int | None = None


@dataclass(frozen=True)
class TooManyRemarks:
    """A refusal: too many remarks arrived within the last hour."""

    until: datetime
    """When another remark will be accepted."""


class RemarkErasedError(Exception):
    """The remark was erased."""


def save_remark(
    session: Session, remark: NewRemark, *, actor: Actor, now: datetime
) -> Remark | TooManyRemarks:
    """Store a remark, unless too many came from its network, or from everyone, in the last hour."""
    acquire_advisory_lock(session, _LOCK)
    old = sa.update(Remark).where(Remark.source != "", Remark.at <= now - limits.WINDOW)
    session.execute(old.values(source=""))
    full = [
        until
        for until in (
            _find_end_of_limit(
                session, limits.MOST_FROM_A_NETWORK, Remark.source == remark.source, now
            ),
            _find_end_of_limit(session, limits.MOST_IN_ALL, sa.true(), now),
        )
        if until is not None
    ]
    if full:
        return TooManyRemarks(max(full))
    row = Remark(
        at=now,
        page=remark.page,
        text=remark.text,
        subject=actor.subject if actor.is_signed_in else None,
        email="" if actor.is_signed_in else remark.email,
        source=remark.source,
        revision_id=remark.revision_id,
        course_revision_id=remark.course_revision_id,
    )
    session.add(row)
    session.flush()
    return row


def _find_end_of_limit(
    session: Session, most: int, whose: sa.ColumnElement[bool], now: datetime
) -> datetime | None:
    """Return when the limit allows another remark, or None if it allows one now."""
    oldest = session.scalar(
        sa.select(Remark.at)
        .where(whose, Remark.at > now - limits.WINDOW)
        .order_by(Remark.at.desc(), Remark.id.desc())
        .offset(most - 1)
        .limit(1)
    )
    return None if oldest is None else limits.limit_ends_at(oldest)


def change_remark_state(
    session: Session, remark: Remark, state: RemarkState, note: str, *, actor: Actor, now: datetime
) -> None:
    """Set the state of a remark and add a note; earlier notes stay.

    Raises RemarkErasedError if someone has erased it in the meantime.
    """
    moved = sa.update(Remark).where(Remark.id == remark.id).values(state=state)
    if not session.execute(moved.returning(Remark.id)).all():
        raise RemarkErasedError
    session.add(
        RemarkMove(remark_id=remark.id, at=now, state=state, note=note, actor=actor.subject)
    )
    session.flush()


def answer_remark(
    session: Session, remark: Remark, answer: str, *, actor: Actor, now: datetime
) -> bool:
    """Answer a remark; False if its last answer was the same one, sent twice.

    Raises RemarkErasedError if someone has erased the remark in the meantime.
    """
    moved = sa.update(Remark).where(Remark.id == remark.id).values(state=RemarkState.ANSWERED)
    if not session.execute(moved.returning(Remark.id)).all():
        raise RemarkErasedError
    last = session.scalar(
        sa.select(RemarkMove.answer)
        .where(RemarkMove.remark_id == remark.id)
        .order_by(RemarkMove.id.desc())
        .limit(1)
    )
    if last == answer:
        return False
    row = RemarkMove(
        remark_id=remark.id,
        at=now,
        state=RemarkState.ANSWERED,
        note="",
        answer=answer,
        actor=actor.subject,
    )
    session.add(row)
    session.flush()
    audit.add_audit_entry(session, actor, "remarks:remark:answer", now=now, to=remark.public_id)
    enqueue_answer_email(session, remark, row, now=now)
    return True


def erase_remark(session: Session, remark: Remark, *, actor: Actor, now: datetime) -> None:
    """Delete a remark with notes and answers for good; the audit trail keeps that there was one."""
    session.execute(sa.delete(RemarkMove).where(RemarkMove.remark_id == remark.id))
    session.execute(sa.delete(Remark).where(Remark.id == remark.id))
    audit.add_audit_entry(session, actor, "remarks:remark:erase", now=now, to=remark.public_id)
