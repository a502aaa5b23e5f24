"""Reads of classes, each within a reach: the classes of a school that someone may see.

A learner's own rows are read with `own_membership_condition` instead.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from cpd.access.permissions import Actor, Permission, Scope
from cpd.db import Page, find_page
from cpd.organisations.models import Membership, School
from cpd.organisations.queries import ScopeValue, scope_condition, select_current_members
from cpd.schools.cohorts.models import Cohort, CohortInstructor, CohortMember

COHORTS_PER_PAGE = 50
LEARNERS_PER_PAGE = 50


class ReachValue(ScopeValue):
    """The type of the values that say whose classes a query reads: a test looks for it."""


@dataclass(frozen=True)
class Reach:
    """The classes that someone may see: all of a school, or only those that they teach."""

    scope: Scope
    instructor: str | None = None
    """Who must teach a class for it to be in reach, by subject; None for all classes."""

    @property
    def is_whole_school(self) -> bool:
        """Whether all classes of the school are in reach."""
        return self.instructor is None


def build_reach(actor: Actor, scope: Scope) -> Reach:
    """Return the classes of a school that an actor may see."""
    if actor.may(Permission.COHORT_MANAGE, within=scope):
        return Reach(scope)
    return Reach(scope, actor.subject)


def reach_condition(reach: Reach) -> sa.ColumnElement[bool]:
    """Return the condition that selects the rows of `Cohort` in reach.

    Every query about classes, and about what was assigned to them, has one.
    """
    schools = select(School.id).where(scope_condition(reach.scope, School.public_id))
    in_school = Cohort.school_id.in_(schools)
    if reach.instructor is None:
        return sa.and_(in_school, sa.literal("all", ReachValue()) == "all")
    taught = (
        sa.exists()
        .where(
            CohortInstructor.cohort_id == Cohort.id,
            CohortInstructor.subject == sa.literal(reach.instructor, ReachValue()),
            CohortInstructor.until_at.is_(None),
        )
        .correlate(Cohort)  # the query around it may name the instructors, too
    )
    return sa.and_(in_school, taught)


def own_membership_condition(subject: str) -> sa.ColumnElement[bool]:
    """Return the condition that selects a learner's own rows of `Membership`, in any school."""
    return Membership.subject == sa.literal(subject, ReachValue())


def own_class_condition(subject: str) -> sa.ColumnElement[bool]:
    """Return the condition that selects the classes that a learner is or was in."""
    classes = (
        select(CohortMember.cohort_id)
        .join(CohortMember.membership)
        .where(own_membership_condition(subject))
    )
    return Cohort.id.in_(classes)


# Classes


def find_cohorts(
    session: Session, reach: Reach, *, includes_archived: bool = False
) -> Sequence[Cohort]:
    """Return the classes in reach by name, those of several schools one school after another."""
    matching = _select_cohorts(reach)
    if not includes_archived:
        matching = matching.where(Cohort.archived_at.is_(None))
    in_order = matching.order_by(School.name, sa.func.lower(Cohort.name), Cohort.id)
    return session.scalars(in_order).all()


def find_cohorts_page(session: Session, reach: Reach, *, page: int = 1) -> Page[Cohort] | None:
    """Return a page of the classes in reach by name, archived ones last; None past the end."""
    in_order = _select_cohorts(reach).order_by(
        Cohort.archived_at.is_not(None), sa.func.lower(Cohort.name), Cohort.id
    )
    return find_page(session, in_order, number=page, size=COHORTS_PER_PAGE)


def find_cohort(session: Session, reach: Reach, public_id: str) -> Cohort | None:
    """Return one class in reach, even if it is archived."""
    return session.scalar(_select_cohorts(reach).where(Cohort.public_id == public_id))


def find_locked_cohort(session: Session, reach: Reach, public_id: str) -> Cohort | None:
    """Return one class in reach as it is now, locked until the end of the transaction."""
    return session.scalar(
        _select_cohorts(reach)
        .where(Cohort.public_id == public_id)
        .with_for_update(of=Cohort)
        .execution_options(populate_existing=True)
    )


def find_current_cohort_by_name(session: Session, reach: Reach, name: str) -> Cohort | None:
    """Return the class in reach that has exactly this name and is not archived."""
    return session.scalar(
        _select_cohorts(reach).where(Cohort.name == name, Cohort.archived_at.is_(None))
    )


def _select_cohorts(reach: Reach) -> sa.Select[Cohort]:
    return (
        select(Cohort)
        .join(Cohort.school)
        .where(reach_condition(reach))
        .options(contains_eager(Cohort.school))
    )


# People in classes


