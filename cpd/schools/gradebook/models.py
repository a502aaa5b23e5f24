"""Grades that a school gives by hand, beside the results of exams, which they never change."""

from datetime import datetime
from fractions import Fraction

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cpd.db import Base, PrimaryKey, PublicId, Subject, partial_unique_index, public_id_column
from cpd.kernel.canonical import format_fraction
from cpd.schools.assignments.models import Assignment


class HandGrade(Base):
    """A grade of one person on one assignment; to change it, another one replaces it.

    It counts for the school, not for a certificate. Why is in `GrantReason`, which can be erased.
    """

    __tablename__ = "hand_grades"
    __table_args__ = (
        partial_unique_index(
            "uq_hand_grades_present", "assignment_id", "subject", where="ended_at IS NULL"
        ),
        CheckConstraint("(ended_at IS NULL) = (ended_by IS NULL)", name="end_known"),
    )

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("grd")
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id"))
    subject: Mapped[Subject] = mapped_column(index=True)
    stored_score: Mapped[str] = mapped_column("score", sa.String(24))
    given_by: Mapped[Subject]
    given_at: Mapped[datetime]
    ended_by: Mapped[Subject | None]
    ended_at: Mapped[datetime | None]

    assignment: Mapped[Assignment] = relationship(lazy="raise")

    @property
    def score(self) -> Fraction:
        """The grade, from 0 to 1."""
        return Fraction(self.stored_score)

    @score.setter
    def score(self, score: Fraction) -> None:
        self.stored_score = format_fraction(score)
