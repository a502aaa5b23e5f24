"""Changes to assignments: giving, changing, copying and canceling one; each is audited."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.courses import outlines
from cpd.courses.models import CourseRow
from cpd.courses.queries import select_newest_revisions
from cpd.courses.rules.outline import Outline
from cpd.schools.assignments import queries
from cpd.schools.assignments.models import Assignment
from cpd.schools.assignments.rules.terms import (
    DISCLOSURE_VERSION,
    AssignmentTerms,
    TermsFault,
    find_terms_faults,
)
from cpd.schools.assignments.rules.windows import Stage, Window, WindowFault, find_window_faults
from cpd.schools.cohorts import queries as cohorts
from cpd.schools.cohorts.queries import Reach
from cpd.schools.sweeps import enqueue_next_sweep


class AssignmentRefusal(StrEnum):
    """Why nothing was assigned or changed."""

    ARCHIVED = "archived"
    CANCELED = "canceled"
    NO_COURSE = "no_course"
    OPEN_ALREADY = "open_already"
    OUT_OF_REACH = "out_of_reach"
    TERMS_FIXED = "terms_fixed"


@dataclass(frozen=True)
class AssignmentFaults:
    """What is wrong with the dates and terms, all of it."""

    window: tuple[WindowFault, ...] = ()
    terms: tuple[TermsFault, ...] = ()


NotAssigned: TypeAlias = AssignmentRefusal | AssignmentFaults


@dataclass(frozen=True)
class NewAssignment:
    """A course to assign, with its window and terms."""

    course_id: int
    window: Window
    terms: AssignmentTerms


def assign_course(
    session: Session,
    reach: Reach,
    cohort_id: str,
    new: NewAssignment,
    *,
    actor: Actor,
    now: datetime,
) -> Assignment | NotAssigned:
    """Assign a course to a class, by its public id."""
    cohort = cohorts.find_locked_cohort(session, reach, cohort_id)
    if cohort is None:
        return AssignmentRefusal.OUT_OF_REACH
    if cohort.archived_at is not None:
        return AssignmentRefusal.ARCHIVED
    if new.course_id not in queries.find_assignable_courses(session, reach):
        return AssignmentRefusal.NO_COURSE
    faults = _find_faults(session, new.course_id, new.window, new.terms)
    if faults is not None:
        return faults
    assignment = Assignment(
        cohort_id=cohort.id,
        course=session.get_one(CourseRow, new.course_id),
        window=new.window,
        terms=new.terms,
        disclosure_version=DISCLOSURE_VERSION,
        created_by=actor.subject,
        created_at=now,
        cohort=cohort,
    )
    session.add(assignment)
    session.flush()
    enqueue_next_sweep(session, now)
    audit.add_audit_entry(
        session,
        actor,
        "schools:assignment:create",
        now=now,
        to=assignment.public_id,
        cohort=cohort.public_id,
    )
    return assignment


def change_assignment(
    session: Session,
    reach: Reach,
    public_id: str,
    window: Window,
    terms: AssignmentTerms,
    *,
    actor: Actor,
    now: datetime,
) -> NotAssigned | None:
    """Change the dates of an assignment; its terms only before it opens, because they were told.

    So it cannot be closed again until later either, and its terms changed meanwhile.
    """
    assignment = queries.find_locked_assignment(session, reach, public_id)
    if assignment is None:
        return AssignmentRefusal.OUT_OF_REACH
    if assignment.canceled_at is not None:
        return AssignmentRefusal.CANCELED
    if assignment.window.stage_at(now) is not Stage.BEFORE:
        if terms != assignment.terms:
            return AssignmentRefusal.TERMS_FIXED
        if window.stage_at(now) is Stage.BEFORE:
            return AssignmentRefusal.OPEN_ALREADY
    faults = _find_faults(session, assignment.course_id, window, terms)
    if faults is not None:
        return faults
    if (window, terms) != (assignment.window, assignment.terms):
        assignment.window, assignment.terms = window, terms
        audit.add_audit_entry(session, actor, "schools:assignment:change", now=now, to=public_id)
    return None


def cancel_assignment(
    session: Session, reach: Reach, public_id: str, *, actor: Actor, now: datetime
) -> AssignmentRefusal | None:
    """Take an assignment back; what was done under it is kept. Idempotent."""
    assignment = queries.find_locked_assignment(session, reach, public_id)
    if assignment is None:
        return AssignmentRefusal.OUT_OF_REACH
    if assignment.canceled_at is None:
        assignment.canceled_at = now
        audit.add_audit_entry(session, actor, "schools:assignment:cancel", now=now, to=public_id)
    return None


def _find_faults(
    session: Session, course_id: int, window: Window, terms: AssignmentTerms
) -> AssignmentFaults | None:
    outline = load_newest_outline(session, course_id)
    found = AssignmentFaults(
        find_window_faults(window),
        find_terms_faults(
            terms,
            outline.exam.policy,
            sections=[section.slug for section in outline.sections],
            required=[section.slug for section in outline.required_sections],
            practice_case_count=outline.practice_case_count,
        ),
    )
    return None if found == AssignmentFaults() else found


def load_newest_outline(session: Session, course_id: int) -> Outline:
    """Return the outline of the newest version of a course."""
    newest = session.scalars(select_newest_revisions().where(CourseRow.id == course_id)).one()
    return outlines.load_outline(session, newest)
