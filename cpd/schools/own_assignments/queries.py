"""Reads of what is assigned to the reader, as they have it."""

from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.courses.hooks import AssignedCourse
from cpd.courses.rules.addresses import CourseAddress
from cpd.kernel import clock
from cpd.schools.accommodations.queries import find_own_terms
from cpd.schools.accommodations.rules.granting import build_personal_window
from cpd.schools.assignments.assignment_lines import build_assignment_lines
from cpd.schools.assignments.rules.windows import Stage


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
