"""People, what they may do, their licences, and their signed-in sessions."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cpd.access.permissions import Role
from cpd.db import Base, PrimaryKey, PublicId, created_at
from cpd.kernel.ids import new_public_id


class Person(Base):
    """Somebody with an account."""

    __tablename__ = "persons"

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = mapped_column(default=lambda: new_public_id("per"))
    subject: Mapped[str] = mapped_column(
        sa.String(40), unique=True, default=lambda: new_public_id("sub")
    )
    """Names this person in rows that are never erased."""
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    """As typed but trimmed and in lower case; two spellings of one address are one person."""
    password_hash: Mapped[str] = mapped_column(sa.String(200))
    name: Mapped[str] = mapped_column(sa.String(120))
    """How the pages greet the person."""
    legal_name: Mapped[str] = mapped_column(sa.String(120), default="")
    """As it is to be printed on certificates; asked for before the exam."""
    time_zone: Mapped[str] = mapped_column(sa.String(64), default="UTC")
    created_at: Mapped[datetime] = mapped_column(default=created_at)
    disabled_at: Mapped[datetime | None]

    roles: Mapped[list["PersonRole"]] = relationship(back_populates="person", lazy="selectin")
    licences: Mapped[list["Licence"]] = relationship(
        back_populates="person", order_by="Licence.id", cascade="all, delete-orphan"
    )


class PersonRole(Base):
    """A role that a person holds, everywhere or in one school."""

    __tablename__ = "person_roles"
    __table_args__ = (UniqueConstraint("person_id", "role", "school_id"),)

    id: Mapped[PrimaryKey]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    role: Mapped[Role]
    school_id: Mapped[int | None]
    granted_at: Mapped[datetime] = mapped_column(default=created_at)
    granted_by: Mapped[str] = mapped_column(sa.String(40))

    person: Mapped[Person] = relationship(back_populates="roles")


class Licence(Base):
    """A professional licence, as its holder states it."""

    __tablename__ = "licences"
    __table_args__ = (UniqueConstraint("person_id", "authority", "number"),)

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = mapped_column(default=lambda: new_public_id("lic"))
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    authority: Mapped[str] = mapped_column(sa.String(120))
    """Who gave it, as written on it."""
    number: Mapped[str] = mapped_column(sa.String(60))

    person: Mapped[Person] = relationship(back_populates="licences")


class SignInSession(Base):
    """One signed-in browser; ending the row signs it out, whatever cookies still exist."""

    __tablename__ = "sign_in_sessions"

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = mapped_column(default=lambda: new_public_id("ses"))
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    """SHA-256 of the token in the cookie; the token itself is stored nowhere."""
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=created_at)
    last_seen_at: Mapped[datetime] = mapped_column(default=created_at)
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str] = mapped_column(sa.String(40), default="")

    person: Mapped[Person] = relationship()


class SignInTry(Base):
    """A failed try to sign in, counted by account, by address and in total."""

    __tablename__ = "sign_in_tries"
    __table_args__ = (Index("ix_sign_in_tries_account_at", "account", "at"),)

    id: Mapped[PrimaryKey]
    account: Mapped[str] = mapped_column(sa.String(64))
    """SHA-256 of the address typed, so that the table names nobody."""
    source: Mapped[str] = mapped_column(sa.String(64), index=True)
    """SHA-256 of the network address it came from."""
    at: Mapped[datetime] = mapped_column(index=True)
