"""People, what they may do, their licences, and their signed-in sessions."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cpd.access.permissions import Role, RoleAssignment, Scope, ScopeType
from cpd.accounts.sign_in.rules.throttling import Door
from cpd.db import Base, PrimaryKey, PublicId, Subject, created_at
from cpd.kernel.ids import new_public_id
from cpd.organisations.models import School


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
    password_hash: Mapped[str] = mapped_column(sa.String(200), default="")
    """Empty until the person has set a password; nothing matches it."""
    name: Mapped[str] = mapped_column(sa.String(120))
    """How the pages greet the person."""
    legal_name: Mapped[str] = mapped_column(sa.String(120), default="")
    """As it is to be printed on certificates; asked for before the exam."""
    without_licence: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Said, when asked before an exam, that there is no licence to print."""
    time_zone: Mapped[str] = mapped_column(sa.String(64), default="")
    """As the person chose it; what stands here until then, `rules.zones` says."""
    created_at: Mapped[datetime] = mapped_column(default=created_at)
    disabled_at: Mapped[datetime | None]

    roles: Mapped[list["RoleAssignmentRow"]] = relationship(
        back_populates="person", lazy="selectin"
    )
    """Those that begin later and those that ended, too: `RoleAssignmentRow.counts` tells."""
    licences: Mapped[list["Licence"]] = relationship(
        back_populates="person", order_by="Licence.id", cascade="all, delete-orphan"
    )


class RoleAssignmentRow(Base):
    """A role that a person holds in a scope: everywhere, in one school, or for one draft.

    Several drafts are several rows. What was given and taken before stands in the audit trail.
    """

    __tablename__ = "role_assignments"
    __table_args__ = (
        UniqueConstraint("person_id", "role", "scope_type", "scope_id"),
        CheckConstraint("(scope_type = 'everywhere') = (scope_id = '')", name="scope_named"),
        CheckConstraint("until_at IS NULL OR until_at > from_at", name="in_order"),
    )

    id: Mapped[PrimaryKey]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    role: Mapped[Role]
    scope_type: Mapped[ScopeType] = mapped_column(default=ScopeType.EVERYWHERE)
    scope_id: Mapped[str] = mapped_column(sa.String(40), default="")
    """The public id of the school or draft; empty, and so unique, for everywhere."""
    from_at: Mapped[datetime] = mapped_column(default=created_at)
    until_at: Mapped[datetime | None]
    """From when on it counts no longer."""
    granted_at: Mapped[datetime] = mapped_column(default=created_at)
    granted_by: Mapped[Subject]

    person: Mapped[Person] = relationship(back_populates="roles")
    school: Mapped[School | None] = relationship(
        primaryjoin=lambda: sa.orm.foreign(RoleAssignmentRow.scope_id) == School.public_id,
        viewonly=True,
        lazy="joined",
    )

    @property
    def scope(self) -> Scope:
        """Return where the role holds."""
        return scope_of(self.scope_type, self.scope_id)

    @property
    def held(self) -> RoleAssignment:
        """Return the role as permissions see it."""
        return RoleAssignment(self.role, self.scope)

    def counts(self, now: datetime) -> bool:
        """Tell whether it has begun and not ended; the query of who is signed in says the same."""
        return self.from_at <= now and (self.until_at is None or now < self.until_at)


def scope_of(kind: ScopeType, public_id: str) -> Scope:
    """Return the scope that a row's two columns hold."""
    return Scope(kind, frozenset({public_id})) if public_id else Scope.everywhere


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


class EndReason(StrEnum):
    """Why a session was ended before its time."""

    SIGNED_OUT = "signed_out"
    REPLACED = "replaced"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a reason, not a password
    ADDRESS_CHANGED = "address_changed"
    SECOND_FACTOR_CHANGED = "second_factor_changed"
    ROLE_REMOVED = "role_removed"
    DISABLED = "disabled"
    ENDED_BY_PERSON = "ended_by_person"
    ENDED_BY_ADMINISTRATOR = "ended_by_admin"


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
    end_reason: Mapped[EndReason | None]
    browser: Mapped[str] = mapped_column(sa.String(60), default="")
    """Such as "Firefox, Android": lets people tell their sessions apart."""

    person: Mapped[Person] = relationship()


class SignInTry(Base):
    """A try to get in that counts: under way, failed, or a letter asked for.

    The columns hold keyed hashes, so that the table names nobody.
    """

    __tablename__ = "sign_in_tries"
    __table_args__ = (
        Index("ix_sign_in_tries_account_at", "account", "at"),
        Index("ix_sign_in_tries_source_at", "source", "at"),
        Index("ix_sign_in_tries_device_at", "device", "at"),
    )

    id: Mapped[PrimaryKey]
    door: Mapped[Door] = mapped_column(default=Door.SIGN_IN, server_default=Door.SIGN_IN.value)
    account: Mapped[str] = mapped_column(sa.String(64))
    """Which address was typed, whether it has an account or not."""
    source: Mapped[str] = mapped_column(sa.String(64))
    """Which network it came from."""
    device: Mapped[str] = mapped_column(sa.String(64), default="")
    """Which browser, if it has signed in to this account before; else empty."""
    at: Mapped[datetime]


class PasswordLink(Base):
    """A link to set a password with: works once, until it expires or a newer one is made."""

    __tablename__ = "password_links"

    id: Mapped[PrimaryKey]
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    """SHA-256 of the token in the address; the token itself is stored nowhere."""
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(default=created_at)
    made_by: Mapped[Subject]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()


class AddressProof(Base):
    """Somebody's claim to an address: proven, once, by a code or a link out of a letter to it.

    What proves it is made when the letter is sent and stored as hashes; nothing here lets anybody
    in, and there is no account before the claim is proven and used.
    """

    __tablename__ = "address_proofs"

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = mapped_column(default=lambda: new_public_id("adr"))
    email: Mapped[str] = mapped_column(sa.String(254))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"), index=True)
    """Whose new address it is to be; nobody's yet at sign-up."""
    made_at: Mapped[datetime] = mapped_column(default=created_at)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    code_hash: Mapped[str] = mapped_column(sa.String(64), default="")
    """Keyed: six digits are soon guessed. Empty until the letter is sent, and once it is proven."""
    wrong_codes: Mapped[int] = mapped_column(default=0)
    link_hash: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    """SHA-256 of the token in the link."""
    grant_hash: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    """SHA-256 of the token in the cookie of the one browser that has proven it."""
    used_at: Mapped[datetime | None]


class SecondFactor(Base):
    """The key of an app whose codes are asked for after the password."""

    __tablename__ = "second_factors"

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    sealed_key: Mapped[str] = mapped_column(sa.String(300))
    """Encrypted under this installation's secret key, which lies outside the database."""
    last_step: Mapped[int]
    """The half minute of the last code that was taken: none works twice, nor an older one."""
    made_at: Mapped[datetime] = mapped_column(default=created_at)


class RecoveryCode(Base):
    """A code that stands in for the app once; 80 random bits, so that a plain hash is enough."""

    __tablename__ = "recovery_codes"

    id: Mapped[PrimaryKey]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    code_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    used_at: Mapped[datetime | None]
