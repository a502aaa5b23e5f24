"""Drafts of course files and the texts that they had; all of it can be deleted."""

import enum
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cpd.courses.models import CourseRow, Revision
from cpd.db import Base, PrimaryKey, PublicId, Subject, partial_unique_index, public_id_column


class DraftState(enum.StrEnum):
    """Whether a draft is still being written. What reviewers say about it is kept with reviews."""

    OPEN = "open"
    PUBLISHED = "published"
    DISCARDED = "discarded"
    STANDING = "standing"
    """A published text that reviewers are asked about as it stands; nobody writes in it."""


UNDER_REVIEW = (DraftState.OPEN, DraftState.STANDING)
"""The states in which reviewers can be asked about a text."""


class Draft(Base):
    """The text of one file of a course while it is being written.

    A course has at most one open draft of each file, so that two people who edit it meet in it.
    """

    __tablename__ = "drafts"
    __table_args__ = (
        partial_unique_index("uq_drafts_open", "course_id", "path", where="state = 'open'"),
        Index("ix_drafts_course_id", "course_id", "path"),
    )

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("drf")
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    path: Mapped[str] = mapped_column(sa.String(200))
    """Inside the course's folder, such as `cases/mina.md`."""
    base_revision_id: Mapped[int | None] = mapped_column(ForeignKey("revisions.id"))
    """The published version that it began with; None for a new file."""
    state: Mapped[DraftState] = mapped_column(default=DraftState.OPEN)
    text: Mapped[str] = mapped_column(sa.Text)
    text_hash: Mapped[str] = mapped_column(sa.String(64))
    """SHA-256 of the text: a save names the one it began with, and loses to a newer one."""
    version: Mapped[int] = mapped_column(default=1)
    """The number of its newest version."""
    created_by: Mapped[Subject] = mapped_column(index=True)
    created_at: Mapped[datetime]
    edited_by: Mapped[Subject]
    edited_at: Mapped[datetime]

    course: Mapped[CourseRow] = relationship(lazy="joined", innerjoin=True)
    base_revision: Mapped[Revision | None] = relationship()


class DraftVersion(Base):
    """One text that a draft had: the autosaves of a while, or what somebody saved."""

    __tablename__ = "draft_versions"
    __table_args__ = (UniqueConstraint("draft_id", "number"),)

    id: Mapped[PrimaryKey]
    draft_id: Mapped[int] = mapped_column(ForeignKey("drafts.id"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(sa.Text)
    text_hash: Mapped[str] = mapped_column(sa.String(64))
    editor: Mapped[Subject]
    begun_at: Mapped[datetime]
    """When the first of its autosaves was made."""
    saved_at: Mapped[datetime]
    is_autosave: Mapped[bool]
