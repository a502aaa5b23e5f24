"""Approvals that authorities gave, as their letters say."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cpd.courses.models import CourseRow
from cpd.credit.rules.approvals import ApprovalOnFile, parse_pilot
from cpd.db import Base, PrimaryKey, PublicId, Subject, public_id_column
from cpd.media.models import Media


class Approval(Base):
    """An authority's approval of the provider or of one course; only its withdrawal is added."""

    __tablename__ = "approvals"
    __table_args__ = (
        CheckConstraint("last_day IS NULL OR last_day >= first_day", name="in_order"),
        CheckConstraint("(course_id IS NULL) = (hundredths IS NULL)", name="amount_of_course"),
        CheckConstraint("hundredths IS NULL OR hundredths > 0", name="positive_amount"),
    )

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("apv")
    authority: Mapped[str] = mapped_column(sa.String(80), index=True)
    """The slug of the authority's file."""
    course_id: Mapped[int | None] = mapped_column(ForeignKey("courses.id"), index=True)
    """None where the provider itself is approved."""
    number: Mapped[str] = mapped_column(sa.String(60))
    title: Mapped[str] = mapped_column(sa.String(200))
    """The course's title as approved, or the provider's name as registered."""
    hundredths: Mapped[int | None]
    """The approved amount in hundredths of the authority's unit."""
    category: Mapped[str] = mapped_column(sa.String(120))
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    letter: Mapped[str] = mapped_column(ForeignKey(Media.sha256))
    """The SHA-256 of a PDF file in `media`."""
    pilot: Mapped[dict[str, Any]]
    """The report of a pilot group, without names, and which one; empty if none was attached."""
    entered_by: Mapped[Subject]
    entered_at: Mapped[datetime]
    withdrawn_by: Mapped[Subject | None]
    withdrawn_at: Mapped[datetime | None]

    course: Mapped[CourseRow | None] = relationship(lazy="raise")

    @property
    def amount(self) -> Decimal | None:
        """The approved amount in the authority's units."""
        return None if self.hundredths is None else Decimal(self.hundredths).scaleb(-2)

    def to_rule(self) -> ApprovalOnFile:
        """Return it as the rules read it."""
        return ApprovalOnFile(
            authority=self.authority,
            course_id=self.course_id,
            number=self.number,
            title=self.title,
            first_day=self.first_day,
            last_day=self.last_day,
            amount=self.amount,
            category=self.category,
            pilot=parse_pilot(self.pilot) if self.pilot else None,
        )
