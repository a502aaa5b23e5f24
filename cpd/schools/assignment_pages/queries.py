"""Reads of how far classes are with what is assigned to them: counts, and who is late."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.courses.models import Enrolment, EnrolmentState
from cpd.organisations.models import Membership
from cpd.schools.accommodations.models import Extension
from cpd.schools.accommodations.queries import is_excused_condition
from cpd.schools.assignments.models import Assignment
from cpd.schools.assignments.queries import has_passed_condition, is_done_condition
from cpd.schools.cohorts.models import Cohort
from cpd.schools.cohorts.queries import Reach, select_learners


@dataclass(frozen=True)
class LearnerCounts:
    """How many people an assignment is for, have begun it, and have passed its exam."""

    total: int = 0
    begun: int = 0
    passed: int = 0


def count_learners_by_assignment(
    session: Session, reach: Reach, assignments: Collection[Assignment]
) -> Mapping[int, LearnerCounts]:
    """Return how far the classes are with assignments, by their ids; empty classes are absent."""
    counted = (
        _join_begun(select_learners(reach))
        .where(Assignment.id.in_([assignment.id for assignment in assignments]))
        .with_only_columns(
            Assignment.id,
            sa.func.count(),
            sa.func.count(Enrolment.id),
            sa.func.sum(sa.case((has_passed_condition(), 1), else_=0)),
        )
        .group_by(Assignment.id)
    )
    return {row[0]: LearnerCounts(*row[1:]) for row in session.execute(counted)}


def _join_begun(learners: sa.Select[Membership]) -> sa.Select[Membership]:
    """Join what is assigned to learners, and their enrollment in it if they have begun."""
    begun = sa.and_(
        Enrolment.subject == Membership.subject,
        Enrolment.course_id == Assignment.course_id,
        Enrolment.context == Assignment.public_id,
        Enrolment.state != EnrolmentState.ENDED,
    )
    return learners.join(Assignment, Assignment.cohort_id == Cohort.id).outerjoin(Enrolment, begun)


@dataclass(frozen=True)
class LateLearner:
    """Someone who has not done what was due."""

    assignment_id: int
    membership: Membership
    has_begun: bool


def find_late_learners(
    session: Session,
    reach: Reach,
    assignments: Collection[Assignment],
    *,
    now: datetime,
    limit: int,
) -> Sequence[LateLearner]:
    """Return who has not passed what was due, or not begun it where there is no exam.

    Whoever is excused, or was granted a later date that has not come, is left out.
    """
    granted_later = sa.exists().where(
        Extension.assignment_id == Assignment.id,
        Extension.subject == Membership.subject,
        Extension.ended_at.is_(None),
        Extension.until_at >= now,
    )
    late = (
        _join_begun(select_learners(reach))
        .where(
            Assignment.id.in_([assignment.id for assignment in assignments]),
            Assignment.due_at < now,
            sa.not_(is_done_condition()),
            sa.not_(granted_later),
            sa.not_(is_excused_condition()),
        )
        .with_only_columns(Assignment.id, Membership, Enrolment.id)
        .order_by(Assignment.due_at, Membership.since_at, Membership.id)
        .limit(limit)
    )
    return [LateLearner(row[0], row[1], row[2] is not None) for row in session.execute(late)]
