"""Writes about people: their profiles, licences, accounts and roles; each change is audited."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor, Role, Scope, ScopeType
from cpd.accounts.mfa import actions as second_factor
from cpd.accounts.sign_in.actions import AddressTakenError, drop_links, end_sessions, locked
from cpd.accounts.models import EndReason, Licence, Person, RoleAssignmentRow
from cpd.organisations import queries as organisations

MOST_LICENCES = 20


class Refusal(StrEnum):
    """Why something was not done."""

    ADDRESS_TAKEN = "address_taken"
    ENDS_TOO_EARLY = "ends_too_early"
    LICENCE_KNOWN = "licence_known"
    OWN_ACCOUNT = "own_account"
    OWN_ADMINISTRATOR = "own_administrator"
    SCHOOL_CLOSED = "school_closed"
    TOO_MANY_LICENCES = "too_many_licences"


# One's own profile


@dataclass(frozen=True)
class Profile:
    """What people say about themselves."""

    name: str
    legal_name: str
    time_zone: str


def change_profile(session: Session, profile: Profile, *, actor: Actor, now: datetime) -> None:
    """Keep what the actor says about themselves; the audit row names the fields, not their text."""
    person = locked(session, actor.person_id)
    changed = [
        field
        for field in ("name", "legal_name", "time_zone")
        if getattr(person, field) != getattr(profile, field)
    ]
    for field in changed:
        setattr(person, field, getattr(profile, field))
    if changed:
        audit.record(
            session,
            actor,
            "accounts:profile:change",
            now=now,
            to=person.subject,
            fields=changed,
        )


def add_licence(
    session: Session, *, authority: str, number: str, actor: Actor, now: datetime
) -> Refusal | None:
    """Add a licence to the actor's profile, unless it stands there already."""
    person = locked(session, actor.person_id)
    held = session.scalars(select(Licence).where(Licence.person_id == person.id)).all()
    if any((it.authority, it.number) == (authority, number) for it in held):
        return Refusal.LICENCE_KNOWN
    if len(held) >= MOST_LICENCES:
        return Refusal.TOO_MANY_LICENCES
    licence = Licence(person_id=person.id, authority=authority, number=number)
    session.add(licence)
    session.flush()
    audit.record(session, actor, "accounts:licence:add", now=now, to=licence.public_id)
    return None


def remove_licence(session: Session, licence_id: int, *, actor: Actor, now: datetime) -> None:
    """Take a licence off the actor's profile; twice is the same as once."""
    gone = session.execute(
        delete(Licence)
        .where(Licence.id == licence_id, Licence.person_id == actor.person_id)
        .returning(Licence.public_id)
    ).scalar_one_or_none()
    if gone is not None:
        audit.record(session, actor, "accounts:licence:remove", now=now, to=gone)


@dataclass(frozen=True)
class Printed:
    """What certificates are to print; without a licence the last two are empty."""

    legal_name: str
    time_zone: str
    """Their day is a day of this zone."""
    authority: str = ""
    number: str = ""


def state_printed(session: Session, printed: Printed, *, actor: Actor, now: datetime) -> None:
    """Keep what the actor says before their first exam.

    They were shown the first licence of their profile: what they say instead replaces it, and
    where they say that they have none, all go.
    """
    person = locked(session, actor.person_id)
    profile = Profile(person.name, printed.legal_name, printed.time_zone)
    change_profile(session, profile, actor=actor, now=now)
    person.without_licence = not printed.number
    said, held = (printed.authority, printed.number), list(person.licences)
    if said in [(it.authority, it.number) for it in held]:
        return
    for licence in held[:1] if printed.number else held:
        remove_licence(session, licence.id, actor=actor, now=now)
    if printed.number:
        add_licence(session, authority=said[0], number=said[1], actor=actor, now=now)


# People, by administrators


@dataclass(frozen=True)
class NewPerson:
    """Who is to get an account."""

    name: str
    email: str
    roles: frozenset[Role]
    password_hash: str = ""


def create_person(
    session: Session, new: NewPerson, *, actor: Actor, now: datetime
) -> Person | Refusal:
    """Make an account; raises AddressTakenError when another took the address just now."""
    if session.scalar(select(Person.id).where(Person.email == new.email)) is not None:
        return Refusal.ADDRESS_TAKEN
    person = Person(
        email=new.email,
        name=new.name,
        password_hash=new.password_hash,
        created_at=now,
        roles=[
            RoleAssignmentRow(role=role, from_at=now, granted_at=now, granted_by=actor.subject)
            for role in sorted(new.roles)
        ],
        licences=[],
    )
    session.add(person)
    try:
        session.flush()
    except IntegrityError as fault:
        raise AddressTakenError from fault
    audit.record(
        session,
        actor,
        "accounts:person:create",
        now=now,
        to=person.subject,
        roles=sorted(new.roles),
    )
    return person


