"""Writes to a person's own account: name, time zone, licenses, email address; each is audited."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, auto

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.accounts.emails import SecurityNotice, enqueue_security_notice
from cpd.accounts.models import License
from cpd.accounts.people.actions import AddressTakenError
from cpd.accounts.queries import lock_person
from cpd.accounts.sign_in.actions import add_session, end_sessions_of_person, revoke_password_links
from cpd.accounts.sign_in.models import EndReason
from cpd.accounts.sign_in.password_check import VerifiedPassword
from cpd.accounts.sign_in.throttle import clear_attempt
from cpd.accounts.sign_up.actions import request_verification, use_verification_grant
from cpd.db import flush_or_raise

MOST_LICENSES = 20


@dataclass(frozen=True)
class Profile:
    """What people say about themselves."""

    name: str
    legal_name: str
    time_zone: str
    country: str


def change_profile(session: Session, profile: Profile, *, actor: Actor, now: datetime) -> None:
    """Save the actor's profile; the audit trail names the changed fields, not their text."""
    person = lock_person(session, actor.person_id)
    changed = [
        field
        for field in ("name", "legal_name", "time_zone", "country")
        if getattr(person, field) != getattr(profile, field)
    ]
    for field in changed:
        setattr(person, field, getattr(profile, field))
    if changed:
        audit.add_audit_entry(
            session,
            actor,
            "accounts:profile:change",
            now=now,
            to=person.subject,
            fields=changed,
        )


def choose_country(session: Session, country: str, *, actor: Actor, now: datetime) -> None:
    """Save the country whose numbers the actor wants to see."""
    person = lock_person(session, actor.person_id)
    profile = Profile(person.name, person.legal_name, person.time_zone, country)
    change_profile(session, profile, actor=actor, now=now)


# Licenses


class LicenseRefusal(StrEnum):
    """Why a license was not added."""

    KNOWN = auto()
    TOO_MANY = auto()


def add_license(
    session: Session, *, authority: str, number: str, actor: Actor, now: datetime
) -> License | LicenseRefusal:
    """Add a license to the actor's profile, unless it is already there."""
    person = lock_person(session, actor.person_id)
    present = session.scalars(select(License).where(License.person_id == person.id)).all()
    if any((row.authority, row.number) == (authority, number) for row in present):
        return LicenseRefusal.KNOWN
    if len(present) >= MOST_LICENSES:
        return LicenseRefusal.TOO_MANY
    row = License(person_id=person.id, authority=authority, number=number)
    session.add(row)
    session.flush()
    audit.add_audit_entry(session, actor, "accounts:licence:add", now=now, to=row.public_id)
    return row


def remove_license(session: Session, license_id: int, *, actor: Actor, now: datetime) -> None:
    """Remove a license from the actor's profile; idempotent."""
    removed = session.execute(
        delete(License)
        .where(License.id == license_id, License.person_id == actor.person_id)
        .returning(License.public_id)
    ).scalar_one_or_none()
    if removed is not None:
        audit.add_audit_entry(session, actor, "accounts:licence:remove", now=now, to=removed)


@dataclass(frozen=True)
class CertificateDetails:
    """What certificates print about a person; without a license the last two are empty."""

    legal_name: str
    time_zone: str
    """The date on the certificate is a day of this zone."""
    authority: str = ""
    number: str = ""


def save_certificate_details(
    session: Session, details: CertificateDetails, *, actor: Actor, now: datetime
) -> None:
    """Save what the actor enters before their first exam.

    The form showed the first license in their profile. A different one is written over it, so that
    what rests on it stays, and saying that they have none removes all licenses.
    """
    person = lock_person(session, actor.person_id)
    profile = Profile(person.name, details.legal_name, details.time_zone, person.country)
    change_profile(session, profile, actor=actor, now=now)
    person.without_licence = not details.number
    entered, present = (details.authority, details.number), list(person.licenses)
    if entered in [(row.authority, row.number) for row in present]:
        return
    if not details.number:
        for row in present:
            remove_license(session, row.id, actor=actor, now=now)
    elif present:
        first = present[0]
        first.authority, first.number = entered
        session.flush()
        audit.add_audit_entry(
            session, actor, "accounts:licence:change", now=now, to=first.public_id
        )
    else:
        add_license(session, authority=entered[0], number=entered[1], actor=actor, now=now)


# The email address


def request_address_change(
    session: Session, verified: VerifiedPassword, email: str, *, actor: Actor, now: datetime
) -> str | None:
    """Send an email to the new address and a notice to the current one.

    Returns the public id of the verification; None if the password has changed since it was
    verified.
    """
    clear_attempt(session, verified.attempt_id)
    person = lock_person(session, verified.person_id)
    if person.password_hash != verified.password_hash:
        return None
    enqueue_security_notice(session, person, SecurityNotice.ADDRESS_ASKED, now=now)
    audit.add_audit_entry(session, actor, "accounts:address:ask", now=now, to=person.subject)
    return request_verification(session, email, person_id=person.id, now=now)


def change_address(
    session: Session, grant: str, *, actor: Actor, browser: str, now: datetime
) -> str | None:
    """Give the actor the address that they verified, and return the token of a new session.

    All sessions end, and a notice goes to both addresses. Returns None if the grant was used or is
    not the actor's; raises AddressTakenError if someone else has taken the address meanwhile.
    """
    verification = use_verification_grant(session, grant, now=now)
    if verification is None or verification.person_id is None:
        return None
    if verification.person_id != actor.person_id:
        return None
    person = lock_person(session, verification.person_id)
    former, person.email = person.email, verification.email
    flush_or_raise(session, AddressTakenError)
    revoke_password_links(session, person.id, now=now)
    end_sessions_of_person(session, person.id, reason=EndReason.ADDRESS_CHANGED, now=now)
    for address in (former, person.email):
        enqueue_security_notice(session, person, SecurityNotice.ADDRESS, to=address, now=now)
    audit.add_audit_entry(session, actor, "accounts:address:change", now=now, to=person.subject)
    return add_session(session, person.id, browser=browser, now=now)
