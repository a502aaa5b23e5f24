"""The audit trail: rows that are only ever added, in the transaction of what they record."""

import re
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from cpd.access.permissions import Actor
from cpd.db import Base, PrimaryKey, PublicId, Subject, public_id_column

_WORD = "[a-z]+(?:-[a-z]+)*"
ACTION = re.compile(f"{_WORD}:{_WORD}:{_WORD}")
"""`<room>:<thing>:<action>`: the room, the thing in the singular, and a verb."""


class AuditEntry(Base):
    """Who did what to what, and when."""

    __tablename__ = "audit_entries"

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("aud")
    at: Mapped[datetime]
    actor: Mapped[Subject]
    on_behalf_of: Mapped[Subject]
    action: Mapped[str] = mapped_column(sa.String(60))
    object: Mapped[str] = mapped_column(sa.String(60), default="")
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)


def add_audit_entry(
    session: Session, actor: Actor, action: str, *, now: datetime, to: str = "", **detail: Any
) -> AuditEntry:
    """Add one row and return it; `to` is the public id or subject of what was acted on.

    Raises ValueError for an action that is not `<room>:<thing>:<action>`.
    """
    if not ACTION.fullmatch(action):
        msg = f"{action!r} is not an action of the audit trail: write <room>:<thing>:<action>"
        raise ValueError(msg)
    entry = AuditEntry(
        at=now,
        actor=actor.subject,
        on_behalf_of=actor.subject,
        action=action,
        object=to,
        detail=detail,
    )
    session.add(entry)
    return entry
