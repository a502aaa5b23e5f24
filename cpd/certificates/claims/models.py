"""What was decided about credit for each license of a pass."""

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from cpd.certificates.models import Certificate
from cpd.db import Base, PrimaryKey, PublicId, Subject, public_id_column


class CreditState(enum.StrEnum):
    """What became of a license when a pass was checked for it."""

    ISSUED = "issued"
    REFUSED = "refused"


class CreditDecision(Base):
    """What a check of one license found; the newest row of an enrollment and license stands."""

    __tablename__ = "credit_decisions"
    __table_args__ = (
        CheckConstraint(
            "(state = 'issued') = (certificate_id IS NOT NULL)", name="issued_with_certificate"
        ),
    )

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("dec")
    subject: Mapped[Subject] = mapped_column(index=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolments.id"), index=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"))
    authority: Mapped[str] = mapped_column(sa.String(60))
    """The slug of its file."""
    license: Mapped[str] = mapped_column(sa.String(40))
    """The public id of the license, which its holder may remove; never its number."""
    state: Mapped[CreditState]
    reasons: Mapped[list[Any]]
    """What stands against it, by the names of `Refusal`."""
    overridden: Mapped[list[Any]]
    """Those reasons that an administrator set aside; the audit trail says why."""
    certificate_id: Mapped[int | None] = mapped_column(ForeignKey(Certificate.id))
    decided_by: Mapped[Subject]
    decided_at: Mapped[datetime]
