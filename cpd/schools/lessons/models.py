"""Lessons, their runs, and what phones answered in them, which names nobody."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cpd.cases.scales import Decision
from cpd.courses.models import Revision
from cpd.db import Base, PrimaryKey, PublicId, Subject, current_time_default, public_id_column
from cpd.schools.cohorts.models import Cohort
from cpd.schools.lessons.rules.tallies import Phase

LONGEST_TITLE = 120


class Lesson(Base):
    """A list of practice cases that was prepared for a class."""

    __tablename__ = "lessons"

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("les")
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"), index=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), index=True)
    title: Mapped[str] = mapped_column(sa.String(LONGEST_TITLE))
    case_slugs: Mapped[list[Any]]
    """In the order in which they are shown."""
    created_by: Mapped[Subject]
    created_at: Mapped[datetime] = mapped_column(default=current_time_default)
    removed_at: Mapped[datetime | None]

    cohort: Mapped[Cohort] = relationship(lazy="raise")


class LessonRun(Base):
    """A lesson as it was taught once: what the class sees now."""

    __tablename__ = "lesson_runs"
    __table_args__ = (CheckConstraint("place > 0", name="place"),)

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("run")
    lesson_id: Mapped[int] = mapped_column(ForeignKey("lessons.id"), index=True)
    course_revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    """The version whose cases are shown until the end, even if a newer one is published."""
    code: Mapped[str] = mapped_column(sa.String(8), unique=True)
    case_slugs: Mapped[list[Any]]
    """Those of the lesson that this version has."""
    place: Mapped[int] = mapped_column(default=1)
    """Which of them is shown, from 1."""
    phase: Mapped[Phase] = mapped_column(default=Phase.ASKING)
    started_at: Mapped[datetime] = mapped_column(default=current_time_default)
    ended_at: Mapped[datetime | None]

    lesson: Mapped[Lesson] = relationship(lazy="raise")
    course_revision: Mapped[Revision] = relationship(lazy="raise")


class LessonAnswer(Base):
    """The first decision of one phone in one case; no name, no account, no time."""

    __tablename__ = "lesson_answers"
    __table_args__ = (UniqueConstraint("run_id", "place", "device_digest"),)

    id: Mapped[PrimaryKey]
    run_id: Mapped[int] = mapped_column(ForeignKey("lesson_runs.id"))
    place: Mapped[int]
    device_digest: Mapped[str] = mapped_column(sa.String(64))
    """The hash of a random token that the phone holds for this run alone."""
    choice: Mapped[Decision]
