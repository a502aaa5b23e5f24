"""The licenses for which people need credit."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cpd.credit.rules.issue_checks import LicenseToCheck
from cpd.db import Base, PrimaryKey, PublicId, Subject, public_id_column


class HeldLicense(Base):
    """A license with one of the authorities, as its holder states it; nobody has checked it."""

    __tablename__ = "held_licenses"
    __table_args__ = (
        UniqueConstraint("subject", "authority", "number"),
        CheckConstraint(
            "cycle_begins IS NULL OR cycle_ends IS NULL OR cycle_ends >= cycle_begins",
            name="in_order",
        ),
    )

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("hld")
    subject: Mapped[Subject] = mapped_column(index=True)
    authority: Mapped[str] = mapped_column(sa.String(80))
    """The slug of the authority's file."""
    number: Mapped[str] = mapped_column(sa.String(30))
    cycle_begins: Mapped[date | None]
    cycle_ends: Mapped[date | None]
    added_at: Mapped[datetime]

    def to_rule(self) -> LicenseToCheck:
        """Return it as the rules read it."""
        return LicenseToCheck(self.number, self.cycle_begins, self.cycle_ends)
