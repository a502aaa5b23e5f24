"""What people say is wrong with a page, and what was done about it; all of it can be erased."""

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cpd.authoring.drafts.models import Draft
from cpd.content.languages import mark_text
from cpd.courses.models import Revision
from cpd.courses.rules.fronts.course import language_of_front
from cpd.db import Base, PrimaryKey, PublicId, Subject, public_id_column

LONGEST_TEXT, LONGEST_NOTE, LONGEST_ANSWER, LONGEST_PAGE = 2000, 1000, 2000, 300


class RemarkState(enum.StrEnum):
    """How far the provider has come with a remark; any state may follow any other."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class Remark(Base):
    """One thing that someone says is wrong.

    The text stays as it was sent; what the provider does about it is in its moves.
    """

    __tablename__ = "remarks"
    __table_args__ = (
        Index("ix_remarks_at", "at"),
        Index("ix_remarks_source_at", "source", "at"),
    )

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("rmk")
    at: Mapped[datetime]
    page: Mapped[str] = mapped_column(sa.String(LONGEST_PAGE), default="")
    """The path of the page it is about; empty for the site as a whole."""
    text: Mapped[str] = mapped_column(sa.String(LONGEST_TEXT))
    subject: Mapped[str | None] = mapped_column(sa.String(40), index=True)
    """Who sent it, if they were signed in."""
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    """Where a visitor wants an answer; empty for none, and for people with an account."""
    source: Mapped[str] = mapped_column(sa.String(64), default="")
    """The network it came from, as a keyed hash; emptied once it no longer counts."""
    revision_id: Mapped[int | None] = mapped_column(ForeignKey("revisions.id"))
    """The section, case, safety topic or tool that the page showed."""
    course_revision_id: Mapped[int | None] = mapped_column(ForeignKey("revisions.id"))
    """The version of the course that the page belonged to."""
    state: Mapped[RemarkState] = mapped_column(default=RemarkState.OPEN)
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("drafts.id"), index=True)
    """The draft that somebody started because of it."""
    changed_at: Mapped[datetime | None]
    """When that draft was published."""

    draft: Mapped[Draft | None] = relationship()
    revision: Mapped[Revision | None] = relationship(foreign_keys=[revision_id])
    course_revision: Mapped[Revision | None] = relationship(foreign_keys=[course_revision_id])
    moves: Mapped[list["RemarkMove"]] = relationship(
        order_by="RemarkMove.id", cascade="all, delete-orphan"
    )

    @property
    def is_about_file(self) -> bool:
        """Whether the page showed a file of a course, which an author can edit."""
        return self.course_revision_id is not None

    @property
    def shown_title(self) -> str:
        """The title of what the page showed, which pages mark with the language of its course."""
        title = self.revision.title if self.revision else ""
        course = self.course_revision
        return mark_text(title, language_of_front(course.front)) if course else title


class RemarkMove(Base):
    """One change of a remark's state, with a note for those who answer, or with an answer."""

    __tablename__ = "remark_moves"

    id: Mapped[PrimaryKey]
    remark_id: Mapped[int] = mapped_column(ForeignKey("remarks.id"), index=True)
    at: Mapped[datetime]
    state: Mapped[RemarkState]
    note: Mapped[str] = mapped_column(sa.String(LONGEST_NOTE))
    """What was done, for those who answer remarks; empty if there is an answer."""
    answer: Mapped[str] = mapped_column(
        sa.String(LONGEST_ANSWER), default="", server_default=sa.text("''")
    )
    """What the sender was told; empty for a note."""
    actor: Mapped[Subject]
