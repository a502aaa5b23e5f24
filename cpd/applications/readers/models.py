"""People of an authority who may read all of a course version for some time."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cpd.courses.models import Revision
from cpd.db import Base, PrimaryKey, PublicId, Subject, public_id_column


class CourseReader(Base):
    """Somebody may read one version of a course, with its keys, for an authority, until a time.

    It is no enrollment: nothing that they do is recorded as learning.
    """

    __tablename__ = "course_readers"
    __table_args__ = (CheckConstraint("until_at > opened_at", name="in_order"),)

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("rdr")
    subject: Mapped[Subject] = mapped_column(index=True)
    authority: Mapped[str] = mapped_column(sa.String(80))
    """The slug of the authority's file."""
    course_revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"), index=True)
    until_at: Mapped[datetime]
    opened_by: Mapped[Subject]
    opened_at: Mapped[datetime]
    ended_by: Mapped[Subject | None]
    ended_at: Mapped[datetime | None]
    """When somebody ended it before its time."""

    course_revision: Mapped[Revision] = relationship(lazy="raise")

    def is_open(self, now: datetime) -> bool:
        """Tell whether the reader may read now."""
        return self.ended_at is None and now < self.until_at
