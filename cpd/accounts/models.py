"""People, their roles and licenses, and what multi-factor authentication checks."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cpd.access.permissions import Role, RoleAssignment, Scope, ScopeType
from cpd.accounts.rules.addresses import normalize_address
from cpd.db import Base, PrimaryKey, PublicId, Subject, current_time_default, public_id_column
from cpd.kernel.ids import new_public_id
from cpd.organisations.models import School


class Person(Base):
    """Someone with an account."""

    __tablename__ = "persons"

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("per")
    subject: Mapped[str] = mapped_column(
        sa.String(40), unique=True, default=lambda: new_public_id("sub")
    )
    """Identifies this person in rows that are never erased."""
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    """Normalized, so that two spellings of an address belong to one person; shown decoded."""
    password_hash: Mapped[str] = mapped_column(sa.String(200), default="")
    """Empty until the person has set a password; no password matches it."""
    name: Mapped[str] = mapped_column(sa.String(120))
    """What the site calls the person."""
    legal_name: Mapped[str] = mapped_column(sa.String(120), default="")
    """What certificates print; asked for before the exam."""
    without_licence: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """The person said that they have no license to print."""
    time_zone: Mapped[str] = mapped_column(sa.String(64), default="")
    """The zone that the person chose; `rules.zones` says what it holds before that."""
    country: Mapped[str] = mapped_column(sa.String(2), default="", server_default=sa.text("''"))
    """The country whose numbers pages show; `rules.countries` says what it holds besides codes."""
    created_at: Mapped[datetime] = mapped_column(default=current_time_default)
    disabled_at: Mapped[datetime | None]

    roles: Mapped[list["RoleAssignmentRow"]] = relationship(
        back_populates="person", lazy="selectin"
    )
    """Includes those that begin later or have ended: `RoleAssignmentRow.counts` tells which do."""
    licenses: Mapped[list["License"]] = relationship(
        back_populates="person", order_by="License.id", cascade="all, delete-orphan"
    )

    @property
    def has_shared_address(self) -> bool:
        """Whether another account has this address in its normalized spelling.

        Such pairs are older than that spelling. Nobody can sign in to this one of the two.
        """
        return normalize_address(self.email) != self.email


class RoleAssignmentRow(Base):
    """A role that a person has in a scope: everywhere, in one school, or for one draft.

    Several drafts are several rows. The audit trail holds what was granted and removed before.
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
    """The public id of the school or draft; for everywhere it is empty, not NULL, to be unique."""
    from_at: Mapped[datetime] = mapped_column(default=current_time_default)
    until_at: Mapped[datetime | None]
    """When it stops counting."""
    granted_at: Mapped[datetime] = mapped_column(default=current_time_default)
    granted_by: Mapped[Subject]

    person: Mapped[Person] = relationship(back_populates="roles")
    school: Mapped[School | None] = relationship(
        primaryjoin=lambda: sa.orm.foreign(RoleAssignmentRow.scope_id) == School.public_id,
        viewonly=True,
        lazy="joined",
    )

    @property
    def scope(self) -> Scope:
        """Return where the role counts."""
        return build_scope(self.scope_type, self.scope_id)

    @property
    def assignment(self) -> RoleAssignment:
        """Return the role as permissions see it."""
        return RoleAssignment(self.role, self.scope)

    def is_in_force(self, now: datetime) -> bool:
        """Tell whether it has begun and not ended; the query for sessions says the same in SQL."""
        return self.from_at <= now and (self.until_at is None or now < self.until_at)


def build_scope(kind: ScopeType, public_id: str) -> Scope:
    """Return the scope that the columns `scope_type` and `scope_id` hold."""
    return Scope(kind, frozenset({public_id})) if public_id else Scope.everywhere


class License(Base):
    """A professional license, as its holder states it."""

    __tablename__ = "licences"
    __table_args__ = (UniqueConstraint("person_id", "authority", "number"),)

    id: Mapped[PrimaryKey]
    public_id: Mapped[PublicId] = public_id_column("lic")
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    authority: Mapped[str] = mapped_column(sa.String(120))
    """Who issued it, as the license says."""
    number: Mapped[str] = mapped_column(sa.String(60))

    person: Mapped[Person] = relationship(back_populates="licenses")


class AuthenticatorApp(Base):
    """The key of an app whose codes a person types after the password."""

    __tablename__ = "second_factors"

    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), primary_key=True)
    sealed_key: Mapped[str] = mapped_column(sa.String(300))
    """Encrypted under this installation's secret key, which no database holds."""
    last_step: Mapped[int]
    """The 30-second step of the last accepted code; that code and older ones no longer work."""
    made_at: Mapped[datetime] = mapped_column(default=current_time_default)


class RecoveryCode(Base):
    """A code that replaces the app once; it has 80 random bits, so a plain hash is enough."""

    __tablename__ = "recovery_codes"

    id: Mapped[PrimaryKey]
    person_id: Mapped[int] = mapped_column(ForeignKey("persons.id"), index=True)
    code_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    used_at: Mapped[datetime | None]
