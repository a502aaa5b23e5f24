"""Gradings, and the results that follow from the newest one."""

from datetime import datetime
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cpd.cases.scales import Danger
from cpd.db import Base, PrimaryKey, Subject
from cpd.quizzes.attempts.models import Attempt


class GradeEvent(Base):
    """One grading of an attempt, kept permanently; the newest one determines the result."""

    __tablename__ = "grade_events"
    __table_args__ = (UniqueConstraint("attempt_id", "number"),)

    id: Mapped[PrimaryKey]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))
    number: Mapped[int]
    run: Mapped[str] = mapped_column(sa.String(40))
    policy: Mapped[str] = mapped_column(sa.String(24))
    is_manual: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(sa.String(400), default="")
    actor: Mapped[Subject]
    on_behalf_of: Mapped[Subject]
    graded_at: Mapped[datetime]
    score_num: Mapped[int]
    score_den: Mapped[int]
    passed: Mapped[bool]
    detail: Mapped[dict[str, Any]]
    inputs: Mapped[dict[str, Any] | None]
    """The key of each case and the dropped cases (`GradingInputs`).

    None in gradings older than this column: every key as drawn, nothing dropped.
    """


class Result(Base):
    """An attempt's current result, as one row: what its newest grading says."""

    __tablename__ = "results"
    __table_args__ = (
        CheckConstraint(
            "score_den > 0 AND score_num >= 0 AND score_num <= score_den", name="score"
        ),
        CheckConstraint(
            "NOT passed OR (critical_count = 0 AND gate_met"
            " AND score_num * pass_den >= pass_num * score_den)",
            name="passed_is_earned",
        ),
    )

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    grade_number: Mapped[int]
    """The number of the grade event that it follows from."""
    score_num: Mapped[int]
    score_den: Mapped[int]
    pass_num: Mapped[int]
    pass_den: Mapped[int]
    critical_count: Mapped[int]
    gate_met: Mapped[bool]
    passed: Mapped[bool]
    detail: Mapped[dict[str, Any]]
    """Marks per case and objective, dangers and breaches."""
    graded_at: Mapped[datetime]

    attempt: Mapped[Attempt] = relationship(innerjoin=True)

    @property
    def score(self) -> Fraction:
        """The score, from 0 to 1."""
        return Fraction(self.score_num, self.score_den)

    @property
    def pass_mark(self) -> Fraction:
        """The score to reach, from 0 to 1."""
        return Fraction(self.pass_num, self.pass_den)


class ItemResult(Base):
    """One case of an attempt in the attempt's current result, for statistics.

    It follows from the newest grade event and is replaced with it, like the result.
    """

    __tablename__ = "item_results"
    __table_args__ = (
        UniqueConstraint("attempt_id", "case_id"),
        CheckConstraint("possible IN (0, 1)", name="possible"),
        CheckConstraint(
            "earned_den > 0 AND earned_num >= 0 AND earned_num <= earned_den * possible",
            name="earned",
        ),
        CheckConstraint("(danger IS NULL) = (is_blank OR possible = 0)", name="danger_known"),
    )

    id: Mapped[PrimaryKey]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))
    position: Mapped[int]
    case_id: Mapped[int] = mapped_column(ForeignKey("documents.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"), index=True)
    """The revision whose key marked it; the attempt's item says which revision was shown."""
    is_seen: Mapped[bool]
    """Whether the person had seen the case before this attempt: in another one, or in practice."""
    choice: Mapped[dict[str, Any]]
    """Step id to the options chosen, for the steps that were reached; empty for a blank."""
    is_blank: Mapped[bool]
    """Whether nothing was answered."""
    danger: Mapped[Danger | None]
    """The worst act; None for a blank and for a case that does not count."""
    earned_num: Mapped[int]
    earned_den: Mapped[int]
    """What was earned of `possible`, as a fraction in lowest terms."""
    possible: Mapped[int]
    """1, or 0 for a dropped case, which earns nothing and counts against nobody."""
