"""Writes about people: their profiles, licences, accounts and roles; each change is audited."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor, Role
from cpd.accounts import second_factor
from cpd.accounts.credentials import AddressTakenError, drop_links, end_sessions, locked
from cpd.accounts.models import EndReason, Licence, Person, PersonRole

MOST_LICENCES = 20


class Refusal(StrEnum):
    """Why something was not done."""

    ADDRESS_TAKEN = "address_taken"
    LICENCE_KNOWN = "licence_known"
    OWN_ACCOUNT = "own_account"
    OWN_ADMINISTRATOR = "own_administrator"
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
            PersonRole(role=role, granted_at=now, granted_by=actor.subject)
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


def grant_role(
    session: Session, person_id: int, role: Role, *, actor: Actor, now: datetime
) -> None:
    """Give a person a role that holds everywhere; twice is the same as once."""
    person = locked(session, person_id)
    held = select(PersonRole.id).where(
        PersonRole.person_id == person.id, PersonRole.role == role, PersonRole.school_id.is_(None)
    )
    if session.scalar(held) is not None:
        return
    session.add(
        PersonRole(person_id=person.id, role=role, granted_at=now, granted_by=actor.subject)
    )
    audit.record(session, actor, "accounts:role:grant", now=now, to=person.subject, role=role)


def remove_role(
    session: Session, person_id: int, role: Role, *, actor: Actor, now: datetime
) -> Refusal | None:
    """Take a role and sign the person out everywhere; nobody takes their own administering."""
    if person_id == actor.person_id and role is Role.ADMINISTRATOR:
        return Refusal.OWN_ADMINISTRATOR
    person = locked(session, person_id)
    gone = session.scalars(
        delete(PersonRole)
        .where(
            PersonRole.person_id == person.id,
            PersonRole.role == role,
            PersonRole.school_id.is_(None),
        )
        .returning(PersonRole.id)
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
            sessions_ended=ended,
        )
    return None


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
