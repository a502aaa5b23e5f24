"""Joining a school by invitation or code, and leaving one; each is audited."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import delete
from sqlalchemy.orm import Session, contains_eager

from cpd.access import audit
from cpd.access.permissions import SCHOOL_ROLES, Actor, Role, Scope
from cpd.accounts.people import actions as people
from cpd.accounts.queries import find_contacts_by_subject, find_person_id_by_subject
from cpd.db import compare_and_set
from cpd.organisations import actions as organisations
from cpd.organisations.actions import Refusal
from cpd.organisations.models import Membership, School
from cpd.schools.cohorts import actions as cohorts
from cpd.schools.cohorts.actions import CohortRefusal
from cpd.schools.cohorts.models import Cohort
from cpd.schools.cohorts.queries import Reach, find_cohorts, find_locked_cohort
from cpd.schools.joining import queries
from cpd.schools.joining.models import JoinCode
from cpd.schools.joining.rules.join_codes import make_join_code
from cpd.schools.roster import queries as roster
from cpd.schools.roster.actions import lock_school
from cpd.schools.roster.entries import remove_entry
from cpd.schools.roster.models import RosterEntry, RosterPlace


class JoinRefusal(StrEnum):
    """Why somebody did not join."""

    CLOSED = "closed"
    FULL = "full"
    LEFT = "left"
    """They have left the school since the code was made, or were removed from it."""
    OVER = "over"
    """The invitation or code works no longer."""


# Codes


def make_code(
    session: Session,
    reach: Reach,
    cohort_id: str,
    *,
    seats: int,
    lasts: timedelta,
    actor: Actor,
    now: datetime,
) -> JoinCode | CohortRefusal:
    """Make a code with which people join a class."""
    cohort = find_locked_cohort(session, reach, cohort_id)
    if cohort is None:
        return CohortRefusal.OUT_OF_REACH
    if cohort.archived_at is not None:
        return CohortRefusal.ARCHIVED
    if cohort.school.closed_at is not None:
        return CohortRefusal.SCHOOL_CLOSED
    code = JoinCode(
        cohort_id=cohort.id,
        code=make_join_code(),
        seats=seats,
        expires_at=now + lasts,
        made_by=actor.subject,
        made_at=now,
        cohort=cohort,
    )
    session.add(code)
    session.flush()
    audit.add_audit_entry(
        session, actor, "schools:code:make", now=now, to=code.public_id, seats=seats
    )
    return code


def end_code(session: Session, code: JoinCode, *, actor: Actor, now: datetime) -> None:
    """Let nobody else join with a code; idempotent."""
    ending = (
        sa.update(JoinCode)
        .where(JoinCode.id == code.id, JoinCode.ended_at.is_(None))
        .values(ended_at=now)
    )
    if compare_and_set(session, ending):
        audit.add_audit_entry(session, actor, "schools:code:end", now=now, to=code.public_id)


# Joining


def join_by_code(
    session: Session, typed: str, *, actor: Actor, now: datetime
) -> Cohort | JoinRefusal:
    """Let the actor join the class of a code; whoever is in it already uses up no seat."""
    code = queries.find_working_code(session, typed, now=now)
    if code is None:
        return JoinRefusal.OVER
    lock_school(session, code.cohort.school.scope)
    code = queries.find_working_code(session, typed, now=now)
    if code is None:
        return JoinRefusal.OVER
    cohort, scope = code.cohort, code.cohort.school.scope
    if roster.is_in_class(session, Reach(scope), cohort, actor.subject):
        return cohort
    if queries.has_left_since(session, scope, actor.subject, code.made_at):
        return JoinRefusal.LEFT
    refusal = _join(session, cohort.school, [cohort], actor=actor, now=now)
    if refusal is None:
        code.used_count += 1
        _pair_with_invitation(session, scope, actor=actor, now=now)
    return refusal or cohort


def accept_invitation(
    session: Session, token: str, *, actor: Actor, now: datetime
) -> School | JoinRefusal:
    """Let the actor join the school that invited them, and enter their classes."""
    entry = queries.find_invitation_by_token(session, token, now=now)
    if entry is None:
        return JoinRefusal.OVER
    lock_school(session, entry.school.scope)
    entry = queries.find_invitation_by_token(session, token, now=now)
    if entry is None:
        return JoinRefusal.OVER
    school = entry.school
    classes = roster.find_classes_to_enter(session, school.scope, entry)
    refusal = _join(session, school, classes, actor=actor, now=now)
    if refusal is None:
        _give_entry_to(session, entry, actor.subject, now=now)
    return refusal or school


def decline_invitation(session: Session, token: str, *, now: datetime) -> bool:
    """Write down that somebody does not want to join; tell whether the link works."""
    entry = queries.find_invitation_by_token(session, token, now=now)
    if entry is not None:
        entry.declined_at = now
    return entry is not None


def record_opening(session: Session, token: str, *, now: datetime) -> None:
    """Write down that the link of an invitation was opened, once."""
    entry = queries.find_invitation_by_token(session, token, now=now)
    if entry is not None and entry.opened_at is None:
        entry.opened_at = now


def _join(
    session: Session, school: School, classes: Sequence[Cohort], *, actor: Actor, now: datetime
) -> JoinRefusal | None:
    refusal = organisations.join_school(session, school.scope, actor.subject, actor=actor, now=now)
    if refusal is not None:
        return JoinRefusal.CLOSED if refusal is Refusal.CLOSED else JoinRefusal.FULL
    session.flush()
    for cohort in classes:
        cohorts.add_learner(
            session, Reach(school.scope), cohort.public_id, actor.subject, actor=actor, now=now
        )
    return None


def _pair_with_invitation(session: Session, scope: Scope, *, actor: Actor, now: datetime) -> None:
    """Let an open invitation to the address of the account be answered by joining with a code."""
    contact = find_contacts_by_subject(session, [actor.subject]).get(actor.subject)
    entry = contact and session.scalar(
        roster.select_open_invitations(scope)
        .where(RosterEntry.email == contact.email)
        .options(contains_eager(RosterEntry.school))
    )
    if entry:
        for cohort in roster.find_classes_to_enter(session, scope, entry):
            cohorts.add_learner(
                session, Reach(scope), cohort.public_id, actor.subject, actor=actor, now=now
            )
        _give_entry_to(session, entry, actor.subject, now=now)


def _give_entry_to(session: Session, entry: RosterEntry, subject: str, *, now: datetime) -> None:
    """Connect an entry with who has joined, unless another entry is about them already."""
    session.execute(delete(RosterPlace).where(RosterPlace.entry_id == entry.id))
    member = queries.find_own_membership(session, entry.school.scope, subject)
    if member is not None and not roster.is_listed(session, entry.school.scope, member):
        entry.membership_id = member.id
    else:
        remove_entry(session, entry, now=now)
    session.flush()


# Leaving


def leave(session: Session, member: Membership, *, actor: Actor, now: datetime) -> None:
    """End somebody's membership: access, roles in the school and emails end, the record stays.

    Whoever taught a class no longer does, so that no class comes back with a role given later.
    """
    scope = member.school.scope
    lock_school(session, scope)
    _end_teaching(session, scope, member.subject, actor=actor, now=now)
    for role in sorted(SCHOOL_ROLES):
        _end_role(session, scope, member.subject, role, actor=actor, now=now)
    organisations.leave_school(session, scope, member.subject, actor=actor, now=now)
    session.execute(
        sa.update(RosterEntry)
        .where(RosterEntry.membership_id == member.id, RosterEntry.removed_at.is_(None))
        .values(removed_at=now, name="", email="")
    )


class EndRoleRefusal(StrEnum):
    """Why a role did not end."""

    NOT_HELD = "not_held"
    OWN = "own"


def end_role(
    session: Session, scope: Scope, subject: str, role: Role, *, actor: Actor, now: datetime
) -> EndRoleRefusal | None:
    """End somebody else's role in a school, even if they do not belong to it."""
    if subject == actor.subject:
        return EndRoleRefusal.OWN
    lock_school(session, scope)
    person_id = find_person_id_by_subject(session, subject)
    if person_id is None or not queries.has_role(session, scope, person_id, role):
        return EndRoleRefusal.NOT_HELD
    _end_role(session, scope, subject, role, actor=actor, now=now)
    return None


def _end_role(
    session: Session, scope: Scope, subject: str, role: Role, *, actor: Actor, now: datetime
) -> None:
    """End a role; whoever no longer is an instructor teaches none of the classes."""
    if role is Role.INSTRUCTOR:
        _end_teaching(session, scope, subject, actor=actor, now=now)
    person_id = find_person_id_by_subject(session, subject)
    if person_id is not None:
        people.remove_role(session, person_id, role, scope, actor=actor, now=now)


def _end_teaching(
    session: Session, scope: Scope, subject: str, *, actor: Actor, now: datetime
) -> None:
    for cohort in find_cohorts(session, Reach(scope, subject), includes_archived=True):
        cohorts.remove_instructor(
            session, Reach(scope), cohort.public_id, subject, actor=actor, now=now
        )
