"""Evaluations: ratings that stay, and comments that can be erased."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cpd.db import Base, PrimaryKey, Subject

LONGEST_COMMENT = 2000


class Evaluation(Base):
    """What one learner said about the version of the course they took; once for each enrollment."""

    __tablename__ = "evaluations"

    id: Mapped[PrimaryKey]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"), unique=True)
    course_revision_id: Mapped[int] = mapped_column(ForeignKey("revisions.id"))
    subject: Mapped[Subject]
    given_at: Mapped[datetime]
    comment_hash: Mapped[str] = mapped_column(sa.String(64), default="")
    """Salted hash of the text in `evaluation_comments`; empty if there is none."""

    ratings: Mapped[list["EvaluationRating"]] = relationship()


class EvaluationRating(Base):
    """The answer to one question; one that was skipped has no row."""

    __tablename__ = "evaluation_ratings"
    __table_args__ = (UniqueConstraint("evaluation_id", "question"),)

    id: Mapped[PrimaryKey]
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluations.id"))
    question: Mapped[str] = mapped_column(sa.String(80))
    value: Mapped[int]


class EvaluationComment(Base):
    """What a learner would change; in its own table, so that it can be erased."""

    __tablename__ = "evaluation_comments"

    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluations.id"), primary_key=True)
    subject: Mapped[Subject]
    salt: Mapped[str] = mapped_column(sa.String(32))
    text: Mapped[str] = mapped_column(sa.String(LONGEST_COMMENT))
