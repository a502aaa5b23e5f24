"""Reads for signing in: sessions, stored passwords, and links to set a password."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from cpd.access.permissions import STAFF_ROLES, Actor, RoleAssignment
from cpd.accounts.models import AuthenticatorApp, Person, RoleAssignmentRow, build_scope
from cpd.accounts.rules import zones
from cpd.accounts.sign_in.models import PasswordLink, SignInSession
from cpd.accounts.sign_in.rules import sessions as rules
from cpd.provider import queries as provider


@dataclass(frozen=True)
class SignedInPerson:
    """The person who sent a request, and their session; templates call it `current_user`."""

    session_id: int
    session_public_id: str
    begun_at: datetime
    last_seen_at: datetime
    person_id: int
    public_id: str
    subject: str
    email: str
    name: str
    time_zone: str
    country: str
    """The code of the country that the person chose; empty without a choice."""
    roles: frozenset[RoleAssignment] = field(default_factory=frozenset)
    roles_pending_mfa: frozenset[RoleAssignment] = field(default_factory=frozenset)
    provider_version: int | None = None
    """The version of the provider's profile that this request shows."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """Return the person's public id, as Flask-Login expects."""
        return self.public_id

    @property
    def has_chosen_zone(self) -> bool:
        """Whether pages show times in a zone that the person chose."""
        return zones.is_zone_chosen(self.time_zone)

    @property
    def actor(self) -> Actor:
        """The person as permissions see them."""
        return Actor(
            person_id=self.person_id,
            subject=self.subject,
            roles=self.roles,
            roles_pending_mfa=self.roles_pending_mfa,
        )


def find_signed_in_person(
    session: Session, token_hash: str, *, site_requires_mfa_of_staff: bool, now: datetime
) -> SignedInPerson | None:
    """Return the person whose live session has this token, with their roles, in one query.

    Setting up an app ends all other sessions, and every later session begins with a code. So the
    session of anyone who has an app was authenticated with a code. The roles of staff who need an
    app and have none are pending.
    """
    parameters = {"token_hash": token_hash, "now": now, **_compute_live_time_bounds(now)}
    rows: Sequence[Any] = session.execute(_select_signed_in_person(), parameters).all()
    if not rows:
        return None
    roles = frozenset(
        RoleAssignment(row.role, build_scope(row.scope_type, row.scope_id))
        for row in rows
        if row.role is not None
    )
    lacks_mfa = site_requires_mfa_of_staff and not rows[0].has_mfa
    pending = frozenset(
        assigned for assigned in roles if lacks_mfa and assigned.role in STAFF_ROLES
    )
    return SignedInPerson(*(*rows[0][:11], roles - pending, pending, rows[0].provider_version))


@cache
def _select_signed_in_person() -> sa.Select[*tuple[Any, ...]]:
    """Build the statement of `find_signed_in_person`, which takes longer than running it."""
    return (
        select(
            SignInSession.id,
            SignInSession.public_id,
            SignInSession.created_at,
            SignInSession.last_seen_at,
            Person.id,
            Person.public_id,
            Person.subject,
            Person.email,
            Person.name,
            Person.time_zone,
            Person.country,
            RoleAssignmentRow.role,
            RoleAssignmentRow.scope_type,
            RoleAssignmentRow.scope_id,
            AuthenticatorApp.person_id.is_not(None).label("has_mfa"),
            provider.select_profile_version().label("provider_version"),
        )
        .join(Person, SignInSession.person_id == Person.id)
        .outerjoin(
            RoleAssignmentRow,
            sa.and_(
                RoleAssignmentRow.person_id == Person.id, _where_role_in_force(sa.bindparam("now"))
            ),
        )
        .outerjoin(AuthenticatorApp, AuthenticatorApp.person_id == Person.id)
        .where(
            Person.disabled_at.is_(None),
            SignInSession.token_hash == sa.bindparam("token_hash"),
            _where_session_live(sa.bindparam("seen"), sa.bindparam("begun")),
        )
    )


def _where_role_in_force(now: Any) -> sa.ColumnElement[bool]:
    """Say in SQL what `RoleAssignmentRow.is_in_force` says; a test compares the two."""
    return sa.and_(
        RoleAssignmentRow.from_at <= now,
        sa.or_(RoleAssignmentRow.until_at.is_(None), RoleAssignmentRow.until_at > now),
    )


def _where_session_live_at(now: datetime) -> sa.ColumnElement[bool]:
    """Say in SQL what `rules.sessions.is_session_live` says; a test compares the two."""
    return _where_session_live(**_compute_live_time_bounds(now))


def _compute_live_time_bounds(now: datetime) -> dict[str, datetime]:
    """Return the times after which a live session was last seen, and begun."""
    return {"seen": now - rules.IDLE, "begun": now - rules.ABSOLUTE}


def _where_session_live(seen: Any, begun: Any) -> sa.ColumnElement[bool]:
    return sa.and_(
        SignInSession.ended_at.is_(None),
        SignInSession.last_seen_at > seen,
        SignInSession.created_at > begun,
    )


class Credentials(NamedTuple):
    """What a password is checked against."""

    person_id: int
    password_hash: str


def find_credentials(session: Session, address: str) -> Credentials | None:
    """Return the credentials for an address; None if no account with it may sign in."""
    row = session.execute(
        select(Person.id, Person.password_hash).where(
            Person.email == address, Person.disabled_at.is_(None)
        )
    ).one_or_none()
    return None if row is None else Credentials(*row)


def find_password_link(session: Session, token_hash: str, *, now: datetime) -> PasswordLink | None:
    """Return the link with this token, and its person, as long as it can be used."""
    return session.scalar(
        select(PasswordLink)
        .join(PasswordLink.person)
        .where(
            PasswordLink.token_hash == token_hash,
            PasswordLink.used_at.is_(None),
            PasswordLink.expires_at > now,
            Person.disabled_at.is_(None),
        )
        .options(selectinload(PasswordLink.person))
    )


def find_own_sessions(session: Session, actor: Actor, *, now: datetime) -> Sequence[SignInSession]:
    """Return the actor's live sessions, the last used first."""
    return session.scalars(
        select(SignInSession)
        .where(SignInSession.person_id == actor.person_id, _where_session_live_at(now))
        .order_by(SignInSession.last_seen_at.desc(), SignInSession.id.desc())
    ).all()


def find_own_session(
    session: Session, actor: Actor, public_id: str, *, now: datetime
) -> SignInSession | None:
    """Return one of the actor's live sessions; None for someone else's."""
    return session.scalar(
        select(SignInSession).where(
            SignInSession.public_id == public_id,
            SignInSession.person_id == actor.person_id,
            _where_session_live_at(now),
        )
    )


def find_live_session_count(session: Session, person_id: int, *, now: datetime) -> int:
    """Return the number of browsers in which a person is signed in."""
    counted = select(sa.func.count()).where(
        SignInSession.person_id == person_id, _where_session_live_at(now)
    )
    return session.scalar(counted) or 0
