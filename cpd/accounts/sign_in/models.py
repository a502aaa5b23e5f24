"""Sessions, links to set a password, and the attempts that limits on guessing count."""

from datetime import datetime
from enum import StrEnum, auto

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cpd.accounts.models import Person
from cpd.accounts.sign_in.rules.throttling import ThrottleScope
from cpd.db import Base, PrimaryKey, PublicId, Subject, current_time_default, public_id_column


class EndReason(StrEnum):
    """Why a session ended early; the values are stored.

    A session whose time ran out has none.
    """

    SIGNED_OUT = auto()
    REPLACED = auto()
    PASSWORD_CHANGED = auto()
    ADDRESS_CHANGED = auto()
    SECOND_FACTOR_CHANGED = auto()
    ROLE_REMOVED = auto()
    DISABLED = auto()
    ENDED_BY_PERSON = auto()
    ENDED_BY_ADMINISTRATOR = "ended_by_admin"


class SignInSession(Base):
    """One signed-in browser; ending it signs the browser out, whatever cookies remain."""

    __tablename__ = "sign_in_sessions"

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("ses")
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    """SHA-256 of the token in the cookie; the token itself is not stored."""
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=current_time_default)
    last_seen_at: Mapped[datetime] = mapped_column(default=current_time_default)
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[EndReason | None]
    browser: Mapped[str] = mapped_column(sa.String(60), default="")
    """Such as "Firefox, Android", so that people can tell their sessions apart."""

    person: Mapped[Person] = relationship()


class SignInAttempt(Base):
    """An attempt that counts: one under way, one that failed, or a request for an email.

    The columns hold keyed hashes, so that the table names nobody.
    """

    __tablename__ = "sign_in_tries"
    __table_args__ = (
        Index("ix_sign_in_tries_account_at", "account", "at"),
        Index("ix_sign_in_tries_source_at", "source", "at"),
        Index("ix_sign_in_tries_device_at", "device", "at"),
    )

    id: Mapped[PrimaryKey]
    scope: Mapped[ThrottleScope] = mapped_column(
        "door", default=ThrottleScope.SIGN_IN, server_default=ThrottleScope.SIGN_IN.value
    )
    account: Mapped[str] = mapped_column(sa.String(64))
    """The address that was typed, whether it has an account or not."""
    source: Mapped[str] = mapped_column(sa.String(64))
    """The network it came from."""
    device: Mapped[str] = mapped_column(sa.String(64), default="")
    """The browser, if it has signed in to this account before; else empty."""
    at: Mapped[datetime]


class PasswordLink(Base):
    """A link to set a password; works once, until it expires or a newer one is made."""

    __tablename__ = "password_links"

    id: Mapped[PrimaryKey]
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    """SHA-256 of the token in the URL; the token itself is not stored."""
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(default=current_time_default)
    made_by: Mapped[Subject]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
