"""Agreements of learners with their employers."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cpd.db import Base, PrimaryKey, PublicId, Subject, partial_unique_index, public_id_column
from cpd.schools.assignments.models import Assignment


class Agreement(Base):
    """A learner lets their employer see of one assignment what a school would see.

    To agree again after withdrawing makes another row, so that the times of all are kept.
    """

    __tablename__ = "agreements"
    __table_args__ = (
        partial_unique_index(
            "uq_agreements_present", "assignment_id", "subject", where="withdrawn_at IS NULL"
        ),
        CheckConstraint("withdrawn_at IS NULL OR withdrawn_at >= given_at", name="in_order"),
    )

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("agr")
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignments.id"))
    subject: Mapped[Subject] = mapped_column(index=True)
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    assignment: Mapped[Assignment] = relationship(lazy="raise")
