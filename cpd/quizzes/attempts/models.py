"""Attempts: their cases, answers as events, moves, and statements."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cpd.content.languages import mark_text
from cpd.courses.models import Enrolment, Revision
from cpd.courses.rules.fronts.course import language_of_front
from cpd.db import Base, PrimaryKey, PublicId, Subject, partial_unique_index, public_id_column
from cpd.quizzes.rules.answers import EventType, Outcome
from cpd.quizzes.rules.attempts import LONGEST_REASON, AttemptState


class Attempt(Base):
    """One attempt at one exam under one enrollment; its cases never change once drawn."""

    __tablename__ = "attempts"
    __table_args__ = (
        UniqueConstraint("subject", "exam_id", "number"),
        partial_unique_index("uq_attempts_open", "subject", "exam_id", where="state = 'open'"),
        CheckConstraint(
            "state IN ('open', 'void') OR closed_at IS NOT NULL", name="closed_at_known"
        ),
    )

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("att")
    subject: Mapped[Subject]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"), index=True)
    exam_id: Mapped[int] = mapped_column(ForeignKey("documents.id"))
    exam_revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    number: Mapped[int]
    """Counts a person's attempts at this exam across all their enrollments, from 1."""
    state: Mapped[AttemptState] = mapped_column(default=AttemptState.OPEN)
    started_at: Mapped[datetime]
    deadline_at: Mapped[datetime | None]
    deadline_inputs: Mapped[dict[str, Any]]
    """What the deadline was computed from."""
    raised_pass_mark: Mapped[str | None] = mapped_column(sa.String(24))
    """The pass mark that an assignment asked for at the start, if higher than the exam's rule."""
    gate: Mapped[dict[str, Any]]
    """The reading gate at the start: what was read and practiced, and when."""
    closed_at: Mapped[datetime | None]
    """When it was submitted, or the deadline instant when it expired."""
    last_sequence: Mapped[int] = mapped_column(default=0)
    last_receipt: Mapped[str] = mapped_column(sa.String(64), default="")

    enrolment: Mapped[Enrolment] = relationship(innerjoin=True)
    exam_revision: Mapped[Revision] = relationship(innerjoin=True)
    flags: Mapped[list["CaseFlag"]] = relationship(viewonly=True)
    items: Mapped[list["AttemptItem"]] = relationship(
        back_populates="attempt", order_by="AttemptItem.position"
    )

    @property
    def exam_title(self) -> str:
        """The title of the exam, which pages show under the language of its course."""
        course = self.enrolment.course_revision
        return mark_text(self.exam_revision.title, language_of_front(course.front))


class AttemptItem(Base):
    """A case of an attempt: its revision (which leads to front and key) and its option order."""

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


class CaseFlag(Base):
    """A case that the learner of an open attempt wants to look at again.

    It says nothing about an answer, so it is in no receipt and no grading.
    """

    __tablename__ = "case_flags"

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)


class AnswerEventRow(Base):
    """One event that arrived for an attempt, stored permanently with its outcome."""

    __tablename__ = "answer_events"
    __table_args__ = (
        UniqueConstraint("attempt_id", "sequence"),
        UniqueConstraint("attempt_id", "event_id"),
    )

    id: Mapped[PrimaryKey]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))
    sequence: Mapped[int]
    event_id: Mapped[str] = mapped_column(sa.String(40))
    """Chosen by the client, so that sending the event again is harmless."""
    type: Mapped[EventType]
    case: Mapped[str] = mapped_column(sa.String(80))
    step: Mapped[str] = mapped_column(sa.String(40))
    after: Mapped[str | None] = mapped_column(sa.String(40))
    """The event it replaces, if any."""
    answer: Mapped[dict[str, Any]]
    """Empty for a blank, and for a reveal."""
    outcome: Mapped[Outcome]
    """Accepted, or why it was not."""
    received_at: Mapped[datetime]
    actor: Mapped[Subject]
    on_behalf_of: Mapped[Subject]
    previous_receipt: Mapped[str] = mapped_column(sa.String(64))
    receipt: Mapped[str] = mapped_column(sa.String(64))


class AttemptMove(Base):
    """A move of an attempt as a whole, beginning with its start: who made it and why."""

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


class Statement(Base):
    """What the learner stated when submitting: that the work was theirs, and the name to print.

    An attempt that was reopened and submitted again has two; the newest counts.
    """

    __tablename__ = "statements"

    id: Mapped[PrimaryKey]
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), index=True)
    text: Mapped[str] = mapped_column(sa.Text)
    name_hash: Mapped[str] = mapped_column(sa.String(64))
    """Salted hash of the name; the name itself is in `printed_names`, which can be erased."""
    made_at: Mapped[datetime]


class PrintedName(Base):
    """The name that a learner confirmed for printing: in its own table so that it can be erased."""

    __tablename__ = "printed_names"

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), primary_key=True)
    salt: Mapped[str] = mapped_column(sa.String(32))
    name: Mapped[str] = mapped_column(sa.String(120))
