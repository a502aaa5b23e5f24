"""Attempts, the cases drawn for them, answers as events, and results."""

from datetime import datetime
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cpd.cases.model import Danger
from cpd.courses.models import Enrolment, Revision
from cpd.db import Base, PrimaryKey, PublicId, Subject
from cpd.kernel.ids import new_public_id
from cpd.quizzes.rules.answers import EventType, Outcome
from cpd.quizzes.rules.attempts import LONGEST_REASON, AttemptState


class PracticeAnswer(Base):
    """An answer to a practice case: feedback at once, never counted."""

    __tablename__ = "practice_answers"

    id: Mapped[PrimaryKey]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("documents.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    step: Mapped[str] = mapped_column(sa.String(40))
    answer: Mapped[dict[str, Any]]
    is_last_step: Mapped[bool]
    """Whether the case ended with this answer."""
    answered_at: Mapped[datetime]


class Attempt(Base):
    """One go at one exam under one enrolment: pinned draw, answer events, deadline."""

    __tablename__ = "attempts"
    __table_args__ = (
        UniqueConstraint("subject", "exam_id", "number"),
        Index(
            "uq_attempts_open",
            "subject",
            "exam_id",
            unique=True,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        ),
        CheckConstraint(
            "state IN ('open', 'void') OR closed_at IS NOT NULL", name="closed_at_known"
        ),
    )

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = mapped_column(default=lambda: new_public_id("att"))
    subject: Mapped[Subject]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"), index=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("documents.id"))
    exam_revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    number: Mapped[int]
    """Counts a person's tries at this exam over all their enrolments, from 1."""
    state: Mapped[AttemptState] = mapped_column(default=AttemptState.OPEN)
    started_at: Mapped[datetime]
    deadline_at: Mapped[datetime | None]
    deadline_inputs: Mapped[dict[str, Any]]
    """What the deadline was computed from."""
    gate: Mapped[dict[str, Any]]
    """The reading gate as it was met at the start: section slug to the instant it was done."""
    closed_at: Mapped[datetime | None]
    """When it was submitted, or the deadline instant when it expired."""
    last_sequence: Mapped[int] = mapped_column(default=0)
    last_receipt: Mapped[str] = mapped_column(sa.String(64), default="")

    enrolment: Mapped[Enrolment] = relationship(innerjoin=True)
    exam_revision: Mapped[Revision] = relationship(innerjoin=True)
    items: Mapped[list["AttemptItem"]] = relationship(
        back_populates="attempt", order_by="AttemptItem.position"
    )


class AttemptItem(Base):
    """A case drawn for an attempt: its revision (front and key by id) and its option order."""

    __tablename__ = "attempt_items"
    __table_args__ = (
        UniqueConstraint("attempt_id", "position"),
        UniqueConstraint("attempt_id", "case_id"),
    )

    id: Mapped[PrimaryKey]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))
    position: Mapped[int]
    case_id: Mapped[int] = mapped_column(ForeignKey("documents.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    option_order: Mapped[dict[str, Any]]
    """Step id to option ids in the order shown."""

    attempt: Mapped[Attempt] = relationship(back_populates="items")
    revision: Mapped[Revision] = relationship(innerjoin=True)


class AnswerEventRow(Base):
    """One thing that arrived for an attempt, kept for ever with what became of it."""

    __tablename__ = "answer_events"
    __table_args__ = (
        UniqueConstraint("attempt_id", "sequence"),
        UniqueConstraint("attempt_id", "event_id"),
    )

    id: Mapped[PrimaryKey]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))
    sequence: Mapped[int]
    event_id: Mapped[str] = mapped_column(sa.String(40))
    """Chosen by the client, so that sending again is harmless."""
    type: Mapped[EventType]
    case: Mapped[str] = mapped_column(sa.String(80))
    step: Mapped[str] = mapped_column(sa.String(40))
    after: Mapped[str | None] = mapped_column(sa.String(40))
    """The event it replaces, or none."""
    answer: Mapped[dict[str, Any]]
    """Empty for a blank, and for a reveal."""
    outcome: Mapped[Outcome]
    """accepted, or why it was not."""
    received_at: Mapped[datetime]
    actor: Mapped[Subject]
    on_behalf_of: Mapped[Subject]
    previous_receipt: Mapped[str] = mapped_column(sa.String(64))
    receipt: Mapped[str] = mapped_column(sa.String(64))


class AttemptMove(Base):
    """A move of an attempt as a whole, from its start on, with who made it and why."""

    __tablename__ = "attempt_moves"
    __table_args__ = (UniqueConstraint("attempt_id", "number"),)

    id: Mapped[PrimaryKey]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))
    number: Mapped[int]
    move: Mapped[str] = mapped_column(sa.String(24))
    state: Mapped[AttemptState]
    """The state after it."""
    reason: Mapped[str] = mapped_column(sa.String(LONGEST_REASON), default="")
    actor: Mapped[Subject]
    on_behalf_of: Mapped[Subject]
    moved_at: Mapped[datetime]


class GradeEvent(Base):
    """One grading of an attempt, kept for ever; the present result is a fold of these."""

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

    None in gradings that are older than this column: every key as it was drawn, nothing dropped.
    """


class Result(Base):
    """An attempt's present result: what its grade events fold to, kept as one row."""

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
    """Which grade event it came from."""
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


class ItemResult(Base):
    """A drawn case of an attempt by the attempt's present result, for statistics.

    Made from the newest grade event and replaced with it, as the result is.
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
    """Whose key it was marked by; the attempt's item says which one was shown."""
    is_seen: Mapped[bool]
    """Whether the person had met the case before this attempt: in another one, or in practice."""
    choice: Mapped[dict[str, Any]]
    """Step id to the options chosen, for the steps that the answers reached; a blank is empty."""
    is_blank: Mapped[bool]
    """Whether nothing was answered."""
    danger: Mapped[Danger | None]
    """The worst act; None for a blank, and for a case that does not count."""
    earned_num: Mapped[int]
    earned_den: Mapped[int]
    """What was earned of `possible`, as a fraction in lowest terms."""
    possible: Mapped[int]
    """1; 0 for a case that was dropped, which earns nothing and accuses nobody."""


class Statement(Base):
    """What the learner stated on submitting: that the work was theirs, and the name to print.

    An attempt that was reopened and handed in again has two; the newest holds.
    """

    __tablename__ = "statements"

    id: Mapped[PrimaryKey]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), index=True)
    text: Mapped[str] = mapped_column(sa.Text)
    name_hash: Mapped[str] = mapped_column(sa.String(64))
    """Salted hash of the name confirmed; it stands in `printed_names`, which can be erased."""
    made_at: Mapped[datetime]


class PrintedName(Base):
    """The name that a learner confirmed for printing; erasable, hence apart from the statement."""

    __tablename__ = "printed_names"

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    salt: Mapped[str] = mapped_column(sa.String(32))
    name: Mapped[str] = mapped_column(sa.String(120))
