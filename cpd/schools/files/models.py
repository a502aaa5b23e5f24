"""What a school remembers of files from other systems."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cpd.db import Base, PrimaryKey, Subject
from cpd.organisations.models import Membership, School


class FilePair(Base):
    """Someone said which member the row of a file is about, or that it is about nobody here.

    What the file says of a person is not kept: the digest is enough to know the row again.
    """

    __tablename__ = "file_pairs"
    __table_args__ = (UniqueConstraint("school_id", "row_digest"),)

    id: Mapped[PrimaryKey]
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    row_digest: Mapped[str] = mapped_column(sa.String(64))
    membership_id: Mapped[int | None] = mapped_column(ForeignKey("memberships.id"), index=True)
    confirmed_by: Mapped[Subject]
    confirmed_at: Mapped[datetime]

    school: Mapped[School] = relationship(lazy="raise")
    membership: Mapped[Membership | None] = relationship(lazy="raise")
