"""How long learners were active in the sections of their courses."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cpd.db import Base, PrimaryKey


class ActiveMinutes(Base):
    """The active minutes under one enrollment, in one section, on one day (UTC)."""

    __tablename__ = "active_minutes"
    __table_args__ = (
        UniqueConstraint("enrolment_id", "section_id", "day"),
        CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes_of_a_day"),
    )

    id: Mapped[PrimaryKey]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"))
    section_id: Mapped[int] = mapped_column(ForeignKey("documents.id"))
    day: Mapped[date]
    minutes: Mapped[int]
    last_counted_at: Mapped[datetime]
    """When the last of these minutes was counted."""
