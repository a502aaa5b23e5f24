"""Reads of what is assigned to the reader, as they have it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from cpd.access.permissions import Actor
from cpd.courses.hooks import AssignedCourse
from cpd.courses.models import Enrolment, EnrolmentState
from cpd.courses.rules.addresses import CourseAddress
from cpd.kernel import clock
from cpd.schools.accommodations.models import Excuse, Extension
from cpd.schools.accommodations.queries import find_own_terms
from cpd.schools.accommodations.rules.granting import build_personal_window
from cpd.schools.assignments.assignment_lines import build_assignment_lines
from cpd.schools.assignments.models import Assignment
from cpd.schools.assignments.queries import find_course_titles, has_passed_condition
from cpd.schools.assignments.rules.windows import Stage, Window
from cpd.schools.cohorts.models import Cohort, CohortMember
from cpd.schools.cohorts.queries import own_membership_condition, present_condition


def find_assigned_course(
    session: Session, actor: Actor, address: CourseAddress
) -> AssignedCourse | None:
    """Return the assignment at an address; None if it is another course's or not the actor's."""
    own = find_own_terms(session, actor.subject, address.context)
    if own is None or own.ended_at is not None or own.assignment.course.slug != address.slug:
        return None
    window = build_personal_window(own.assignment.window, own.until)
    stage = window.stage_at(clock.now())
    return AssignedCourse(
        lines=build_assignment_lines(own.assignment, window),
        opens_at=window.opens.instant if window.opens and stage is Stage.BEFORE else None,
        closed_at=window.closes.instant if window.closes and stage is Stage.CLOSED else None,
    )


RECENT = timedelta(days=28)
"""How long an assignment stays on the home page after it was due."""
MOST = 20


@dataclass(frozen=True)
class OwnAssignment:
    """An assignment as its learner has it on the home page."""

    assignment: Assignment
    title: str
    window: Window
    """With a later date, if the learner was granted one."""
    stage: Stage
    has_begun: bool
    is_excused: bool

    @property
    def address(self) -> CourseAddress:
        """The address of the course under this assignment."""
        return CourseAddress(self.assignment.course.slug, self.assignment.public_id)


def find_own_assignments_to_do(
    session: Session, actor: Actor, *, now: datetime
) -> Sequence[OwnAssignment]:
    """Return what is assigned to the actor and not passed yet, the first due first."""
    rows = session.execute(_select_own_assignments_to_do(actor.subject, now=now)).unique().all()
    titles = find_course_titles(session, {row[0].course_id for row in rows}) if rows else {}
    found = []
    for assignment, extension, excuse_id, enrolment_id in rows:
        window = _build_own_window(assignment, extension)
        found.append(
            OwnAssignment(
                assignment,
                titles[assignment.course_id],
                window,
                window.stage_at(now),
                has_begun=enrolment_id is not None,
                is_excused=excuse_id is not None,
            )
        )
    return sorted(found, key=lambda own: own.window.due.instant)


def _build_own_window(assignment: Assignment, extension: Extension | None) -> Window:
    return build_personal_window(assignment.window, extension.until if extension else None)


def _select_own_assignments_to_do(
    subject: str, *, now: datetime
) -> sa.Select[Assignment, Extension, int, int]:
    begun = sa.and_(
        Enrolment.subject == subject,
        Enrolment.course_id == Assignment.course_id,
        Enrolment.context == Assignment.public_id,
        Enrolment.state != EnrolmentState.ENDED,
    )
    granted_later = sa.and_(
        Extension.assignment_id == Assignment.id,
        Extension.subject == subject,
        Extension.ended_at.is_(None),
    )
    excused = sa.and_(
        Excuse.assignment_id == Assignment.id,
        Excuse.subject == subject,
        Excuse.ended_at.is_(None),
    )
    return (
        select(Assignment, Extension, Excuse.id, Enrolment.id)
        .join(Assignment.cohort)
        .join(Cohort.school)
        .join(CohortMember, CohortMember.cohort_id == Cohort.id)
        .join(CohortMember.membership)
        .outerjoin(Extension, granted_later)
        .outerjoin(Excuse, excused)
        .outerjoin(Enrolment, begun)
        .where(
            own_membership_condition(subject),
            present_condition(),
            Cohort.archived_at.is_(None),
            Assignment.canceled_at.is_(None),
            sa.or_(Assignment.due_at >= now - RECENT, Extension.until_at >= now - RECENT),
            sa.not_(has_passed_condition()),
        )
        .options(contains_eager(Assignment.cohort).contains_eager(Cohort.school))
        .order_by(Assignment.due_at, Assignment.id)
        .limit(MOST)
    )
