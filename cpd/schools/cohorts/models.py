"""Classes, the members of the school who are in them, and the instructors who teach them."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cpd.db import (
    Base,
    PrimaryKey,
    PublicId,
    Subject,
    current_time_default,
    partial_unique_index,
    public_id_column,
)
from cpd.organisations.models import Membership, School

LONGEST_NAME = 120


class Cohort(Base):
    """A class of a school; its days begin and end in the time zone of the school.

    It can be archived, and is never deleted, because assignments name it.
    """

    __tablename__ = "cohorts"
    __table_args__ = (
        partial_unique_index(
            "uq_cohorts_current_name", "school_id", "name", where="archived_at IS NULL"
        ),
    )

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("coh")
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(LONGEST_NAME))
    created_at: Mapped[datetime] = mapped_column(default=current_time_default)
    archived_at: Mapped[datetime | None]
    """When it ended: it is no longer listed, and gets no new assignments."""

    school: Mapped[School] = relationship(lazy="raise")

    @property
    def time_zone(self) -> str:
        """The zone in which its assignments open and close: that of the school."""
        return self.school.time_zone


class CohortMember(Base):
    """A member of the school is in a class, from when to when."""

    __tablename__ = "cohort_members"
    __table_args__ = (
        partial_unique_index(
            "uq_cohort_members_present", "cohort_id", "membership_id", where="until_at IS NULL"
        ),
        CheckConstraint("until_at IS NULL OR until_at >= since_at", name="in_order"),
    )

    id: Mapped[PrimaryKey]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"), index=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("memberships.id"), index=True)
    since_at: Mapped[datetime] = mapped_column(default=current_time_default)
    until_at: Mapped[datetime | None]

    cohort: Mapped[Cohort] = relationship(lazy="raise")
    membership: Mapped[Membership] = relationship(lazy="raise")


class CohortInstructor(Base):
    """An instructor teaches a class, from when to when; what they may do, their role says."""

    __tablename__ = "cohort_instructors"
    __table_args__ = (
        partial_unique_index(
            "uq_cohort_instructors_present", "cohort_id", "subject", where="until_at IS NULL"
        ),
        CheckConstraint("until_at IS NULL OR until_at >= since_at", name="in_order"),
    )

    id: Mapped[PrimaryKey]
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"), index=True)
    subject: Mapped[Subject] = mapped_column(index=True)
    since_at: Mapped[datetime] = mapped_column(default=current_time_default)
    until_at: Mapped[datetime | None]
