"""Announcements to classes, and what people have stopped.

That somebody is to get a message is a row of the outbox: see `actions.enqueue_messages`.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cpd.db import Base, PrimaryKey, PublicId, Subject, public_id_column
from cpd.schools.cohorts.models import Cohort
from cpd.schools.messages.rules.timing import MessageTopic

LONGEST_TITLE = 120
LONGEST_TEXT = 4000


class Announcement(Base):
    """What somebody wrote to a class."""

    __tablename__ = "announcements"

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("ann")
    """It was in the form, so that a form that is sent twice makes one announcement."""
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohorts.id"), index=True)
    subject: Mapped[Subject]
    """Who wrote it."""
    title: Mapped[str] = mapped_column(sa.String(LONGEST_TITLE))
    text: Mapped[str] = mapped_column(sa.Text)
    recipient_count: Mapped[int]
    sent_at: Mapped[datetime]

    cohort: Mapped[Cohort] = relationship(lazy="raise")


class MessageStop(Base):
    """A person does not want messages of a kind, from any school."""

    __tablename__ = "message_stops"
    __table_args__ = (UniqueConstraint("subject", "topic"),)

    id: Mapped[PrimaryKey]
    subject: Mapped[Subject]
    topic: Mapped[MessageTopic]
    stopped_at: Mapped[datetime]
