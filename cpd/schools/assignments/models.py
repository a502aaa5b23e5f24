"""Assignments: a course for a class, with its window and terms."""

from datetime import datetime
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cpd.courses.models import CourseRow
from cpd.db import Base, PrimaryKey, PublicId, Subject, current_time_default, public_id_column
from cpd.kernel.canonical import format_fraction
from cpd.schools.assignments.rules.local_times import LocalTime
from cpd.schools.assignments.rules.terms import (
    AssignmentTerms,
    PracticeVisibility,
    Purpose,
    ScorePolicy,
)
from cpd.schools.assignments.rules.windows import Window
from cpd.schools.cohorts.models import Cohort

_WallTime = sa.String(19)
"""What a clock on the wall shows, such as 2026-03-29T01:30:00."""


def format_wall_time(time: LocalTime) -> str:
    """Return a local time as its column holds it."""
    return time.wall.isoformat(timespec="seconds")


def parse_local_time(wall: str, zone: str, fold: int) -> LocalTime:
    """Read a local time from its columns."""
    return LocalTime(datetime.fromisoformat(wall), zone, fold)


class Assignment(Base):
    """A course that a class is to take.

    Each time is stored as a person gave it, and as the instant that it means. `context` of an
    enrollment holds the public id.
    """

    __tablename__ = "assignments"
    __table_args__ = (
        CheckConstraint("(opens_at IS NULL) = (opens_local IS NULL)", name="opens_known"),
        CheckConstraint("(closes_at IS NULL) = (closes_local IS NULL)", name="closes_known"),
        CheckConstraint("opens_at IS NULL OR due_at > opens_at", name="due_after_opening"),
        CheckConstraint("closes_at IS NULL OR closes_at >= due_at", name="closes_after_due"),
        CheckConstraint("max_attempts IS NULL OR max_attempts > 0", name="max_attempts"),
    )

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("asg")
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"), index=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("courses.id"), index=True)
    zone: Mapped[str] = mapped_column(sa.String(64))
    opens_local: Mapped[str | None] = mapped_column(_WallTime)
    opens_fold: Mapped[int] = mapped_column(default=0)
    """1 for the second of two times that look alike; the same holds for the other two."""
    opens_at: Mapped[datetime | None]
    due_local: Mapped[str] = mapped_column(_WallTime)
    due_fold: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(index=True)
    closes_local: Mapped[str | None] = mapped_column(_WallTime)
    closes_fold: Mapped[int] = mapped_column(default=0)
    closes_at: Mapped[datetime | None]
    purpose: Mapped[Purpose]
    max_attempts: Mapped[int | None]
    stored_pass_mark: Mapped[str | None] = mapped_column("pass_mark", sa.String(24))
    required_sections: Mapped[list[Any] | None]
    score_policy: Mapped[ScorePolicy]
    practice_visibility: Mapped[PracticeVisibility]
    asks_confidence: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    weak_spot_cases: Mapped[int] = mapped_column(default=0, server_default=sa.text("0"))
    disclosure_version: Mapped[int]
    """Which sentences told its learners what the school sees."""
    created_by: Mapped[Subject]
    created_at: Mapped[datetime] = mapped_column(default=current_time_default)
    canceled_at: Mapped[datetime | None]

    cohort: Mapped[Cohort] = relationship(lazy="raise")
    course: Mapped[CourseRow] = relationship(lazy="joined", innerjoin=True)

    @property
    def window(self) -> Window:
        """When it opens, is due and closes."""
        return Window(
            due=parse_local_time(self.due_local, self.zone, self.due_fold),
            opens=self._parse_optional(self.opens_local, self.opens_fold),
            closes=self._parse_optional(self.closes_local, self.closes_fold),
        )

    @window.setter
    def window(self, window: Window) -> None:
        self.zone = window.due.zone
        self.due_local, self.due_fold = format_wall_time(window.due), window.due.fold
        self.due_at = window.due.instant
        opens, closes = window.opens, window.closes
        self.opens_local = None if opens is None else format_wall_time(opens)
        self.opens_fold = 0 if opens is None else opens.fold
        self.opens_at = None if opens is None else opens.instant
        self.closes_local = None if closes is None else format_wall_time(closes)
        self.closes_fold = 0 if closes is None else closes.fold
        self.closes_at = None if closes is None else closes.instant

    def _parse_optional(self, wall: str | None, fold: int) -> LocalTime | None:
        return None if wall is None else parse_local_time(wall, self.zone, fold)

    @property
    def terms(self) -> AssignmentTerms:
        """On what terms it is to be done."""
        sections = self.required_sections
        return AssignmentTerms(
            purpose=self.purpose,
            max_attempts=self.max_attempts,
            pass_mark=None if self.stored_pass_mark is None else Fraction(self.stored_pass_mark),
            required_sections=None if sections is None else tuple(sections),
            score_policy=self.score_policy,
            practice_visibility=self.practice_visibility,
            asks_confidence=self.asks_confidence,
            weak_spot_cases=self.weak_spot_cases,
        )

    @terms.setter
    def terms(self, terms: AssignmentTerms) -> None:
        mark, sections = terms.pass_mark, terms.required_sections
        self.purpose, self.max_attempts = terms.purpose, terms.max_attempts
        self.stored_pass_mark = None if mark is None else format_fraction(mark)
        self.required_sections = None if sections is None else list(sections)
        self.score_policy = terms.score_policy
        self.practice_visibility = terms.practice_visibility
        self.asks_confidence, self.weak_spot_cases = terms.asks_confidence, terms.weak_spot_cases
