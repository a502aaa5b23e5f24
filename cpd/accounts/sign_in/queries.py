"""Reading about people: who is signed in, one's own account, and the lists of administrators."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from cpd.access.permissions import STAFF_ROLES, Actor, Permission, RoleAssignment
from cpd.accounts.models import (
    Licence,
    PasswordLink,
    Person,
    RoleAssignmentRow,
    SecondFactor,
    SignInSession,
    scope_of,
)
from cpd.accounts.sign_in.rules import sessions as rules
from cpd.accounts.rules import zones
from cpd.provider import queries as provider


@dataclass(frozen=True)
class SignedIn:
    """The person behind a request, and the session through which they came (Flask-Login's user)."""

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
    roles: frozenset[RoleAssignment] = field(default_factory=frozenset)
    roles_pending_mfa: frozenset[RoleAssignment] = field(default_factory=frozenset)
    provider_version: int | None = None
    """Which version of the provider this request shows."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """Return the person's public id."""
        return self.public_id

    @property
    def has_told_zone(self) -> bool:
        """Whether the times on pages are in a zone that the person chose."""
        return zones.is_told(self.time_zone)

    @property
    def actor(self) -> Actor:
        """The person as permissions see them."""
        return Actor(
            person_id=self.person_id,
            subject=self.subject,
            roles=self.roles,
            roles_pending_mfa=self.roles_pending_mfa,
        )


def signed_in(
    session: Session, token_hash: str, *, needs_codes: bool, now: datetime
) -> SignedIn | None:
    """Return whose live session has this token, with their roles, in one query.

    Turning codes on ends all other sessions, and every later one began with a code: so a live
    session of somebody who has them on has proven them. Where staff need them and have none on,
    their roles are withheld.
    """
    asked = {"token_hash": token_hash, "now": now, **_oldest(now)}
    rows: Sequence[Any] = session.execute(_who(), asked).all()
    if not rows:
        return None
    roles = frozenset(
        RoleAssignment(row.role, scope_of(row.scope_type, row.scope_id))
        for row in rows
        if row.role is not None
    )
    lacks_codes = needs_codes and not rows[0].has_codes
    roles_pending_mfa = frozenset(it for it in roles if lacks_codes and it.role in STAFF_ROLES)
    return SignedIn(
        *(*rows[0][:10], roles - roles_pending_mfa, roles_pending_mfa, rows[0].provider_version)
    )


@cache
def _who() -> sa.Select[*tuple[Any, ...]]:
    """Select by a token whose live session it is; said once, since saying it takes longer."""
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
            RoleAssignmentRow.role,
            RoleAssignmentRow.scope_type,
            RoleAssignmentRow.scope_id,
            SecondFactor.person_id.is_not(None).label("has_codes"),
            provider.version().label("provider_version"),
        )
        .join(Person, SignInSession.person_id == Person.id)
        .outerjoin(
            RoleAssignmentRow,
            sa.and_(RoleAssignmentRow.person_id == Person.id, _counts(sa.bindparam("now"))),
        )
        .outerjoin(SecondFactor, SecondFactor.person_id == Person.id)
        .where(
            Person.disabled_at.is_(None),
            SignInSession.token_hash == sa.bindparam("token_hash"),
            _is_live(sa.bindparam("seen"), sa.bindparam("begun")),
        )
    )


def _counts(now: Any) -> sa.ColumnElement[bool]:
    """Say in SQL what `RoleAssignmentRow.counts` says; a test compares the two."""
    return sa.and_(
        RoleAssignmentRow.from_at <= now,
        sa.or_(RoleAssignmentRow.until_at.is_(None), RoleAssignmentRow.until_at > now),
    )


def _live(now: datetime) -> sa.ColumnElement[bool]:
    """Say in SQL what rules.sessions.is_live says; a test compares the two."""
    return _is_live(**_oldest(now))


def _oldest(now: datetime) -> dict[str, datetime]:
    """Return after when a live session was last seen, and begun."""
    return {"seen": now - rules.IDLE, "begun": now - rules.ABSOLUTE}


def _is_live(seen: Any, begun: Any) -> sa.ColumnElement[bool]:
    return sa.and_(
        SignInSession.ended_at.is_(None),
        SignInSession.last_seen_at > seen,
        SignInSession.created_at > begun,
    )


@dataclass(frozen=True)
class Credentials:
    """What a password is checked against."""

    person_id: int
    password_hash: str


def credentials(session: Session, address: str) -> Credentials | None:
    """Return what to check for an address; None for one without an account that may sign in."""
    found = session.execute(
        select(Person.id, Person.password_hash).where(
            Person.email == address, Person.disabled_at.is_(None)
        )
    ).one_or_none()
    return None if found is None else Credentials(*found)


