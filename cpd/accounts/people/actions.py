"""Writes by administrators: accounts and their roles; each is audited."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto

from sqlalchemy import delete, literal, select
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import SCHOOL_ROLES, Actor, Role, Scope, ScopeType
from cpd.accounts.mfa import actions as mfa
from cpd.accounts.models import Person, RoleAssignmentRow
from cpd.accounts.queries import lock_person
from cpd.accounts.sign_in.actions import (
    end_sessions_of_person,
    make_password_link,
    revoke_password_links,
)
from cpd.accounts.sign_in.models import EndReason
from cpd.db import flush_or_raise
from cpd.organisations import queries as organisations


class AddressTakenError(Exception):
    """Someone else took the address at the same moment."""


# Accounts


@dataclass(frozen=True)
class NewPerson:
    """A person to create an account for."""

    name: str
    email: str
    roles: frozenset[Role]
    password_hash: str = ""


class AccountRefusal(StrEnum):
    """Why an account was not created, changed or locked."""

    ACCOUNT_LOCKED = auto()
    ADDRESS_TAKEN = auto()
    OWN_ACCOUNT = auto()


def create_person(
    session: Session, new: NewPerson, *, actor: Actor, now: datetime
) -> Person | AccountRefusal:
    """Create an account; raises AddressTakenError if someone just took the address."""
    if session.scalar(select(Person.id).where(Person.email == new.email)) is not None:
        return AccountRefusal.ADDRESS_TAKEN
    person = Person(
        email=new.email,
        name=new.name,
        password_hash=new.password_hash,
        created_at=now,
        roles=[
            RoleAssignmentRow(role=role, from_at=now, granted_at=now, granted_by=actor.subject)
            for role in sorted(new.roles)
        ],
        licenses=[],
    )
    session.add(person)
    flush_or_raise(session, AddressTakenError)
    audit.add_audit_entry(
        session,
        actor,
        "accounts:person:create",
        now=now,
        to=person.subject,
        roles=sorted(new.roles),
    )
    return person


def make_password_link_for_person(
    session: Session, person_id: int, *, actor: Actor, now: datetime
) -> str | AccountRefusal:
    """Return the token of a new link to set a password, unless the account is locked."""
    person = lock_person(session, person_id)
    if person.disabled_at is not None:
        return AccountRefusal.ACCOUNT_LOCKED
    return make_password_link(session, person, actor=actor, now=now)


def disable_person(
    session: Session, person_id: int, *, actor: Actor, now: datetime
) -> AccountRefusal | None:
    """Lock an account: no session, link or password lets anyone in; its records are kept."""
    if person_id == actor.person_id:
        return AccountRefusal.OWN_ACCOUNT
    person = lock_person(session, person_id)
    if person.disabled_at is None:
        person.disabled_at = now
        revoke_password_links(session, person.id, now=now)
        ended = end_sessions_of_person(session, person.id, reason=EndReason.DISABLED, now=now)
        audit.add_audit_entry(
            session,
            actor,
            "accounts:person:disable",
            now=now,
            to=person.subject,
            sessions_ended=ended,
        )
    return None


def enable_person(session: Session, person_id: int, *, actor: Actor, now: datetime) -> None:
    """Unlock a locked account; its sessions stay ended."""
    person = lock_person(session, person_id)
    if person.disabled_at is not None:
        person.disabled_at = None
        audit.add_audit_entry(session, actor, "accounts:person:enable", now=now, to=person.subject)


def turn_off_mfa(session: Session, person_id: int, *, actor: Actor, now: datetime) -> None:
    """Stop asking a person for codes from an app, and tell them."""
    mfa.turn_off_mfa(session, lock_person(session, person_id), actor=actor, now=now)


def sign_out_person(session: Session, person_id: int, *, actor: Actor, now: datetime) -> int:
    """End all sessions of a person; return how many."""
    person = lock_person(session, person_id)
    reason = EndReason.ENDED_BY_ADMINISTRATOR
    ended = end_sessions_of_person(session, person.id, reason=reason, now=now)
    audit.add_audit_entry(
        session, actor, "accounts:session:end", now=now, to=person.subject, sessions_ended=ended
    )
    return ended


# Roles


@dataclass(frozen=True)
class Grant:
    """A role to grant, where it counts, and from when until when."""

    role: Role
    scope: Scope = Scope.everywhere
    begins: datetime | None = None
    """When it begins to count; None for immediately."""
    ends: datetime | None = None
    """When it stops counting; None for never."""


class RoleRefusal(StrEnum):
    """Why a role was not granted or removed."""

    ENDS_TOO_EARLY = auto()
    OWN_ADMINISTRATOR = auto()
    SCHOOL_CLOSED = auto()
    SCHOOL_NEEDED = auto()


def grant_role(
    session: Session, person_id: int, grant: Grant, *, actor: Actor, now: datetime
) -> RoleRefusal | None:
    """Grant a role to a person, or change its dates; idempotent."""
    person = lock_person(session, person_id)
    refusal = _find_grant_refusal(session, person, grant, actor=actor, now=now)
    if refusal is not None:
        return refusal
    changed = [
        _write_role_assignment(session, person, grant, scope_id, actor=actor, now=now)
        for scope_id in sorted(grant.scope.ids) or [""]
    ]
    if any(changed):
        times = {"from": grant.begins, "until": grant.ends}
        audit.add_audit_entry(
            session,
            actor,
            "accounts:role:grant",
            now=now,
            to=person.subject,
            role=grant.role,
            **_build_scope_detail(grant.scope),
            **{name: time.isoformat() for name, time in times.items() if time is not None},
        )
    return None


def _find_grant_refusal(
    session: Session, person: Person, grant: Grant, *, actor: Actor, now: datetime
) -> RoleRefusal | None:
    scope = grant.scope
    if grant.ends is not None and grant.ends <= max(grant.begins or now, now):
        return RoleRefusal.ENDS_TOO_EARLY
    if (grant.begins or grant.ends) and _is_own_administrator_role(
        person, grant.role, scope, actor
    ):
        return RoleRefusal.OWN_ADMINISTRATOR
    if grant.role in SCHOOL_ROLES and scope == Scope.everywhere:
        return RoleRefusal.SCHOOL_NEEDED
    if scope.type is ScopeType.SCHOOL and not organisations.is_school_open(session, scope):
        return RoleRefusal.SCHOOL_CLOSED
    return None


def _write_role_assignment(
    session: Session, person: Person, grant: Grant, scope_id: str, *, actor: Actor, now: datetime
) -> bool:
    """Write the row of one school or draft; return whether it is new or its dates changed."""
    row = session.scalar(
        select(RoleAssignmentRow).where(
            RoleAssignmentRow.person_id == person.id,
            RoleAssignmentRow.role == grant.role,
            RoleAssignmentRow.scope_type == grant.scope.type,
            RoleAssignmentRow.scope_id == literal(scope_id, organisations.ScopeValue()),
        )
    )
    begins = grant.begins or (row.from_at if row is not None and row.is_in_force(now) else now)
    if row is None:
        row = RoleAssignmentRow(person_id=person.id, role=grant.role)
        row.scope_type, row.scope_id = grant.scope.type, scope_id
        session.add(row)
    elif (row.from_at, row.until_at) == (begins, grant.ends):
        return False
    row.from_at, row.until_at = begins, grant.ends
    row.granted_at, row.granted_by = now, actor.subject
    return True


def remove_role(
    session: Session, person_id: int, role: Role, scope: Scope, *, actor: Actor, now: datetime
) -> RoleRefusal | None:
    """Remove a role and sign the person out everywhere; administrators keep their own role."""
    person = lock_person(session, person_id)
    if _is_own_administrator_role(person, role, scope, actor):
        return RoleRefusal.OWN_ADMINISTRATOR
    removed = session.scalars(
        delete(RoleAssignmentRow)
        .where(
            RoleAssignmentRow.person_id == person.id,
            RoleAssignmentRow.role == role,
            RoleAssignmentRow.scope_type == scope.type,
            RoleAssignmentRow.scope_id.in_(sorted(scope.ids) or [""]),
        )
        .returning(RoleAssignmentRow.id)
    ).all()
    if removed:
        ended = end_sessions_of_person(session, person.id, reason=EndReason.ROLE_REMOVED, now=now)
        audit.add_audit_entry(
            session,
            actor,
            "accounts:role:remove",
            now=now,
            to=person.subject,
            role=role,
            **_build_scope_detail(scope),
            sessions_ended=ended,
        )
    return None


def _is_own_administrator_role(person: Person, role: Role, scope: Scope, actor: Actor) -> bool:
    is_site_wide = role is Role.ADMINISTRATOR and scope == Scope.everywhere
    return is_site_wide and person.id == actor.person_id


def _build_scope_detail(scope: Scope) -> dict[str, str]:
    """Return the scope for the audit trail, which omits it for a role that counts everywhere."""
    return {} if scope == Scope.everywhere else {"scope": str(scope)}