def present_condition() -> sa.ColumnElement[bool]:
    """Return the condition that somebody is in a class now, and still belongs to the school."""
    return sa.and_(CohortMember.until_at.is_(None), Membership.until_at.is_(None))


def select_learners(reach: Reach) -> sa.Select[Membership]:
    """Select who is in a class in reach now; whoever is in two of them appears twice."""
    return (
        select(Membership)
        .join(CohortMember, CohortMember.membership_id == Membership.id)
        .join(CohortMember.cohort)
        .where(reach_condition(reach), present_condition())
    )


def find_learners_page(
    session: Session, reach: Reach, cohort: Cohort, *, page: int = 1
) -> Page[Membership] | None:
    """Return a page of who is in a class, in the order of joining; None past the end."""
    present = select_learners(reach).where(Cohort.id == cohort.id)
    in_order = present.order_by(CohortMember.since_at, CohortMember.id)
    return find_page(session, in_order, number=page, size=LEARNERS_PER_PAGE)


def find_people_page(session: Session, reach: Reach, *, page: int = 1) -> Page[Membership] | None:
    """Return a page of the members whom a reach covers, in the order of joining the school.

    Those are all members of the school, or who is in a class of the instructor.
    """
    present = select_current_members(reach.scope)
    if not reach.is_whole_school:
        present = present.where(
            Membership.id.in_(select_learners(reach).with_only_columns(Membership.id))
        )
    in_order = present.order_by(Membership.since_at, Membership.id)
    return find_page(session, in_order, number=page, size=LEARNERS_PER_PAGE)


def find_people_outside(
    session: Session, reach: Reach, cohort: Cohort, *, page: int = 1
) -> Page[Membership] | None:
    """Return a page of the members of the school who do not learn in a class; None past the end."""
    inside = select_learners(reach).where(Cohort.id == cohort.id)
    outside = (
        select_current_members(reach.scope)
        .where(Membership.id.not_in(inside.with_only_columns(Membership.id)))
        .order_by(Membership.since_at.desc(), Membership.id.desc())
    )
    return find_page(session, outside, number=page, size=LEARNERS_PER_PAGE)


def find_current_members(
    session: Session, reach: Reach, public_ids: Collection[str]
) -> Sequence[Membership]:
    """Return members of the school by the public ids of their memberships; others are left out."""
    named = select_current_members(reach.scope).where(Membership.public_id.in_(public_ids))
    return session.scalars(named.order_by(Membership.id)).all()


def find_learner(session: Session, reach: Reach, public_id: str) -> Membership | None:
    """Return someone who is in a class in reach, or whom a whole school reaches, by membership.

    Whoever left is found too, because the school keeps what was done for it.
    """
    memberships = (
        select(Membership)
        .join(Membership.school)
        .options(contains_eager(Membership.school))
        .where(Membership.public_id == public_id, scope_condition(reach.scope, School.public_id))
    )
    if not reach.is_whole_school:
        taught = (
            select(CohortMember.membership_id)
            .join(CohortMember.cohort)
            .where(reach_condition(reach))
        )
        memberships = memberships.where(Membership.id.in_(taught))
    return session.scalar(memberships)


def find_cohorts_of_learner(
    session: Session, reach: Reach, membership: Membership
) -> Sequence[Cohort]:
    """Return the classes in reach that a member is in now, by name."""
    theirs = (
        select(CohortMember.cohort_id)
        .join(CohortMember.membership)
        .where(CohortMember.membership_id == membership.id, present_condition())
    )
    matching = _select_cohorts(reach).where(Cohort.id.in_(theirs))
    return session.scalars(matching.order_by(sa.func.lower(Cohort.name), Cohort.id)).all()


def count_learners_by_cohort(session: Session, reach: Reach) -> Mapping[int, int]:
    """Return how many people are in each class in reach, by id; empty ones are absent."""
    counted = (
        select_learners(reach).with_only_columns(Cohort.id, sa.func.count()).group_by(Cohort.id)
    )
    return {row[0]: row[1] for row in session.execute(counted)}


def find_instructors(session: Session, reach: Reach, cohort: Cohort) -> Sequence[str]:
    """Return who teaches a class now, by subject, in the order of beginning."""
    teaching = (
        select(CohortInstructor.subject)
        .join(Cohort, Cohort.id == CohortInstructor.cohort_id)
        .where(
            reach_condition(reach),
            Cohort.id == cohort.id,
            CohortInstructor.until_at.is_(None),
        )
    )
    in_order = teaching.order_by(CohortInstructor.since_at, CohortInstructor.id)
    return session.scalars(in_order).all()
