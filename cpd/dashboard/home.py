"""The home page of someone who is signed in: the work of each of their roles."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import render_template, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.guard import SET_UP_MFA
from cpd.access.permissions import Actor, Area, Permission
from cpd.authoring.bank.home_rows import render_first_rows
from cpd.authoring.renewals.queries import find_courses_due_for_review
from cpd.authoring.stopping.queries import find_withdrawals_to_confirm
from cpd.certificates.revocations.queries import find_revocations_to_confirm
from cpd.courses.catalog.queries import find_catalog_page
from cpd.courses.enrolment.queries import find_own_courses
from cpd.courses.queries import Course
from cpd.credit.cycles.cycles_panel import render_cycles_panel
from cpd.dashboard.queries import (
    CourseInProgress,
    CoursePractice,
    OpenCase,
    find_case_to_resume,
    find_certificates_with_facts,
    find_courses_in_progress,
    find_practice,
)
from cpd.kernel import clock
from cpd.organisations import queries as organisations
from cpd.organisations.models import School
from cpd.remarks.models import RemarkState
from cpd.remarks.queries import Queue, find_remark_queue
from cpd.reporting.queues.queue_panel import render_queue_panel
from cpd.schools import hooks as school_hooks
from cpd.schools.cohorts.queries import build_reach
from cpd.schools.own_assignments.queries import OwnAssignment, find_own_assignments_to_do
from cpd.web.formatting import load_time_zone

NOON, EVENING = 12, 18
"""Hours of the reader's day when the greeting changes."""
SHOWN = 3
"""How many rows of a list the home page shows before it links to all of them."""


@dataclass(frozen=True)
class Learning:
    """What a learner goes on with."""

    in_progress: list[CourseInProgress]
    open_case: OpenCase | None
    to_start: list[Course]
    """Courses that they have not begun, without those that their schools assigned to them."""
    assigned: Sequence[OwnAssignment]
    """What their schools assigned to them."""
    practice: list[CoursePractice]


def render_home(session: Session, actor: Actor) -> str:
    """Return the home page of an actor who is signed in."""
    now = clock.now()
    catalog = find_catalog_page(session, actor)
    courses = list(catalog.courses) if catalog else []
    learning = _find_learning(session, actor, courses, now) if Area.LEARN in actor.areas else None
    areas = _sort_areas(actor, is_studying=bool(learning and learning.in_progress))
    staff_areas = [area for area in areas if area is not Area.LEARN]
    schools = _find_schools(session, actor)
    may_write = actor.may(Permission.DRAFT_WRITE)  # then the rows of the workbench say what waits
    return render_template(
        "dashboard/home.html",
        now=now,
        areas=areas,
        hour=now.astimezone(load_time_zone()).hour,
        own_zone=load_time_zone().key,
        noon=NOON,
        evening=EVENING,
        learning=learning,
        certificates=find_certificates_with_facts(session, actor, at_most=SHOWN, is_valid=True)
        if learning
        else [],
        courses=courses[:SHOWN],
        courses_area=next(iter(staff_areas), None),
        desk_area=next((area for area in staff_areas if area is not Area.TEACH), None),
        remarks=_find_open_remarks(session, actor),
        writing=render_first_rows(
            session, actor, at_most=SHOWN, level=3 if len(areas) > 1 else 2, now=now
        ),
        may_write=may_write,
        may_revoke=actor.may(Permission.CERTIFICATE_REVOKE),
        revocations=find_revocations_to_confirm(session, actor, now=now),
        may_review=actor.may(Permission.REVIEW_GIVE),
        due=[]
        if may_write
        else find_courses_due_for_review(session, actor, today=now.date())[:SHOWN],
        today=now.date(),
        may_read_evaluations=actor.may(Permission.EVALUATION_READ),
        withdrawals=[] if may_write else find_withdrawals_to_confirm(session, actor, now=now),
        reports=render_queue_panel(
            session, actor, today=now.date(), level=3 if len(areas) > 1 else 2
        ),
        cycles=render_cycles_panel(session, actor) if learning else "",
        schools=schools,
        queue=_render_queue(session, actor, schools),
        set_up_codes=url_for(SET_UP_MFA) if actor.roles_pending_mfa else "",
        most=SHOWN,
    )


def _find_learning(
    session: Session, actor: Actor, courses: list[Course], now: datetime
) -> Learning:
    mine = find_own_courses(session, actor)
    in_progress = find_courses_in_progress(session, actor, mine, now=now)
    assigned = find_own_assignments_to_do(session, actor, now=now)
    taken = {own.address.slug for own in assigned}
    fresh = [it for it in courses if it.enrolment is None and it.address.slug not in taken]
    return Learning(
        in_progress=in_progress,
        open_case=find_case_to_resume(session, in_progress, now=now),
        to_start=fresh[:SHOWN],
        assigned=assigned,
        practice=find_practice(session, mine)[:SHOWN],
    )


def _sort_areas(actor: Actor, *, is_studying: bool) -> list[Area]:
    """Return the actor's areas: studying first while a course is open, and otherwise last."""
    return sorted(actor.areas, key=lambda area: (area is Area.LEARN) != is_studying)


def _find_open_remarks(session: Session, actor: Actor) -> Queue | None:
    """Return the newest open remarks; None for people who do not answer any."""
    return find_remark_queue(session, actor, RemarkState.OPEN, page=1)


def _find_schools(session: Session, actor: Actor) -> list[School]:
    """Return the schools in which the actor has a role."""
    scopes = actor.school_scopes_with_permission(Permission.SCHOOL_READ)
    return list(organisations.find_schools(session, *scopes)) if scopes else []


def _render_queue(session: Session, actor: Actor, schools: Sequence[School]) -> list[Markup]:
    """Return what is due, who is late and who needs practice, for people with one school.

    With several, each has its queue on its own page, so that the home page asks no more for each.
    """
    if len(schools) != 1:
        return []
    reach = build_reach(actor, schools[0].scope)
    return [panel for panel in school_hooks.home_panels(session, actor, reach) if panel]
