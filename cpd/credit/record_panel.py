"""The part of a learner's record that says how long they studied."""

from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.content.readability import build_reading_time
from cpd.courses.enrolment.queries import find_own_courses
from cpd.courses.reading.queries import find_own_active_minutes
from cpd.web.markup import render_markup


def render_study_time_panel(session: Session, actor: Actor) -> Markup:
    """Return how long the actor studied each course, as measured; empty if nothing was."""
    measured = find_own_active_minutes(session, actor)
    courses = find_own_courses(session, actor) if measured else []
    rows = [
        (
            course,
            build_reading_time(course.outline.required_word_count).minutes,
            measured[course.enrolment.id],
        )
        for course in courses
        if course.enrolment is not None and course.enrolment.id in measured
    ]
    return render_markup("credit/_record.html", rows=rows)
