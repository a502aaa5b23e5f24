"""Requests under dual control: made by one person, answered by another."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from cpd.db import Base, PrimaryKey, PublicId, Subject, partial_unique_index, public_id_column
from cpd.dual_control.rules.requests import LONGEST_REASON, RequestState


class DualControlRequest(Base):
    """One requested act; only its state and its answer ever change."""

    __tablename__ = "dual_control_requests"
    __table_args__ = (
        sa.CheckConstraint("answered_by <> asked_by", name="two_people"),
        sa.CheckConstraint(
            "(state IN ('asked', 'expired'))"
            " OR (answered_by IS NOT NULL AND answered_at IS NOT NULL)",
            name="answer_known",
        ),
        sa.CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name="done_known"),
        partial_unique_index(
            "uq_dual_control_requests_open",
            "purpose",
            "object",
            where="state IN ('asked', 'confirmed')",
        ),
    )

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("dcr")
    purpose: Mapped[str] = mapped_column(sa.String(60))
    object: Mapped[str] = mapped_column(sa.String(60))
    """The public id of what the act is about."""
    payload_hash: Mapped[str] = mapped_column(sa.String(64))
    """SHA-256 of exactly what is to be done, so that nothing else can be done instead."""
    reason: Mapped[str] = mapped_column(sa.String(LONGEST_REASON))
    asked_by: Mapped[Subject]
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    state: Mapped[RequestState] = mapped_column(default=RequestState.ASKED)
    answered_by: Mapped[Subject | None]
    """Who confirmed or refused it."""
    answered_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