def password_link(session: Session, token_hash: str, *, now: datetime) -> PasswordLink | None:
    """Return the link with this token, with its person, while it can be used."""
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


def own_account(session: Session, actor: Actor) -> Person:
    """Return the actor's own person with their licences; raises when nobody is signed in."""
    return session.scalars(
        select(Person).where(Person.id == actor.person_id).options(selectinload(Person.licences))
    ).one()


def own_licence(session: Session, actor: Actor, public_id: str) -> Licence | None:
    """Return a licence of the actor; another person's looks like none at all."""
    return session.scalar(
        select(Licence).where(Licence.public_id == public_id, Licence.person_id == actor.person_id)
    )


def own_sessions(session: Session, actor: Actor, *, now: datetime) -> Sequence[SignInSession]:
    """Return the actor's live sessions, the last used first."""
    return session.scalars(
        select(SignInSession)
        .where(SignInSession.person_id == actor.person_id, _live(now))
        .order_by(SignInSession.last_seen_at.desc(), SignInSession.id.desc())
    ).all()


def own_session(
    session: Session, actor: Actor, public_id: str, *, now: datetime
) -> SignInSession | None:
    """Return a live session of the actor; another person's looks like none at all."""
    return session.scalar(
        select(SignInSession).where(
            SignInSession.public_id == public_id,
            SignInSession.person_id == actor.person_id,
            _live(now),
        )
    )


@dataclass(frozen=True)
class PeoplePage:
    """One page of a long list of people."""

    people: Sequence[Person]
    number: int
    pages: int
    count: int


PEOPLE_ON_A_PAGE = 50


def people(session: Session, actor: Actor, *, page: int) -> PeoplePage | None:
    """Return a page of all people by name, with roles; None past the end and for who may not."""
    if not actor.may(Permission.PERSON_LIST):
        return None
    count = session.scalar(select(sa.func.count()).select_from(Person)) or 0
    pages = max(1, -(-count // PEOPLE_ON_A_PAGE))
    if not 1 <= page <= pages:
        return None
    found = session.scalars(
        select(Person)
        .order_by(sa.func.lower(Person.name), Person.id)
        .limit(PEOPLE_ON_A_PAGE)
        .offset((page - 1) * PEOPLE_ON_A_PAGE)
        .options(selectinload(Person.roles))
    ).all()
    return PeoplePage(people=found, number=page, pages=pages, count=count)


def person(session: Session, actor: Actor, public_id: str) -> Person | None:
    """Return anybody, with roles, to who may list people; None to others."""
    if not actor.may(Permission.PERSON_LIST):
        return None
    return session.scalar(
        select(Person).where(Person.public_id == public_id).options(selectinload(Person.roles))
    )


def count_live_sessions(session: Session, person_id: int, *, now: datetime) -> int:
    """Return in how many browsers a person is signed in."""
    counted = select(sa.func.count()).where(SignInSession.person_id == person_id, _live(now))
    return session.scalar(counted) or 0


def names(session: Session, subjects: Collection[str]) -> Mapping[str, str]:
    """Return the names behind subjects, for pages that show who did what; unknown: absent."""
    if not subjects:
        return {}
    rows = session.execute(select(Person.subject, Person.name).where(Person.subject.in_(subjects)))
    return {row.subject: row.name for row in rows}


def by_subject(session: Session, subject: str) -> Person | None:
    """Return the person whom rows name by this subject, with licences, while the account exists."""
    return session.scalar(
        select(Person).where(Person.subject == subject).options(selectinload(Person.licences))
    )


def licences_of(session: Session, subject: str) -> Sequence[Licence]:
    """Return the licences that somebody states, the oldest first."""
    return session.scalars(
        select(Licence).join(Licence.person).where(Person.subject == subject).order_by(Licence.id)
    ).all()


def legal_name_of(session: Session, actor: Actor) -> str:
    """Return the name that the actor's certificates shall show; empty while it is not known."""
    found = session.scalar(select(Person.legal_name).where(Person.id == actor.person_id))
    return found or ""


def has_stated_printed(session: Session, actor: Actor) -> bool:
    """Tell whether the actor has said what certificates print.

    That is a name, a licence or that there is none, and the zone that their day follows.
    """
    licence = sa.exists().where(Licence.person_id == Person.id)
    has_stated = sa.and_(
        Person.legal_name != "",
        sa.or_(Person.without_licence, licence),
        Person.time_zone.not_in(zones.UNTOLD),
    )
    return bool(session.scalar(select(has_stated).where(Person.id == actor.person_id)))
