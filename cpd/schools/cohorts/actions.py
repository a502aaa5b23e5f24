"""Changes to classes: creating, renaming and archiving one, and who is in it; each is audited."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.db import flush_or_raise
from cpd.organisations import queries as organisations
from cpd.organisations.models import Membership
from cpd.schools.cohorts import queries
from cpd.schools.cohorts.models import Cohort, CohortInstructor, CohortMember
from cpd.schools.cohorts.queries import Reach


class CohortRefusal(StrEnum):
    """Why a class was not created or changed."""

    ARCHIVED = "archived"
    NAME_TAKEN = "name_taken"
    NOT_A_MEMBER = "not_a_member"
    OUT_OF_REACH = "out_of_reach"
    SCHOOL_CLOSED = "school_closed"


class CohortNameTakenError(Exception):
    """Someone else took the name at the same moment."""


def create_cohort(
    session: Session, reach: Reach, name: str, *, actor: Actor, now: datetime
) -> Cohort | CohortRefusal:
    """Create a class; raises CohortNameTakenError if someone just took its name."""
    school = organisations.find_school(session, reach.scope)
    if school.closed_at is not None:
        return CohortRefusal.SCHOOL_CLOSED
    if queries.find_current_cohort_by_name(session, Reach(reach.scope), name) is not None:
        return CohortRefusal.NAME_TAKEN
    cohort = Cohort(school_id=school.id, name=name, created_at=now, school=school)
    session.add(cohort)
    flush_or_raise(session, CohortNameTakenError)
    audit.add_audit_entry(
        session,
        actor,
        "schools:cohort:create",
        now=now,
        to=cohort.public_id,
        school=school.public_id,
    )
    return cohort


def rename_cohort(
    session: Session, reach: Reach, public_id: str, name: str, *, actor: Actor, now: datetime
) -> CohortRefusal | None:
    """Give a class another name; raises CohortNameTakenError if someone just took it."""
    cohort = queries.find_locked_cohort(session, reach, public_id)
    if cohort is None:
        return CohortRefusal.OUT_OF_REACH
    if cohort.name == name:
        return None
    if queries.find_current_cohort_by_name(session, Reach(reach.scope), name) is not None:
        return CohortRefusal.NAME_TAKEN
    cohort.name = name
    flush_or_raise(session, CohortNameTakenError)
    audit.add_audit_entry(session, actor, "schools:cohort:rename", now=now, to=public_id)
    return None


def archive_cohort(
    session: Session, reach: Reach, public_id: str, *, actor: Actor, now: datetime
) -> CohortRefusal | None:
    """End a class: it takes no more people or assignments; idempotent."""
    cohort = queries.find_locked_cohort(session, reach, public_id)
    if cohort is None:
        return CohortRefusal.OUT_OF_REACH
    if cohort.archived_at is None:
        cohort.archived_at = now
        audit.add_audit_entry(session, actor, "schools:cohort:archive", now=now, to=public_id)
    return None


# Learners


def add_learner(
    session: Session, reach: Reach, public_id: str, subject: str, *, actor: Actor, now: datetime
) -> CohortRefusal | None:
    """Put a member of the school into a class from now on; idempotent."""
    cohort = queries.find_locked_cohort(session, reach, public_id)
    if cohort is None:
        return CohortRefusal.OUT_OF_REACH
    if cohort.archived_at is not None:
        return CohortRefusal.ARCHIVED
    membership = session.scalar(
        organisations.select_current_members(reach.scope).where(Membership.subject == subject)
    )
    if membership is None:
        return CohortRefusal.NOT_A_MEMBER
    if _find_present_learner(session, reach, cohort, subject) is None:
        session.add(CohortMember(cohort_id=cohort.id, membership_id=membership.id, since_at=now))
        audit.add_audit_entry(
            session, actor, "schools:learner:begin", now=now, to=subject, cohort=public_id
        )
    return None


def remove_learner(
    session: Session, reach: Reach, public_id: str, subject: str, *, actor: Actor, now: datetime
) -> CohortRefusal | None:
    """Take someone out of a class; what they did in it is kept. Idempotent."""
    cohort = queries.find_locked_cohort(session, reach, public_id)
    if cohort is None:
        return CohortRefusal.OUT_OF_REACH
    member = _find_present_learner(session, reach, cohort, subject)
    if member is not None:
        member.until_at = now
        audit.add_audit_entry(
            session, actor, "schools:learner:end", now=now, to=subject, cohort=public_id
        )
    return None


def _find_present_learner(
    session: Session, reach: Reach, cohort: Cohort, subject: str
) -> CohortMember | None:
    present = (
        select(CohortMember)
        .join(CohortMember.cohort)
        .join(CohortMember.membership)
        .where(
            queries.reach_condition(reach),
            CohortMember.cohort_id == cohort.id,
            CohortMember.until_at.is_(None),
            Membership.subject == subject,
        )
    )
    return session.scalar(present)


# Instructors


def add_instructor(
    session: Session, reach: Reach, public_id: str, subject: str, *, actor: Actor, now: datetime
) -> CohortRefusal | None:
    """Let someone teach a class from now on; what they may do, their role says. Idempotent."""
    cohort = queries.find_locked_cohort(session, reach, public_id)
    if cohort is None:
        return CohortRefusal.OUT_OF_REACH
    if subject not in queries.find_instructors(session, reach, cohort):
        session.add(CohortInstructor(cohort_id=cohort.id, subject=subject, since_at=now))
        audit.add_audit_entry(
            session, actor, "schools:instructor:begin", now=now, to=subject, cohort=public_id
        )
    return None


def remove_instructor(
    session: Session, reach: Reach, public_id: str, subject: str, *, actor: Actor, now: datetime
) -> CohortRefusal | None:
    """Let someone no longer teach a class; idempotent."""
    cohort = queries.find_locked_cohort(session, reach, public_id)
    if cohort is None:
        return CohortRefusal.OUT_OF_REACH
    ended = session.execute(
        sa.update(CohortInstructor)
        .where(
            CohortInstructor.cohort_id == cohort.id,
            CohortInstructor.subject == subject,
            CohortInstructor.until_at.is_(None),
        )
        .values(until_at=now)
        .returning(CohortInstructor.id)
    ).all()
    if ended:
        audit.add_audit_entry(
            session, actor, "schools:instructor:end", now=now, to=subject, cohort=public_id
        )
    return None
