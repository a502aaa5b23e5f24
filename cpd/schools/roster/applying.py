"""Doing what a pasted list says; `actions` has checked that it may be done."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.db import insert_if_absent
from cpd.organisations import queries as organisations
from cpd.organisations.models import Membership
from cpd.schools.cohorts import actions as cohorts
from cpd.schools.cohorts.models import Cohort
from cpd.schools.cohorts.queries import Reach, find_cohorts_of_learner
from cpd.schools.files.rules.people import Person
from cpd.schools.roster import queries
from cpd.schools.roster.entries import enqueue_invitations, remove_entry
from cpd.schools.roster.models import RosterEntry, RosterPlace
from cpd.schools.roster.rules.planning import Plan, Step


@dataclass(frozen=True)
class ListChange:
    """The class that a list is about, and who changes it when."""

    session: Session
    reach: Reach
    cohort: Cohort
    actor: Actor
    now: datetime


def apply_plan(
    change: ListChange, plan: Plan, *, leaving: Collection[str], leaving_others: Collection[str]
) -> None:
    """Do what a plan says, and let those leave who were ticked."""
    entries = _find_entries(change, plan)
    members = _find_members(change, plan, entries)
    _add_new_entries(change, [step.person for step in plan.new])
    _add_linked_entries(change, [step for step in plan.steps if step.is_linked], members)
    for step in plan.changed:
        _change_entry(change, step, entries)
    for step in plan.moved:
        _enter_class(change, step, entries, members, leaves_others=leaving_others)
    for key in leaving:
        _leave_class(change, key, entries, members)
    audit.add_audit_entry(
        change.session,
        change.actor,
        "schools:roster:update",
        now=change.now,
        to=change.cohort.public_id,
        new=len(plan.new),
        changed=len(plan.changed),
        moved=len(plan.moved),
        left=len(leaving),
    )


def _find_entries(change: ListChange, plan: Plan) -> dict[str, RosterEntry]:
    """Return the entries of whoever is named or missing, by key."""
    keys = {step.known.key for step in plan.steps if step.known is not None}
    keys |= {known.key for known in plan.missing}
    if not keys:
        return {}
    entries = change.session.scalars(queries.select_entries(change.reach.scope)).all()
    return {entry.public_id: entry for entry in entries if entry.public_id in keys}


def _find_members(
    change: ListChange, plan: Plan, entries: Mapping[str, RosterEntry]
) -> dict[str, Membership]:
    """Return the memberships of whoever is named or missing, by key."""
    if not any(step.known for step in plan.steps) and not plan.missing:
        return {}
    present = organisations.select_current_members(change.reach.scope)
    by_id = {member.id: member for member in change.session.scalars(present)}
    found = {member.public_id: member for member in by_id.values()}
    for key, entry in entries.items():
        if entry.membership_id in by_id:
            found[key] = by_id[entry.membership_id]
    return found


def _add_new_entries(change: ListChange, people: Sequence[Person]) -> None:
    school_id = change.cohort.school_id
    added = [
        RosterEntry(
            school_id=school_id,
            number=person.number,
            name=person.name,
            email=person.email,
            added_by=change.actor.subject,
            added_at=change.now,
        )
        for person in people
    ]
    change.session.add_all(added)
    enqueue_invitations(change.session, added, now=change.now)
    places = [{"entry_id": entry.id, "cohort_id": change.cohort.id} for entry in added]
    insert_if_absent(change.session, RosterPlace, places, by=["entry_id", "cohort_id"])


def _add_linked_entries(
    change: ListChange, steps: Sequence[Step], members: Mapping[str, Membership]
) -> None:
    for step in steps:
        if step.known is not None:
            change.session.add(
                RosterEntry(
                    school_id=change.cohort.school_id,
                    number=step.person.number,
                    name=step.person.whole_name or step.known.name,
                    email=step.person.email or step.known.email,
                    membership_id=members[step.known.key].id,
                    added_by=change.actor.subject,
                    added_at=change.now,
                )
            )
    change.session.flush()


def _change_entry(change: ListChange, step: Step, entries: Mapping[str, RosterEntry]) -> None:
    """Write down what the list says now; somebody who has not joined is invited at the address."""
    if step.known is None:
        return
    entry = entries[step.known.key]
    for field, value in step.changes.items():
        setattr(entry, field.value, value)
    change.session.flush()
    if step.is_readdressed:
        entry.bounced_at = entry.sent_at = entry.opened_at = entry.declined_at = None
        enqueue_invitations(change.session, [entry], now=change.now)


def _enter_class(
    change: ListChange,
    step: Step,
    entries: Mapping[str, RosterEntry],
    members: Mapping[str, Membership],
    *,
    leaves_others: Collection[str],
) -> None:
    if step.known is None:
        return
    key, session, cohort = step.known.key, change.session, change.cohort
    if key in members:
        if key in leaves_others:
            for other in find_cohorts_of_learner(session, change.reach, members[key]):
                _remove_learner(change, other.public_id, members[key])
        cohorts.add_learner(
            session, change.reach, cohort.public_id, members[key].subject,
            actor=change.actor, now=change.now,
        )  # fmt: skip
        return
    entry = entries[key]
    if key in leaves_others:
        session.execute(delete(RosterPlace).where(RosterPlace.entry_id == entry.id))
    place = {"entry_id": entry.id, "cohort_id": cohort.id}
    insert_if_absent(session, RosterPlace, [place], by=["entry_id", "cohort_id"])


def _leave_class(
    change: ListChange,
    key: str,
    entries: Mapping[str, RosterEntry],
    members: Mapping[str, Membership],
) -> None:
    if key in members:
        _remove_learner(change, change.cohort.public_id, members[key])
        return
    entry, session = entries[key], change.session
    session.execute(
        delete(RosterPlace).where(
            RosterPlace.entry_id == entry.id, RosterPlace.cohort_id == change.cohort.id
        )
    )
    if not queries.find_classes_to_enter(session, change.reach.scope, entry):
        remove_entry(session, entry, now=change.now)


def _remove_learner(change: ListChange, cohort_id: str, member: Membership) -> None:
    cohorts.remove_learner(
        change.session, change.reach, cohort_id, member.subject, actor=change.actor, now=change.now
    )
