"""Who learns in a class and who teaches it, with the role that teaching needs."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from cpd.access.permissions import Actor, Role
from cpd.accounts.people import actions as people
from cpd.accounts.people.actions import Grant
from cpd.accounts.queries import find_person_id_by_subject
from cpd.organisations.models import Membership
from cpd.schools.cohorts import actions
from cpd.schools.cohorts.actions import CohortRefusal
from cpd.schools.cohorts.queries import Reach, find_cohorts, find_current_members
from cpd.schools.roster.actions import lock_school


def add_learners(
    session: Session,
    reach: Reach,
    cohort_id: str,
    membership_ids: Sequence[str],
    *,
    actor: Actor,
    now: datetime,
) -> CohortRefusal | None:
    """Put members into a class; nobody is, unless all of them are members."""

    def add(member: Membership) -> CohortRefusal | None:
        return actions.add_learner(session, reach, cohort_id, member.subject, actor=actor, now=now)

    return _run_for_members(session, reach, membership_ids, add)


def add_instructors(
    session: Session,
    reach: Reach,
    cohort_id: str,
    membership_ids: Sequence[str],
    *,
    actor: Actor,
    now: datetime,
) -> CohortRefusal | None:
    """Let members teach a class, and give them the role that lets them see it."""

    def add(member: Membership) -> CohortRefusal | None:
        person_id = find_person_id_by_subject(session, member.subject)
        if person_id is None:
            return CohortRefusal.NOT_A_MEMBER
        lock_school(session, reach.scope)
        refusal = actions.add_instructor(
            session, reach, cohort_id, member.subject, actor=actor, now=now
        )
        if refusal is None:
            grant = Grant(Role.INSTRUCTOR, reach.scope)
            people.grant_role(session, person_id, grant, actor=actor, now=now)
        return refusal

    return _run_for_members(session, reach, membership_ids, add)


def remove_instructor(
    session: Session, reach: Reach, cohort_id: str, subject: str, *, actor: Actor, now: datetime
) -> CohortRefusal | None:
    """Let somebody no longer teach a class; with the last class of the school, the role ends."""
    lock_school(session, reach.scope)
    refusal = actions.remove_instructor(session, reach, cohort_id, subject, actor=actor, now=now)
    taught = find_cohorts(session, Reach(reach.scope, subject), includes_archived=True)
    person_id = find_person_id_by_subject(session, subject)
    if refusal is None and not taught and person_id is not None:
        people.remove_role(session, person_id, Role.INSTRUCTOR, reach.scope, actor=actor, now=now)
    return refusal


def _run_for_members(
    session: Session,
    reach: Reach,
    membership_ids: Sequence[str],
    run: Callable[[Membership], CohortRefusal | None],
) -> CohortRefusal | None:
    members = find_current_members(session, reach, membership_ids)
    if len(members) != len(membership_ids):
        return CohortRefusal.NOT_A_MEMBER
    refusals = (run(member) for member in members)
    return next((refusal for refusal in refusals if refusal is not None), None)
