"""Stored answers to practice cases."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from cpd.cases.scales import Danger
from cpd.db import Base, PrimaryKey


def _index_of_first_answers(name: str, *columns: str, unique: bool = False) -> sa.Index:
    """Return an index of first answers, with the condition as each database is asked for it."""
    return sa.Index(
        name,
        *columns,
        unique=unique,
        sqlite_where=sa.text("is_first = 1"),
        postgresql_where=sa.text("is_first"),
    )


class PracticeAnswer(Base):
    """An answer to a practice case: it gets immediate feedback and never counts."""

    __tablename__ = "practice_answers"
    __table_args__ = (
        _index_of_first_answers(
            "uq_practice_answers_first", "enrolment_id", "case_id", "step", unique=True
        ),
        _index_of_first_answers(
            "ix_practice_answers_first_choices", "enrolment_id", "case_id", "is_right", "danger"
        ),
    )

    id: Mapped[PrimaryKey]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("documents.id"))
    revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    step: Mapped[str] = mapped_column(sa.String(40))
    answer: Mapped[dict[str, Any]]
    is_last_step: Mapped[bool]
    """Whether the case ended with this answer."""
    answered_at: Mapped[datetime]
    is_first: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Whether it was the first answer to this step under the enrollment."""
    is_right: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Whether it earned full marks by the key of its revision."""
    danger: Mapped[Danger | None]
    """What it would have done to the client; None if a release without this column stored it."""
    opens: Mapped[str] = mapped_column(sa.String(80), default="", server_default=sa.text("''"))
    """The section that the case opened, by its slug; empty for a case in its own place."""


class Confidence(StrEnum):
    """How sure somebody was of an answer, in the order in which they are asked."""

    GUESSING = "guessing"
    FAIRLY_SURE = "fairly-sure"
    SURE = "sure"


class PracticeConfidence(Base):
    """How sure somebody said they were of a practice answer: for themselves alone.

    A table of its own, because answers are kept for good and this is not.
    """

    __tablename__ = "practice_confidences"

    answer_id: Mapped[int] = mapped_column(ForeignKey("practice_answers.id"), primary_key=True)
    confidence: Mapped[Confidence]


class ConfidenceRequest(Base):
    """The learner's wish to be asked how sure they are, while they practice in one course."""

    __tablename__ = "confidence_requests"

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"), primary_key=True)
