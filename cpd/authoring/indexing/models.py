"""One row for each text of a case, by which the case bank finds it."""

import enum
from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from cpd.db import Base, PrimaryKey


class CaseState(enum.StrEnum):
    """Where a text of a case stands."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"
    """Published once; the newest version of its course has it no more."""


def join_values(values: Iterable[str]) -> str:
    """Return values as one text in which `has_value` finds each of them."""
    joined = "|".join(sorted(set(values)))
    return f"|{joined}|" if joined else ""


def has_value(column: InstrumentedAttribute[str], value: str) -> sa.ColumnElement[bool]:
    """Return the condition that a column of joined values has this one."""
    return column.contains(f"|{value}|", autoescape=True)


class IndexedCase(Base):
    """The newest published text of a case, or the text of an open draft.

    Every value follows from the text. A migration that changes the table empties it, and the next
    start fills it again.
    """

    __tablename__ = "indexed_cases"
    __table_args__ = (Index("ix_indexed_cases_course_id", "course_id", "slug"),)

    id: Mapped[PrimaryKey]
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"))
    slug: Mapped[str] = mapped_column(sa.String(80))
    path: Mapped[str] = mapped_column(sa.String(200))
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("drafts.id"), unique=True)
    revision_id: Mapped[int | None] = mapped_column(ForeignKey("revisions.id"), unique=True)
    state: Mapped[CaseState]
    text_hash: Mapped[str] = mapped_column(sa.String(64))
    """SHA-256 of the file."""
    changed_at: Mapped[datetime]
    """When it was published, or when the draft was saved."""
    title: Mapped[str] = mapped_column(sa.String(200))
    kinds: Mapped[str] = mapped_column(sa.String(200))
    """This and the columns below hold values as `join_values` writes them."""
    decisions: Mapped[str] = mapped_column(sa.String(200))
    """The right ones."""
    dangers: Mapped[str] = mapped_column(sa.String(200))
    """Of all its answers."""
    flags: Mapped[str] = mapped_column(sa.String(200), default="")
    """What the checks of the whole course said about it when that was published."""
    objectives: Mapped[str] = mapped_column(sa.Text)
    hazards: Mapped[str] = mapped_column(sa.Text)
    cites: Mapped[str] = mapped_column(sa.Text)
    words: Mapped[str] = mapped_column(sa.Text, deferred=True)
    """Every word once, as `rules.words` normalizes it, with a space before each."""
