"""Whom a school lists for its classes, and how the invitations to them stand."""

from datetime import datetime
from enum import StrEnum

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
from cpd.schools.files.rules.people import LONGEST_NUMBER


class InvitationState(StrEnum):
    """How far an invitation has come."""

    WAITING = "waiting"
    SENT = "sent"
    OPENED = "opened"
    BOUNCED = "bounced"
    DECLINED = "declined"
    JOINED = "joined"


class RosterEntry(Base):
    """Somebody on the list of a school; whoever has agreed to belong to it has a membership.

    Name, address and number are what the school says. They change nothing in an account, and the
    name and the address are erased when the entry is removed.
    """

    __tablename__ = "roster_entries"
    __table_args__ = (
        partial_unique_index(
            "uq_roster_entries_email", "school_id", "email", where="removed_at IS NULL"
        ),
        partial_unique_index(
            "uq_roster_entries_number",
            "school_id",
            "number",
            where="removed_at IS NULL AND number <> ''",
        ),
        partial_unique_index(
            "uq_roster_entries_membership", "membership_id", where="removed_at IS NULL"
        ),
        CheckConstraint("removed_at IS NULL OR (name = '' AND email = '')", name="erased"),
    )

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("ros")
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), index=True)
    number: Mapped[str] = mapped_column(sa.String(LONGEST_NUMBER), default="")
    """The school's own number of this person; empty if it gave none."""
    name: Mapped[str] = mapped_column(sa.String(120))
    email: Mapped[str] = mapped_column(sa.String(254))
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("memberships.id"))
    added_by: Mapped[Subject]
    added_at: Mapped[datetime] = mapped_column(default=current_time_default)
    invited_at: Mapped[datetime | None]
    """When the newest invitation was enqueued."""
    times_invited: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    bounced_at: Mapped[datetime | None]
    """When the mail server refused the newest invitation for good."""
    declined_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]

    school: Mapped[School] = relationship(lazy="raise")
    membership: Mapped[Membership | None] = relationship(lazy="raise")

    @property
    def state(self) -> InvitationState:
        """How far the invitation has come."""
        reached = (
            (self.membership_id, InvitationState.JOINED),
            (self.declined_at, InvitationState.DECLINED),
            (self.opened_at, InvitationState.OPENED),
            (self.bounced_at, InvitationState.BOUNCED),
            (self.sent_at, InvitationState.SENT),
        )
        return next((state for sign, state in reached if sign), InvitationState.WAITING)


class RosterPlace(Base):
    """A class that somebody on the list enters on joining the school; then the row goes away."""

    __tablename__ = "roster_places"

    entry_id: Mapped[int] = mapped_column(ForeignKey("roster_entries.id"), primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"), primary_key=True, index=True)


class RosterLayout(Base):
    """Which columns hold what in lists with these titles, as somebody confirmed it."""

    __tablename__ = "roster_layouts"

    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), primary_key=True)
    titles_digest: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    columns: Mapped[dict[str, int]] = mapped_column(sa.JSON)
