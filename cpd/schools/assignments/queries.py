"""Reads of assignments: within a reach for those who teach, and a learner's own ones."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, raiseload

from cpd.access.permissions import Actor
from cpd.courses.models import CourseRow, Document, Enrolment, EnrolmentState, Visibility
from cpd.courses.queries import select_newest_revisions
from cpd.db import Page, find_page
from cpd.organisations.models import Membership
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.grading.models import Result
from cpd.quizzes.rules.attempts import AttemptState
from cpd.schools.assignments.models import Assignment
from cpd.schools.assignments.rules.terms import Purpose
from cpd.schools.cohorts.models import Cohort, CohortMember
from cpd.schools.cohorts.queries import (
    Reach,
    own_class_condition,
    own_membership_condition,
    present_condition,
    reach_condition,
    select_learners,
)

ASSIGNMENTS_PER_PAGE = 30


# For those who teach


def find_assignments_page(
    session: Session, reach: Reach, *, cohort: Cohort | None = None, page: int = 1
) -> Page[Assignment] | None:
    """Return a page of the assignments in reach, the last due first; None past the end."""
    matching = _select_assignments(reach)
    if cohort is not None:
        matching = matching.where(Cohort.id == cohort.id)
    in_order = matching.order_by(Assignment.due_at.desc(), Assignment.id.desc())
    return find_page(session, in_order, number=page, size=ASSIGNMENTS_PER_PAGE)


def find_current_assignments(session: Session, reach: Reach) -> Sequence[Assignment]:
    """Return what is assigned to classes that are not archived, the first due first."""
    current = _select_assignments(reach).where(
        Cohort.archived_at.is_(None), Assignment.canceled_at.is_(None)
    )
    return session.scalars(current.order_by(Assignment.due_at, Assignment.id)).all()


def find_recent_assignments(
    session: Session, reach: Reach, *, since: datetime, limit: int
) -> Sequence[Assignment]:
    """Return what was due since then, and what will be, in current classes, in order."""
    recent = _select_assignments(reach).where(
        Cohort.archived_at.is_(None), Assignment.canceled_at.is_(None), Assignment.due_at >= since
    )
    in_order = recent.order_by(Assignment.due_at, Assignment.id).limit(limit)
    return session.scalars(in_order).all()


def find_assignments_of_learner(
    session: Session, reach: Reach, membership: Membership
) -> Sequence[Assignment]:
    """Return what is assigned now to a member in the classes in reach, the first due first."""
    theirs = (
        select(CohortMember.cohort_id)
        .join(CohortMember.membership)
        .where(CohortMember.membership_id == membership.id, present_condition())
    )
    current = _select_assignments(reach).where(
        Cohort.id.in_(theirs), Cohort.archived_at.is_(None), Assignment.canceled_at.is_(None)
    )
    return session.scalars(current.order_by(Assignment.due_at, Assignment.id)).all()


def find_assignment(session: Session, reach: Reach, public_id: str) -> Assignment | None:
    """Return one assignment in reach, even if it was canceled."""
    return session.scalar(_select_assignments(reach).where(Assignment.public_id == public_id))


def find_locked_assignment(session: Session, reach: Reach, public_id: str) -> Assignment | None:
    """Return one assignment in reach as it is now, locked until the end of the transaction."""
    return session.scalar(
        _select_assignments(reach)
        .where(Assignment.public_id == public_id)
        .with_for_update(of=Assignment)
        .execution_options(populate_existing=True)
    )


def _select_assignments(reach: Reach) -> sa.Select[Assignment]:
    return _select_with_cohort().where(reach_condition(reach))


def _select_with_cohort() -> sa.Select[Assignment]:
    return (
        select(Assignment)
        .join(Assignment.cohort)
        .join(Cohort.school)
        .options(contains_eager(Assignment.cohort).contains_eager(Cohort.school))
    )


@dataclass(frozen=True)
class AssignedLearner:
    """Someone to whom something is assigned, and their enrollment if they have begun.

    It is read without its course and version, which one row for each learner would repeat.
    """

    membership: Membership
    enrolment: Enrolment | None


def find_learners_of_assignment(
    session: Session, reach: Reach, assignment: Assignment
) -> Sequence[AssignedLearner]:
    """Return who is in the class of an assignment now, in the order of joining the school."""
    present = _select_assigned_learners(reach, assignment)
    rows = session.execute(present.order_by(Membership.since_at, Membership.id))
    return [AssignedLearner(membership, enrolment) for membership, enrolment in rows.unique()]


def find_learner_of_assignment(
    session: Session, reach: Reach, assignment: Assignment, membership_id: str
) -> AssignedLearner | None:
    """Return one of them by the public id of the membership; None for somebody else."""
    one = _select_assigned_learners(reach, assignment).where(Membership.public_id == membership_id)
    row = session.execute(one).unique().one_or_none()
    return None if row is None else AssignedLearner(row[0], row[1])


def _select_assigned_learners(
    reach: Reach, assignment: Assignment
) -> sa.Select[Membership, Enrolment]:
    begun = sa.and_(
        Enrolment.subject == Membership.subject,
        Enrolment.course_id == assignment.course_id,
        Enrolment.context == assignment.public_id,
        Enrolment.state != EnrolmentState.ENDED,
    )
    return (
        select_learners(reach)
        .where(Cohort.id == assignment.cohort_id)
        .outerjoin(Enrolment, begun)
        .add_columns(Enrolment)
        .options(raiseload(Enrolment.course), raiseload(Enrolment.course_revision))
    )


def has_passed_condition() -> sa.ColumnElement[bool]:
    """Return the condition that an attempt under the enrollment of a row is a pass."""
    return sa.exists().where(
        Attempt.enrolment_id == Enrolment.id,
        Attempt.state == AttemptState.GRADED,
        Result.attempt_id == Attempt.id,
        Result.passed,
    )


def is_done_condition() -> sa.ColumnElement[bool]:
    """Return the condition that a learner has done what was assigned: passed, or begun practice."""
    return sa.case(
        (Assignment.purpose == Purpose.PRACTICE, Enrolment.id.is_not(None)),
        else_=has_passed_condition(),
    )


def find_course_titles(session: Session, course_ids: Collection[int]) -> Mapping[int, str]:
    """Return the title of the newest version of each course, by its id."""
    newest = select_newest_revisions().where(CourseRow.id.in_(course_ids))
    return {
        revision.document.course_id: revision.title for revision in session.scalars(newest).all()
    }


@dataclass(frozen=True)
class AssignableCourse:
    """A course that a school may assign, by its name in URLs and its title."""

    slug: str
    title: str


def find_assignable_courses(session: Session, reach: Reach) -> Mapping[int, AssignableCourse]:
    """Return the courses that a school may assign, by id: listed ones, and its own."""
    may_assign = sa.or_(
        CourseRow.visibility == Visibility.LISTED, CourseRow.owner.in_(sorted(reach.scope.ids))
    )
    newest = select_newest_revisions().where(may_assign).order_by(Document.slug)
    return {
        revision.document.course_id: AssignableCourse(revision.document.slug, revision.title)
        for revision in session.scalars(newest).all()
    }


# For learners


def find_own_assignment(session: Session, actor: Actor, public_id: str) -> Assignment | None:
    """Return what is assigned to the actor, who is in its class now; canceled ones are not."""
    return session.scalar(_select_own_assignments(actor).where(Assignment.public_id == public_id))


def find_own_assignments(session: Session, actor: Actor) -> Sequence[Assignment]:
    """Return everything that is assigned to the actor now, the first due first."""
    in_order = _select_own_assignments(actor).order_by(Assignment.due_at, Assignment.id)
    return session.scalars(in_order).all()


def find_own_assignment_ever(session: Session, subject: str, public_id: str) -> Assignment | None:
    """Return what is or was assigned to a learner, even if it was canceled or they left."""
    return session.scalar(
        _select_with_cohort().where(Assignment.public_id == public_id, own_class_condition(subject))
    )


def _select_own_assignments(actor: Actor) -> sa.Select[Assignment]:
    own_classes = (
        select(CohortMember.cohort_id)
        .join(CohortMember.membership)
        .where(own_membership_condition(actor.subject), present_condition())
    )
    return _select_with_cohort().where(
        Cohort.id.in_(own_classes),
        Cohort.archived_at.is_(None),
        Assignment.canceled_at.is_(None),
    )