@dataclass(frozen=True)
class Grant:
    """A role to be given: where it holds, and for how long if not for good."""

    role: Role
    scope: Scope = Scope.everywhere
    begins: datetime | None = None
    """When it begins to count; at once where nothing is said."""
    ends: datetime | None = None


def grant_role(
    session: Session, person_id: int, grant: Grant, *, actor: Actor, now: datetime
) -> Refusal | None:
    """Give a person a role, or change its time; twice is the same as once."""
    scope, person = grant.scope, locked(session, person_id)
    if grant.ends is not None and grant.ends <= max(grant.begins or now, now):
        return Refusal.ENDS_TOO_EARLY
    if (grant.begins or grant.ends) and _is_own_administering(person, grant.role, scope, actor):
        return Refusal.OWN_ADMINISTRATOR
    if scope.type is ScopeType.SCHOOL and not organisations.is_open(session, scope):
        return Refusal.SCHOOL_CLOSED
    changed = [
        _assign(session, person, grant, one, actor=actor, now=now)
        for one in sorted(scope.ids) or [""]
    ]
    if any(changed):
        times = {"from": grant.begins, "until": grant.ends}
        told = {word: at.isoformat() for word, at in times.items() if at is not None}
        audit.record(
            session,
            actor,
            "accounts:role:grant",
            now=now,
            to=person.subject,
            role=grant.role,
            **_where(scope),
            **told,
        )
    return None


def _assign(
    session: Session, person: Person, grant: Grant, scope_id: str, *, actor: Actor, now: datetime
) -> bool:
    """Write the row of one school or draft; tell whether it is new or has another time now."""
    row = session.scalar(
        select(RoleAssignmentRow).where(
            RoleAssignmentRow.person_id == person.id,
            RoleAssignmentRow.role == grant.role,
            RoleAssignmentRow.scope_type == grant.scope.type,
            RoleAssignmentRow.scope_id == scope_id,
        )
    )
    begins = grant.begins or (row.from_at if row is not None and row.counts(now) else now)
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
) -> Refusal | None:
    """Take a role and sign the person out everywhere; nobody takes their own administering."""
    person = locked(session, person_id)
    if _is_own_administering(person, role, scope, actor):
        return Refusal.OWN_ADMINISTRATOR
    gone = session.scalars(
        delete(RoleAssignmentRow)
        .where(
            RoleAssignmentRow.person_id == person.id,
            RoleAssignmentRow.role == role,
            RoleAssignmentRow.scope_type == scope.type,
            RoleAssignmentRow.scope_id.in_(sorted(scope.ids) or [""]),
        )
        .returning(RoleAssignmentRow.id)
    ).all()
    if gone:
        ended = end_sessions(session, person.id, reason=EndReason.ROLE_REMOVED, now=now)
        audit.record(
            session,
            actor,
            "accounts:role:remove",
            now=now,
            to=person.subject,
            role=role,
            **_where(scope),
            sessions_ended=ended,
        )
    return None


def _is_own_administering(person: Person, role: Role, scope: Scope, actor: Actor) -> bool:
    is_site_wide = role is Role.ADMINISTRATOR and scope == Scope.everywhere
    return is_site_wide and person.id == actor.person_id


def _where(scope: Scope) -> dict[str, str]:
    """Return the scope for the audit trail; a row without one is of a role held everywhere."""
    return {} if scope == Scope.everywhere else {"scope": str(scope)}


def disable_person(
    session: Session, person_id: int, *, actor: Actor, now: datetime
) -> Refusal | None:
    """Lock an account: no session, no link and no password lets in; records stay."""
    if person_id == actor.person_id:
        return Refusal.OWN_ACCOUNT
    person = locked(session, person_id)
    if person.disabled_at is None:
        person.disabled_at = now
        drop_links(session, person.id, now=now)
        ended = end_sessions(session, person.id, reason=EndReason.DISABLED, now=now)
        audit.record(
            session,
            actor,
            "accounts:person:disable",
            now=now,
            to=person.subject,
            sessions_ended=ended,
        )
    return None


def enable_person(session: Session, person_id: int, *, actor: Actor, now: datetime) -> None:
    """Open a locked account again; its sessions stay ended."""
    person = locked(session, person_id)
    if person.disabled_at is not None:
        person.disabled_at = None
        audit.record(session, actor, "accounts:person:enable", now=now, to=person.subject)


def turn_off_codes(session: Session, person_id: int, *, actor: Actor, now: datetime) -> None:
    """Ask a person for no codes from an app any more; they are told."""
    second_factor.turn_off(session, locked(session, person_id), actor=actor, now=now)


def sign_out_person(session: Session, person_id: int, *, actor: Actor, now: datetime) -> int:
    """End all sessions of a person, by an administrator; return how many."""
    person = locked(session, person_id)
    ended = end_sessions(session, person.id, reason=EndReason.ENDED_BY_ADMINISTRATOR, now=now)
    audit.record(
        session,
        actor,
        "accounts:session:end",
        now=now,
        to=person.subject,
        sessions_ended=ended,
    )
    return ended
