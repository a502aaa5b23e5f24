"""The verbatim source of each revision, in this room because learners' pages may not read it."""

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from cpd.db import Base, PrimaryKey


class Source(Base):
    """The file that a revision was published from, byte for byte."""

    __tablename__ = "sources"

    id: Mapped[PrimaryKey]
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"), unique=True)
    path: Mapped[str] = mapped_column(sa.String(200))
    """Inside the course's folder, such as `cases/mina.md`."""
    text: Mapped[str] = mapped_column(sa.Text)
