"""Pictures, sound and film of courses: kept once for each content, and frozen."""

import hashlib
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from cpd.db import Base, PrimaryKey, add_unless_there


class Media(Base):
    """One file by its SHA-256; a document that shows it names that, so that its hash covers it."""

    __tablename__ = "media"

    id: Mapped[PrimaryKey]
    sha256: Mapped[str] = mapped_column(sa.String(64), unique=True)
    type: Mapped[str] = mapped_column(sa.String(80))
    """As a browser is told, such as `image/png`."""
    content: Mapped[bytes]
    created_at: Mapped[datetime]


def put(session: Session, content: bytes, type_: str, *, now: datetime) -> Media:
    """Keep a file unless it is there already, and return its row."""
    digest = hashlib.sha256(content).hexdigest()
    row = {"sha256": digest, "type": type_, "content": content, "created_at": now}
    add_unless_there(session, Media, [row], by=["sha256"])
    return session.scalars(sa.select(Media).where(Media.sha256 == digest)).one()
