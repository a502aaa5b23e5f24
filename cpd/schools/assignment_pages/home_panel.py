"""The part of a school's home page that says what is due and who is late; reads the database."""

from datetime import timedelta

from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.accounts.queries import find_names_by_subject
from cpd.kernel import clock
from cpd.organisations.models import SchoolKind
from cpd.schools.assignment_pages.queries import (
    LearnerCounts,
    count_learners_by_assignment,
    find_late_learners,
)
from cpd.schools.assignments.queries import find_course_titles, find_recent_assignments
from cpd.schools.cohorts.queries import Reach
from cpd.web.markup import render_markup

RECENT = timedelta(days=28)
"""How long after its due date an assignment stays in the queue."""
MOST_DUE = 20
MOST_LATE = 20


def render_due_panel(session: Session, actor: Actor, reach: Reach) -> Markup:
    """Return what is due in the classes in reach, and who is late; empty if nothing is."""
    del actor
    now = clock.now()
    due = find_recent_assignments(session, reach, since=now - RECENT, limit=MOST_DUE)
    if not due:
        return Markup("")
    late = find_late_learners(session, reach, due, now=now, limit=MOST_LATE + 1)
    counts = count_learners_by_assignment(session, reach, due)
    return render_markup(
        "schools/assignments/_due.html",
        school=due[0].cohort.school,
        due=due,
        counts={row.id: counts.get(row.id, LearnerCounts()) for row in due},
        late=late[:MOST_LATE],
        has_more_late=len(late) > MOST_LATE,
        assignments={row.id: row for row in due},
        titles=find_course_titles(session, [row.course_id for row in due]),
        names=find_names_by_subject(session, [it.membership.subject for it in late]),
        is_employer=due[0].cohort.school.kind is SchoolKind.CLINIC,
        now=now,
    )
