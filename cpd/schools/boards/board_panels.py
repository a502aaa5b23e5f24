"""What boards add to other pages of a school: who needs practice; reads the database."""

from collections.abc import Sequence

from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.accounts.queries import find_names_by_subject
from cpd.courses import outlines
from cpd.courses.models import Revision
from cpd.kernel import clock
from cpd.organisations.models import Membership
from cpd.schools.assignment_pages.home_panel import MOST_DUE, RECENT
from cpd.schools.assignments.models import Assignment
from cpd.schools.assignments.queries import find_recent_assignments
from cpd.schools.boards.first_choices import select_exam_choices, select_practice_choices
from cpd.schools.boards.harmful_choices import find_harmful_choices
from cpd.schools.boards.queries import find_assigned_courses
from cpd.schools.boards.topic_queries import find_who_needs_practice, load_topics
from cpd.schools.cohorts.queries import Reach
from cpd.web.markup import render_markup

MOST_PEOPLE = 20


def render_practice_panel(session: Session, actor: Actor, reach: Reach) -> Markup:
    """Return who needs practice in the classes in reach; of an employer, who agreed to show it."""
    del actor
    assignments = find_recent_assignments(
        session, reach, since=clock.now() - RECENT, limit=MOST_DUE
    )
    if not assignments:
        return Markup("")
    school = assignments[0].cohort.school
    courses = find_assigned_courses(session, reach)
    topics = load_topics(session, courses)
    people = find_who_needs_practice(session, reach, assignments, topics)
    if school.is_employer and not people:
        return Markup("")
    shown = people[:MOST_PEOPLE]
    return render_markup(
        "schools/boards/_needs_practice.html",
        school=school,
        assignments={row.id: row for row in assignments},
        people=shown,
        has_more=len(people) > MOST_PEOPLE,
        titles=_load_titles(session, courses),
        names=find_names_by_subject(session, {it.membership.subject for it in shown}),
    )


def _load_titles(session: Session, courses: Sequence[Revision]) -> dict[str, str]:
    """Return the titles of the safety topics of some courses."""
    loaded = outlines.load_outlines(session, courses).values()
    return {card.slug: card.title for outline in loaded for card in outline.hazards}


def render_report_link(
    session: Session, actor: Actor, reach: Reach, assignment: Assignment
) -> Markup:
    """Return the link from an assignment to its class report."""
    del session, actor, reach
    return render_markup(
        "schools/boards/_report_link.html", school=assignment.cohort.school, assignment=assignment
    )


def render_learner_topics(
    session: Session, actor: Actor, reach: Reach, membership: Membership
) -> Markup:
    """Return on which topics a learner chose harmfully first, and what; empty for an employer."""
    del actor
    courses = find_assigned_courses(session, reach)
    loaded = outlines.load_outlines(session, courses)
    own = Membership.id == membership.id
    selected = [select_exam_choices(reach), select_practice_choices(reach)]
    choices = find_harmful_choices(
        session,
        [
            each.where(own, Assignment.course_id.in_([it.document.course_id for it in courses]))
            for each in selected
        ],
        {course.document.course_id: loaded[course.id] for course in courses},
    )
    if membership.school.is_employer and not choices:
        return Markup("")
    return render_markup(
        "schools/boards/_learner_topics.html", choices=choices, zone=membership.school.time_zone
    )
