"""The keys that people opened on the pages of authors."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cpd.db import Base, PrimaryKey, Subject


class SeenKey(Base):
    """Somebody opened the key of a case for the first time; published or not, it has a path."""

    __tablename__ = "seen_keys"
    __table_args__ = (
        UniqueConstraint("subject", "course_id", "path"),
        Index("ix_seen_keys_course_id", "course_id", "path"),
    )

    id: Mapped[PrimaryKey]
    subject: Mapped[Subject]
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    path: Mapped[str] = mapped_column(sa.String(200))
    """Inside the course's folder, such as `cases/mina.md`."""
    seen_at: Mapped[datetime]
