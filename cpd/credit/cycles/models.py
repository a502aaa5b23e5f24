"""Cycles of licenses, and activities outside this site with their evidence.

They belong to their holder, who may change and remove them; nothing here proves a certificate.
"""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cpd.accounts.models import License
from cpd.credit.rules.activities import Manner
from cpd.db import Base, PrimaryKey, PublicId, public_id_column

WITH_OWNER = "CASCADE"
"""What rests on a license goes with it: its holder removes licenses in their profile."""


class LicenseCycle(Base):
    """Whose rules a license is under, and when it expires, as its holder states it."""

    __tablename__ = "licence_cycles"
    __table_args__ = (
        CheckConstraint(
            "issued_on IS NULL OR expires_on IS NULL OR issued_on <= expires_on",
            name="issued_before_it_expires",
        ),
    )

    licence_id: Mapped[int] = mapped_column(
        ForeignKey(License.id, ondelete=WITH_OWNER), primary_key=True
    )
    authority: Mapped[str] = mapped_column(sa.String(60))
    """The slug of the authority's file."""
    issued_on: Mapped[date | None]
    expires_on: Mapped[date | None]

    license: Mapped[License] = relationship(innerjoin=True)


class OutsideActivity(Base):
    """One activity that was not taken on this site."""

    __tablename__ = "outside_activities"
    __table_args__ = (CheckConstraint("minutes BETWEEN 1 AND 60000", name="some_minutes"),)

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("act")
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    title: Mapped[str] = mapped_column(sa.String(200))
    organizer: Mapped[str] = mapped_column(sa.String(200))
    completed_on: Mapped[date]
    minutes: Mapped[int]
    manner: Mapped[Manner]
    added_at: Mapped[datetime]

    claims: Mapped[list["ActivityClaim"]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="ActivityClaim.id"
    )
    evidence: Mapped[list["ActivityEvidence"]] = relationship(
        cascade="all, delete-orphan", passive_deletes=True, order_by="ActivityEvidence.id"
    )


class ActivityClaim(Base):
    """That an activity should count for a license, and as what."""

    __tablename__ = "activity_claims"
    __table_args__ = (
        UniqueConstraint("activity_id", "licence_id"),
        CheckConstraint("hundredths BETWEEN 1 AND 1000000", name="some_units"),
    )

    id: Mapped[PrimaryKey]
    activity_id: Mapped[int] = mapped_column(ForeignKey(OutsideActivity.id, ondelete=WITH_OWNER))
    licence_id: Mapped[int] = mapped_column(ForeignKey(License.id, ondelete=WITH_OWNER), index=True)
    category: Mapped[str] = mapped_column(sa.String(200), default="")
    """The subject in the authority's words; empty for none in particular."""
    hundredths: Mapped[int | None]
    """Hundredths of the authority's unit that the certificate states."""


class ActivityEvidence(Base):
    """A file that shows that an activity took place."""

    __tablename__ = "activity_evidence"

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("evi")
    activity_id: Mapped[int] = mapped_column(
        ForeignKey(OutsideActivity.id, ondelete=WITH_OWNER), index=True
    )
    type: Mapped[str] = mapped_column(sa.String(80))
    """The media type, as the content shows it."""
    content_hash: Mapped[str] = mapped_column(sa.String(64))
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    added_at: Mapped[datetime]
