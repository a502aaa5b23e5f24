"""Accommodations, later dates and excuses of single learners, and the reasons for them."""

from datetime import datetime
from fractions import Fraction

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cpd.db import Base, PrimaryKey, PublicId, Subject, partial_unique_index, public_id_column
from cpd.kernel.canonical import format_fraction
from cpd.schools.accommodations.rules.granting import LONGEST_REASON, Allowance
from cpd.schools.assignments.models import Assignment, format_wall_time, parse_local_time
from cpd.schools.assignments.rules.local_times import LocalTime


class Accommodation(Base):
    """What a person is granted in every exam of a school; to change it, another one replaces it.

    Why is in `GrantReason`, which can be erased.
    """

    __tablename__ = "accommodations"
    __table_args__ = (
        partial_unique_index(
            "uq_accommodations_present", "school_id", "subject", where="ended_at IS NULL"
        ),
        CheckConstraint("extra_attempts >= 0", name="extra_attempts"),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="end_known"),
    )

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("acm")
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    subject: Mapped[Subject] = mapped_column(index=True)
    stored_time_factor: Mapped[str] = mapped_column("time_factor", sa.String(24))
    has_timer: Mapped[bool]
    extra_attempts: Mapped[int]
    granted_by: Mapped[Subject]
    granted_at: Mapped[datetime]
    ended_by: Mapped[Subject | None]
    ended_at: Mapped[datetime | None]

    @property
    def allowance(self) -> Allowance:
        """What is granted."""
        return Allowance(Fraction(self.stored_time_factor), self.has_timer, self.extra_attempts)

    @allowance.setter
    def allowance(self, allowance: Allowance) -> None:
        self.stored_time_factor = format_fraction(allowance.time_factor)
        self.has_timer, self.extra_attempts = allowance.has_timer, allowance.extra_attempts


class Extension(Base):
    """A later date for one person on one assignment; closing moves with it."""

    __tablename__ = "extensions"
    __table_args__ = (
        partial_unique_index(
            "uq_extensions_present", "assignment_id", "subject", where="ended_at IS NULL"
        ),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="end_known"),
    )

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("ext")
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id"))
    subject: Mapped[Subject] = mapped_column(index=True)
    zone: Mapped[str] = mapped_column(sa.String(64))
    until_local: Mapped[str] = mapped_column(sa.String(19))
    until_fold: Mapped[int]
    until_at: Mapped[datetime]
    granted_by: Mapped[Subject]
    granted_at: Mapped[datetime]
    ended_by: Mapped[Subject | None]
    ended_at: Mapped[datetime | None]

    assignment: Mapped[Assignment] = relationship(lazy="raise")

    @property
    def until(self) -> LocalTime:
        """Until when the person has time."""
        return parse_local_time(self.until_local, self.zone, self.until_fold)

    @until.setter
    def until(self, until: LocalTime) -> None:
        self.zone, self.until_fold = until.zone, until.fold
        self.until_local, self.until_at = format_wall_time(until), until.instant


class Excuse(Base):
    """One person need not do one assignment, and counts neither as late nor as missing."""

    __tablename__ = "excuses"
    __table_args__ = (
        partial_unique_index(
            "uq_excuses_present", "assignment_id", "subject", where="ended_at IS NULL"
        ),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="end_known"),
    )

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("exc")
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id"))
    subject: Mapped[Subject] = mapped_column(index=True)
    granted_by: Mapped[Subject]
    granted_at: Mapped[datetime]
    ended_by: Mapped[Subject | None]
    ended_at: Mapped[datetime | None]

    assignment: Mapped[Assignment] = relationship(lazy="raise")


class GrantReason(Base):
    """Why something was granted; in a table of its own, so that it can be erased."""

    __tablename__ = "grant_reasons"

    id: Mapped[PrimaryKey]
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    subject: Mapped[Subject] = mapped_column(index=True)
    granted: Mapped[str] = mapped_column(sa.String(40), unique=True)
    """The public id of the accommodation, extension or excuse."""
    text: Mapped[str] = mapped_column(sa.String(LONGEST_REASON))
