"""Under which numbers and codes CE Broker knows the provider and its courses."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cpd.courses.models import CourseRow
from cpd.db import Base, PrimaryKey, Subject
from cpd.reporting.rules.roster import RosterNumbers


class ReportNumbers(Base):
    """The numbers of the provider for one authority, as an administrator entered them."""

    __tablename__ = "report_numbers"

    id: Mapped[PrimaryKey]
    authority: Mapped[str] = mapped_column(sa.String(60), unique=True)
    """The slug of the authority's file."""
    provider_number: Mapped[str] = mapped_column(sa.String(20))
    """Without “50-”."""
    state: Mapped[str] = mapped_column(sa.String(2))
    profession: Mapped[str] = mapped_column(sa.String(10))
    changed_by: Mapped[Subject]
    changed_at: Mapped[datetime]

    def to_rule(self) -> RosterNumbers:
        """Return them as the rows of a file need them."""
        return RosterNumbers(self.provider_number, self.state, self.profession)


class CourseNumber(Base):
    """The tracking number of a course for one authority."""

    __tablename__ = "report_course_numbers"
    __table_args__ = (UniqueConstraint("authority", "course_id"),)

    id: Mapped[PrimaryKey]
    authority: Mapped[str] = mapped_column(sa.String(60))
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    number: Mapped[str] = mapped_column(sa.String(20))
    """Without “20-”."""
    changed_by: Mapped[Subject]
    changed_at: Mapped[datetime]

    course: Mapped[CourseRow] = relationship(lazy="raise")
