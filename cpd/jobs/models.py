"""The outbox: jobs, each written in the same transaction as its cause."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cpd.db import Base, PrimaryKey, current_time_default


class OutboxItem(Base):
    """One job, unique by purpose and subject, which an idempotent handler completes once."""

    __tablename__ = "outbox_items"
    __table_args__ = (
        UniqueConstraint("purpose", "about"),
        Index("ix_outbox_items_due", "done_at", "due_at"),
    )

    id: Mapped[PrimaryKey]
    purpose: Mapped[str] = mapped_column(sa.String(40))
    """Names the handler."""
    about: Mapped[str] = mapped_column(sa.String(120))
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime] = mapped_column(default=current_time_default)
    due_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    lease: Mapped[str] = mapped_column(sa.String(40), default="")
    done_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(sa.String(400), default="")
