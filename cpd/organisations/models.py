"""Schools and the people who belong to them."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cpd.access.permissions import Scope
from cpd.db import (
    Base,
    PrimaryKey,
    PublicId,
    Subject,
    current_time_default,
    partial_unique_index,
    public_id_column,
)


class SchoolKind(StrEnum):
    """What pages call a school; the code treats all kinds alike."""

    SCHOOL = "school"
    CLINIC = "clinic"
    ASSOCIATION = "association"


class School(Base):
    """An organization whose people learn here.

    It can be closed, and is never deleted, because roles and records name it.
    """

    __tablename__ = "schools"

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("sch")
    slug: Mapped[str] = mapped_column(sa.String(80), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    kind: Mapped[SchoolKind]
    time_zone: Mapped[str] = mapped_column(sa.String(64))
    """The zone in which its days begin and end."""
    seats: Mapped[int | None]
    """How many people may belong to it at the same time; None for no limit."""
    started_by: Mapped[Subject | None]
    """Who started it on the site; None for one that the provider set up."""
    created_at: Mapped[datetime] = mapped_column(default=current_time_default)
    closed_at: Mapped[datetime | None]
    """When it stopped taking new members and roles."""

    @property
    def scope(self) -> Scope:
        """The scope of everything in this school."""
        return Scope.of_school(self.public_id)

    @property
    def is_employer(self) -> bool:
        """Whether its people work for it, so that it sees less of what they learn."""
        return self.kind is SchoolKind.CLINIC


class Membership(Base):
    """A person belongs to a school, from when to when; this grants no permissions."""

    __tablename__ = "memberships"
    __table_args__ = (
        partial_unique_index(
            "uq_memberships_present", "school_id", "subject", where="until_at IS NULL"
        ),
        CheckConstraint("until_at IS NULL OR until_at >= since_at", name="in_order"),
    )

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("mem")
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), index=True)
    subject: Mapped[Subject] = mapped_column(index=True)
    since_at: Mapped[datetime] = mapped_column(default=current_time_default)
    until_at: Mapped[datetime | None]

    school: Mapped[School] = relationship(lazy="raise")
