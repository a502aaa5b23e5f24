"""Stories from practice that wait to become cases; all of it can be deleted."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from cpd.db import Base, PrimaryKey, PublicId, Subject, public_id_column

LONGEST_STORY = 2000


class Idea(Base):
    """A story in a few words, without anything that says who the client is."""

    __tablename__ = "ideas"

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("ide")
    story: Mapped[str] = mapped_column(sa.Text)
    subject: Mapped[Subject] = mapped_column(index=True)
    written_at: Mapped[datetime]
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("drafts.id"))
    """The case that was made of it; the box shows only ideas without one."""
