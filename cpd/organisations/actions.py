"""Changes to schools: creating and closing one, joining and leaving; each is audited."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.db import flush_or_raise
from cpd.organisations import queries
from cpd.organisations.models import Membership, School, SchoolKind


class Refusal(StrEnum):
    """Why something was not done."""

    CLOSED = "closed"
    SLUG_TAKEN = "slug_taken"


class SlugTakenError(Exception):
    """Someone else took the slug at the same moment."""


@dataclass(frozen=True)
class NewSchool:
    """A school to create; its slug and time zone have been checked."""

    name: str
    slug: str
    time_zone: str
    kind: SchoolKind = SchoolKind.SCHOOL


def create_school(
    session: Session, new: NewSchool, *, actor: Actor, now: datetime
) -> School | Refusal:
    """Create a school; raises SlugTakenError if another school just took its slug."""
    if queries.find_school_by_slug(session, new.slug) is not None:
        return Refusal.SLUG_TAKEN
    school = School(
        name=new.name, slug=new.slug, kind=new.kind, time_zone=new.time_zone, created_at=now
    )
    session.add(school)
    flush_or_raise(session, SlugTakenError)
    audit.add_audit_entry(
        session, actor, "organisations:school:create", now=now, to=school.public_id, kind=new.kind
    )
    return school


def close_school(session: Session, school_id: int, *, actor: Actor, now: datetime) -> None:
    """Close a school to new members and roles; existing ones stay. Idempotent."""
    school = _lock_school(session, school_id)
    if school.closed_at is None:
        school.closed_at = now
        audit.add_audit_entry(
            session, actor, "organisations:school:close", now=now, to=school.public_id
        )


def join_school(
    session: Session, school_id: int, subject: str, *, actor: Actor, now: datetime
) -> Refusal | None:
    """Make a person a member of a school from now on; idempotent."""
    school = _lock_school(session, school_id)
    if school.closed_at is not None:
        return Refusal.CLOSED
    if _find_current_membership(session, school_id, subject) is None:
        session.add(Membership(school_id=school_id, subject=subject, since_at=now))
        audit.add_audit_entry(
            session,
            actor,
            "organisations:membership:begin",
            now=now,
            to=subject,
            school=school.public_id,
        )
    return None


def leave_school(
    session: Session, school_id: int, subject: str, *, actor: Actor, now: datetime
) -> None:
    """End a person's membership in a school; their learning records stay theirs."""
    school = _lock_school(session, school_id)
    membership = _find_current_membership(session, school_id, subject)
    if membership is not None:
        membership.until_at = now
        audit.add_audit_entry(
            session,
            actor,
            "organisations:membership:end",
            now=now,
            to=subject,
            school=school.public_id,
        )


def _lock_school(session: Session, school_id: int) -> School:
    """Return a school as it is now, locked until the end of the transaction."""
    return session.get_one(School, school_id, with_for_update=True, populate_existing=True)


def _find_current_membership(session: Session, school_id: int, subject: str) -> Membership | None:
    return session.scalar(
        select(Membership).where(
            Membership.school_id == school_id,
            Membership.subject == subject,
            Membership.until_at.is_(None),
        )
    )
