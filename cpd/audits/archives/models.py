"""Archives that administrators asked for, and their files while they are kept."""

from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cpd.courses.models import CourseRow
from cpd.db import Base, PrimaryKey, PublicId, Subject, public_id_column
from cpd.kernel.day_spans import DaySpan

LONGEST_REASON = 400
KEPT_FOR = timedelta(days=7)
"""How long the files can be downloaded once they are complete."""


class AuditArchive(Base):
    """Who asked for which period and why; the row stays when its files are deleted."""

    __tablename__ = "audit_archives"
    __table_args__ = (CheckConstraint("last_day >= first_day", name="in_order"),)

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("aar")
    asked_by: Mapped[Subject]
    asked_at: Mapped[datetime] = mapped_column(index=True)
    """What came later is not in it."""
    reason: Mapped[str] = mapped_column(sa.String(LONGEST_REASON))
    first_day: Mapped[date]
    last_day: Mapped[date]
    zone: Mapped[str] = mapped_column(sa.String(64))
    """In which the days are counted."""
    course_id: Mapped[int | None] = mapped_column(ForeignKey("courses.id"))
    """None for all courses of the provider."""
    completion_count: Mapped[int]
    certificate_count: Mapped[int]
    part_count: Mapped[int]
    """The number of files that it will have."""
    made_count: Mapped[int] = mapped_column(default=0)
    """How many of them are made."""
    done_at: Mapped[datetime | None]

    course: Mapped[CourseRow | None] = relationship(lazy="raise")

    @property
    def span(self) -> DaySpan:
        """The period."""
        return DaySpan(self.first_day, self.last_day, self.zone)

    @property
    def kept_until(self) -> datetime | None:
        """When its files are deleted; None until they are complete."""
        return None if self.done_at is None else self.done_at + KEPT_FOR

    def is_ready(self, now: datetime) -> bool:
        """Tell whether its files can be downloaded."""
        return self.kept_until is not None and now < self.kept_until


class AuditArchivePart(Base):
    """One ZIP file of an archive; deleted after a week."""

    __tablename__ = "audit_archive_parts"
    __table_args__ = (UniqueConstraint("archive_id", "number"),)

    id: Mapped[PrimaryKey]
    archive_id: Mapped[int] = mapped_column(ForeignKey("audit_archives.id"))
    number: Mapped[int]
    """From 1."""
    content: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)
    size: Mapped[int]
