"""Granting and ending what single learners get; each is audited, and the reason kept apart."""

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor, Scope
from cpd.organisations import queries as organisations
from cpd.organisations.models import Membership
from cpd.schools.accommodations import queries
from cpd.schools.accommodations.models import Accommodation, Excuse, Extension, GrantReason
from cpd.schools.accommodations.rules.granting import (
    Allowance,
    GrantFault,
    find_allowance_faults,
    find_extension_faults,
    find_reason_faults,
)
from cpd.schools.assignments.models import Assignment
from cpd.schools.assignments.queries import find_learner_of_assignment, find_locked_assignment
from cpd.schools.assignments.rules.local_times import LocalTime
from cpd.schools.cohorts.queries import Reach


class GrantRefusal(StrEnum):
    """Why nothing was granted."""

    CANCELED = "canceled"
    NOT_A_LEARNER = "not_a_learner"
    OUT_OF_REACH = "out_of_reach"


class AssignmentGrant(StrEnum):
    """What can be granted on one assignment."""

    EXCUSE = "excuse"
    EXTENSION = "extension"


_FINDERS: Mapping[AssignmentGrant, Callable[..., Mapping[str, Extension | Excuse]]] = {
    AssignmentGrant.EXCUSE: queries.find_excuses,
    AssignmentGrant.EXTENSION: queries.find_extensions,
}

NotGranted: TypeAlias = GrantRefusal | tuple[GrantFault, ...]


def grant_accommodation(
    session: Session,
    scope: Scope,
    membership_id: str,
    allowance: Allowance,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
) -> Accommodation | NotGranted:
    """Grant a member something in every exam of the school, instead of what they had before."""
    membership = _find_locked_membership(session, scope, membership_id)
    if membership is None:
        return GrantRefusal.NOT_A_LEARNER
    if faults := find_allowance_faults(allowance, reason):
        return faults
    _end_accommodation(session, scope, membership.subject, actor=actor, now=now)
    granted = Accommodation(
        school_id=membership.school_id,
        subject=membership.subject,
        allowance=allowance,
        granted_by=actor.subject,
        granted_at=now,
    )
    session.add(granted)
    session.flush()
    _store_reason(session, membership, granted.public_id, reason)
    audit.add_audit_entry(
        session,
        actor,
        "schools:accommodation:grant",
        now=now,
        to=membership.subject,
        granted=granted.public_id,
    )
    return granted


def end_accommodation(
    session: Session, scope: Scope, membership_id: str, *, actor: Actor, now: datetime
) -> GrantRefusal | None:
    """End what a person is granted in every exam; a try that is open keeps its time."""
    membership = _find_locked_membership(session, scope, membership_id)
    if membership is None:
        return GrantRefusal.NOT_A_LEARNER
    ended = _end_accommodation(session, scope, membership.subject, actor=actor, now=now)
    if ended is not None:
        audit.add_audit_entry(
            session,
            actor,
            "schools:accommodation:end",
            now=now,
            to=membership.subject,
            granted=ended.public_id,
        )
    return None


def _end_accommodation(
    session: Session, scope: Scope, subject: str, *, actor: Actor, now: datetime
) -> Accommodation | None:
    present = queries.find_accommodation(session, scope, subject)
    if present is not None:
        present.ended_at, present.ended_by = now, actor.subject
        session.flush()
    return present


def _find_locked_membership(
    session: Session, scope: Scope, membership_id: str
) -> Membership | None:
    """Return a member of the school, whose row makes concurrent grants wait for each other."""
    return session.scalar(
        organisations.select_current_members(scope)
        .where(Membership.public_id == membership_id)
        .with_for_update(of=Membership)
    )


# On one assignment


def grant_extension(
    session: Session,
    reach: Reach,
    assignment_id: str,
    membership_id: str,
    until: LocalTime,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
) -> Extension | NotGranted:
    """Grant one learner a later date on one assignment, instead of one granted before."""
    found = _find_assignment_and_learner(session, reach, assignment_id, membership_id)
    if isinstance(found, GrantRefusal):
        return found
    assignment, membership = found
    if faults := find_extension_faults(assignment.window, until, reason):
        return faults
    present = queries.find_extensions(session, reach, assignment).get(membership.subject)
    if present is not None:
        _end_grant(session, present, actor=actor, now=now)
    granted = Extension(
        assignment_id=assignment.id,
        subject=membership.subject,
        until=until,
        granted_by=actor.subject,
        granted_at=now,
    )
    session.add(granted)
    session.flush()
    _store_reason(session, membership, granted.public_id, reason)
    audit.add_audit_entry(
        session,
        actor,
        "schools:extension:grant",
        now=now,
        to=membership.subject,
        granted=granted.public_id,
    )
    return granted


def excuse_learner(
    session: Session,
    reach: Reach,
    assignment_id: str,
    membership_id: str,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
) -> Excuse | NotGranted:
    """Excuse one learner from one assignment; idempotent."""
    found = _find_assignment_and_learner(session, reach, assignment_id, membership_id)
    if isinstance(found, GrantRefusal):
        return found
    assignment, membership = found
    if faults := find_reason_faults(reason):
        return faults
    present = queries.find_excuses(session, reach, assignment).get(membership.subject)
    if present is not None:
        return present
    granted = Excuse(
        assignment_id=assignment.id,
        subject=membership.subject,
        granted_by=actor.subject,
        granted_at=now,
    )
    session.add(granted)
    session.flush()
    _store_reason(session, membership, granted.public_id, reason)
    audit.add_audit_entry(
        session,
        actor,
        "schools:excuse:grant",
        now=now,
        to=membership.subject,
        granted=granted.public_id,
    )
    return granted


def end_grant(
    session: Session,
    reach: Reach,
    kind: AssignmentGrant,
    assignment_id: str,
    membership_id: str,
    *,
    actor: Actor,
    now: datetime,
) -> GrantRefusal | None:
    """Let an assignment, or its date, hold for a learner again; idempotent."""
    found = _find_assignment_and_learner(session, reach, assignment_id, membership_id)
    if isinstance(found, GrantRefusal):
        return found
    present = _FINDERS[kind](session, reach, found[0]).get(found[1].subject)
    if present is not None:
        _end_grant(session, present, actor=actor, now=now)
        audit.add_audit_entry(
            session,
            actor,
            f"schools:{kind.value}:end",
            now=now,
            to=present.subject,
            granted=present.public_id,
        )
    return None


def _find_assignment_and_learner(
    session: Session, reach: Reach, assignment_id: str, membership_id: str
) -> tuple[Assignment, Membership] | GrantRefusal:
    """Return both, the assignment locked, so that concurrent grants wait for each other."""
    assignment = find_locked_assignment(session, reach, assignment_id)
    if assignment is None:
        return GrantRefusal.OUT_OF_REACH
    if assignment.canceled_at is not None:
        return GrantRefusal.CANCELED
    learner = find_learner_of_assignment(session, reach, assignment, membership_id)
    return GrantRefusal.NOT_A_LEARNER if learner is None else (assignment, learner.membership)


def _end_grant(
    session: Session, present: Extension | Excuse, *, actor: Actor, now: datetime
) -> None:
    present.ended_at, present.ended_by = now, actor.subject
    session.flush()


def _store_reason(session: Session, membership: Membership, granted: str, reason: str) -> None:
    session.add(
        GrantReason(
            school_id=membership.school_id,
            subject=membership.subject,
            granted=granted,
            text=reason.strip(),
        )
    )
