"""Stored answers to practice cases."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from cpd.db import Base, PrimaryKey


class PracticeAnswer(Base):
    """An answer to a practice case: it gets immediate feedback and never counts."""

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
