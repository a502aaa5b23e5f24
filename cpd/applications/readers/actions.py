"""Letting somebody from an authority read a course, and ending it; both are audited."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.accounts.models import Person
from cpd.accounts.people.actions import (
    AccountRefusal,
    AddressTakenError,
    NewPerson,
    create_person,
)
from cpd.applications.readers.models import CourseReader
from cpd.jobs import outbox
from cpd.kernel import clock
from cpd.mail.emails import site_sends_emails

INVITATION_PURPOSE = "reader-invitation"
"""Names the invitation in the outbox."""


@dataclass(frozen=True)
class NewReader:
    """Somebody from an authority who is to read a version of a course."""

    name: str
    email: str
    authority: str
    course_revision_id: int
    until_at: datetime


class ReaderRefusal(StrEnum):
    """Why nobody was let in."""

    ACCOUNT_LOCKED = "account-locked"


def open_reading(
    session: Session, new: NewReader, *, actor: Actor, now: datetime
) -> tuple[CourseReader, Person] | ReaderRefusal:
    """Let somebody read, with the account of their address or a new one, and invite them.

    A new account has no role, so that it opens nothing else. Raises AddressTakenError if somebody
    just took the address.
    """
    person = _find_or_create_person(session, new, actor=actor, now=now)
    if person.disabled_at is not None:
        return ReaderRefusal.ACCOUNT_LOCKED
    reader = CourseReader(
        subject=person.subject,
        authority=new.authority,
        course_revision_id=new.course_revision_id,
        until_at=new.until_at,
        opened_by=actor.subject,
        opened_at=now,
    )
    session.add(reader)
    session.flush()
    audit.add_audit_entry(
        session,
        actor,
        "applications:reader:open",
        now=now,
        to=reader.public_id,
        authority=new.authority,
        reader=person.subject,
        until=new.until_at.isoformat(),
    )
    if site_sends_emails():
        outbox.enqueue_job(session, INVITATION_PURPOSE, reader.public_id, due_at=now, now=now)
    return reader, person


def _find_or_create_person(
    session: Session, new: NewReader, *, actor: Actor, now: datetime
) -> Person:
    found = session.scalar(sa.select(Person).where(Person.email == new.email))
    if found is not None:
        return found
    person = NewPerson(name=new.name, email=new.email, roles=frozenset())
    created = create_person(session, person, actor=actor, now=now)
    if isinstance(created, AccountRefusal):  # it refuses only an address that has an account
        raise AddressTakenError
    return created


def end_reading(session: Session, reader: CourseReader, *, actor: Actor, now: datetime) -> None:
    """Let somebody read no longer, at once; idempotent."""
    row = session.get_one(CourseReader, reader.id, populate_existing=True, with_for_update=True)
    if row.ended_at is not None:
        return
    row.ended_by, row.ended_at = actor.subject, clock.keep_in_order(now, row.opened_at)
    session.flush()
    audit.add_audit_entry(session, actor, "applications:reader:end", now=now, to=row.public_id)
