"""Changes to schools: creating and closing one, its seats, joining, leaving; each is audited."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor, Scope
from cpd.db import flush_or_raise
from cpd.organisations import queries
from cpd.organisations.models import Membership, School, SchoolKind


class Refusal(StrEnum):
    """Why something was not done."""

    CLOSED = "closed"
    FULL = "full"
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
    seats: int | None = None
    started_by: str | None = None
    """Its founder, by subject, if somebody starts it on the site."""


def create_school(
    session: Session, new: NewSchool, *, actor: Actor, now: datetime
) -> School | Refusal:
    """Create a school; raises SlugTakenError if another school just took its slug."""
    if queries.is_slug_taken(session, new.slug):
        return Refusal.SLUG_TAKEN
    school = School(
        name=new.name,
        slug=new.slug,
        kind=new.kind,
        time_zone=new.time_zone,
        seats=new.seats,
        started_by=new.started_by,
        created_at=now,
    )
    session.add(school)
    flush_or_raise(session, SlugTakenError)
    audit.add_audit_entry(
        session, actor, "organisations:school:create", now=now, to=school.public_id, kind=new.kind
    )
    return school


def change_school(
    session: Session, scope: Scope, name: str, time_zone: str, *, actor: Actor, now: datetime
) -> None:
    """Give a school another name or time zone; what was assigned in it keeps its zone."""
    school = _lock_school(session, scope)
    if (school.name, school.time_zone) != (name, time_zone):
        school.name, school.time_zone = name, time_zone
        audit.add_audit_entry(
            session, actor, "organisations:school:change", now=now, to=school.public_id
        )


def close_school(session: Session, scope: Scope, *, actor: Actor, now: datetime) -> None:
    """Close a school to new members and roles; existing ones stay. Idempotent."""
    school = _lock_school(session, scope)
    if school.closed_at is None:
        school.closed_at = now
        audit.add_audit_entry(
            session, actor, "organisations:school:close", now=now, to=school.public_id
        )


def change_seats(
    session: Session, scope: Scope, seats: int | None, *, actor: Actor, now: datetime
) -> None:
    """Set how many people may belong to a school; whoever belongs to it already stays."""
    school = _lock_school(session, scope)
    if school.seats != seats:
        school.seats = seats
        audit.add_audit_entry(
            session, actor, "organisations:seats:change", now=now, to=school.public_id, seats=seats
        )


def join_school(
    session: Session, scope: Scope, subject: str, *, actor: Actor, now: datetime
) -> Refusal | None:
    """Make a person a member of a school from now on, if it has a seat left; idempotent."""
    school = _lock_school(session, scope)
    if school.closed_at is not None:
        return Refusal.CLOSED
    if _find_current_membership(session, school, subject) is not None:
        return None
    if school.seats is not None and _count_current_members(session, school) >= school.seats:
        return Refusal.FULL
    session.add(Membership(school_id=school.id, subject=subject, since_at=now))
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
    session: Session, scope: Scope, subject: str, *, actor: Actor, now: datetime
) -> None:
    """End a person's membership in a school; their learning records stay theirs."""
    school = _lock_school(session, scope)
    membership = _find_current_membership(session, school, subject)
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


def _lock_school(session: Session, scope: Scope) -> School:
    """Return the school of a scope as it is now, locked until the end of the transaction."""
    return session.scalars(
        queries.select_school(scope).with_for_update().execution_options(populate_existing=True)
    ).one()


def _count_current_members(session: Session, school: School) -> int:
    return queries.count_members_by_school(session, school.scope).get(school.id, 0)


def _find_current_membership(session: Session, school: School, subject: str) -> Membership | None:
    return session.scalar(
        queries.select_current_members(school.scope).where(Membership.subject == subject)
    )
