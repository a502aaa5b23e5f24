"""Codes with which people join a class by themselves."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cpd.db import Base, PrimaryKey, PublicId, Subject, current_time_default, public_id_column
from cpd.schools.cohorts.models import Cohort


class JoinCode(Base):
    """A code to hand out: until a day, so many people can join one class with it."""

    __tablename__ = "join_codes"
    __table_args__ = (CheckConstraint("used_count <= seats", name="seats_kept"),)

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("joi")
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"), index=True)
    code: Mapped[str] = mapped_column(sa.String(16), unique=True)
    seats: Mapped[int]
    used_count: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """When somebody ended it before that."""
    made_by: Mapped[Subject]
    made_at: Mapped[datetime] = mapped_column(default=current_time_default)

    cohort: Mapped[Cohort] = relationship(lazy="raise")

    def works(self, *, now: datetime) -> bool:
        """Tell whether somebody can join with it."""
        return self.ended_at is None and now < self.expires_at and self.used_count < self.seats
