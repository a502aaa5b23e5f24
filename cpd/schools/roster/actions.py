"""Changes to the list of a school: doing what a pasted list says, and inviting; each is audited."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor, Scope
from cpd.db import insert_if_absent
from cpd.organisations import queries as organisations
from cpd.organisations.models import Membership, School
from cpd.organisations.queries import scope_condition
from cpd.schools.cohorts.queries import Reach, find_locked_cohort
from cpd.schools.files.rules.layouts import PersonField
from cpd.schools.files.rules.people import PeopleRead
from cpd.schools.roster import queries
from cpd.schools.roster.applying import ListChange, apply_plan
from cpd.schools.roster.entries import enqueue_invitations, remove_entry
from cpd.schools.roster.models import RosterEntry, RosterLayout
from cpd.schools.roster.rules.inviting import may_invite_again, most_invited_in_a_day
from cpd.schools.roster.rules.planning import Plan, plan_update

_DAY = timedelta(days=1)


class RosterRefusal(StrEnum):
    """Why a list was not taken, or nobody invited."""

    ARCHIVED = "archived"
    CHANGED = "changed"
    CLOSED = "closed"
    FULL = "full"
    OUT_OF_REACH = "out_of_reach"
    TOO_MANY = "too_many"
    TOO_SOON = "too_soon"


@dataclass(frozen=True)
class ReadList:
    """A list as a person confirmed it, and what they ticked beside it."""

    people: PeopleRead
    digest: str
    """Of the plan that the person was shown."""
    titles_digest: str = ""
    columns: Mapping[PersonField, int] | None = None
    paired: Mapping[int, str] | None = None
    leaving: frozenset[str] = frozenset()
    """Who is missing from the list and is to leave the class, by key."""
    leaving_others: frozenset[str] = frozenset()
    """Who enters the class and is to leave their other classes, by key."""


def update_class_list(
    session: Session, reach: Reach, public_id: str, given: ReadList, *, actor: Actor, now: datetime
) -> Plan | RosterRefusal:
    """Do exactly what a person was shown, or nothing.

    The school is locked before the class, as by whoever joins it, so that neither waits forever.
    """
    school = lock_school(session, reach.scope)
    cohort = find_locked_cohort(session, reach, public_id)
    if cohort is None:
        return RosterRefusal.OUT_OF_REACH
    if cohort.archived_at is not None:
        return RosterRefusal.ARCHIVED
    _remove_entries_of_former_members(session, school, now=now)
    plan = plan_update(given.people, queries.find_known(session, reach, cohort), given.paired)
    refusal = _find_refusal(session, school, plan, given, now=now)
    if refusal is not None:
        return refusal
    apply_plan(
        ListChange(session, reach, cohort, actor, now),
        plan,
        leaving=given.leaving,
        leaving_others=given.leaving_others,
    )
    if given.titles_digest and given.columns is not None:
        _remember_columns(session, school, given.titles_digest, given.columns)
    return plan


def _find_refusal(
    session: Session, school: School, plan: Plan, given: ReadList, *, now: datetime
) -> RosterRefusal | None:
    if plan.digest != given.digest:
        return RosterRefusal.CHANGED
    if not given.leaving_others <= {step.known.key for step in plan.moved if step.known}:
        return RosterRefusal.OUT_OF_REACH
    if not given.leaving <= {known.key for known in plan.missing}:
        return RosterRefusal.OUT_OF_REACH
    if not (plan.new or plan.readdressed):
        return None
    return _find_refusal_of_invitations(session, school, plan, now=now)


def _find_refusal_of_invitations(
    session: Session, school: School, plan: Plan, *, now: datetime
) -> RosterRefusal | None:
    if school.closed_at is not None:
        return RosterRefusal.CLOSED
    free = count_free_seats(session, school)
    if free is not None and len(plan.new) > free:
        return RosterRefusal.FULL
    most, count = most_invited_in_a_day(school.seats), len(plan.new) + len(plan.readdressed)
    if most is not None and _count_invited_since(session, school, now - _DAY) + count > most:
        return RosterRefusal.TOO_MANY
    return None


def count_free_seats(session: Session, school: School) -> int | None:
    """Return how many more people can be invited; None for any number."""
    if school.seats is None:
        return None
    taken = organisations.count_members_by_school(session, school.scope).get(school.id, 0)
    return max(0, school.seats - taken - queries.count_reserved_seats(session, school.scope))


def _count_invited_since(session: Session, school: School, since: datetime) -> int:
    """Count the people added since then, and all invitations of whoever was invited again.

    Each new address of the same person counts: otherwise a list could be sent to strangers by
    changing the addresses on it over and over.
    """
    times = sa.case((RosterEntry.times_invited > 0, RosterEntry.times_invited), else_=1)
    invited = (
        select(sa.func.sum(times))
        .join(RosterEntry.school)
        .where(
            scope_condition(school.scope, School.public_id),
            sa.or_(RosterEntry.added_at > since, RosterEntry.invited_at > since),
        )
    )
    return session.scalar(invited) or 0


def lock_school(session: Session, scope: Scope) -> School:
    """Return the school of a scope as it is now, locked until the end of the transaction."""
    return session.scalars(
        organisations.select_school(scope)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _remove_entries_of_former_members(session: Session, school: School, *, now: datetime) -> None:
    """Take off the list who has left the school in the meantime; a new entry would collide."""
    gone = select(Membership.id).where(
        Membership.school_id == school.id, Membership.until_at.is_not(None)
    )
    session.execute(
        sa.update(RosterEntry)
        .where(RosterEntry.removed_at.is_(None), RosterEntry.membership_id.in_(gone))
        .values(removed_at=now, name="", email="")
    )


def _remember_columns(
    session: Session, school: School, titles_digest: str, columns: Mapping[PersonField, int]
) -> None:
    stored = {field.value: column for field, column in columns.items()}
    row = {"school_id": school.id, "titles_digest": titles_digest, "columns": stored}
    insert_if_absent(session, RosterLayout, [row], by=["school_id", "titles_digest"])
    session.execute(
        sa.update(RosterLayout)
        .where(RosterLayout.school_id == school.id, RosterLayout.titles_digest == titles_digest)
        .values(columns=stored)
    )


# Invitations


def invite_again(
    session: Session, scope: Scope, public_id: str, *, actor: Actor, now: datetime
) -> RosterRefusal | None:
    """Send somebody another email with the same invitation, but not too often."""
    lock_school(session, scope)
    entry = queries.find_invitation(session, scope, public_id)
    if entry is None:
        return RosterRefusal.OUT_OF_REACH
    if not may_invite_again(entry.times_invited, entry.invited_at, now=now):
        return RosterRefusal.TOO_SOON
    entry.bounced_at = entry.declined_at = None
    enqueue_invitations(session, [entry], now=now)
    audit.add_audit_entry(session, actor, "schools:invitation:repeat", now=now, to=public_id)
    return None


def withdraw_invitation(
    session: Session, scope: Scope, public_id: str, *, actor: Actor, now: datetime
) -> RosterRefusal | None:
    """Take somebody off the list who has not joined; their name and address are erased."""
    lock_school(session, scope)
    entry = queries.find_invitation(session, scope, public_id)
    if entry is None:
        return RosterRefusal.OUT_OF_REACH
    remove_entry(session, entry, now=now)
    audit.add_audit_entry(session, actor, "schools:invitation:withdraw", now=now, to=public_id)
    return None
