"""The part of a learner's record that says how long they studied."""

from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.content.readability import build_reading_time
from cpd.courses.enrolment.queries import find_own_courses
from cpd.courses.reading.queries import find_active_minutes
from cpd.web.markup import render_markup


def render_study_time_panel(session: Session, actor: Actor) -> Markup:
    """Return how long the actor studied each course, as measured; empty if nothing was."""
    courses = [
        (course, course.enrolment)
        for course in find_own_courses(session, actor)
        if course.enrolment is not None
    ]
    minutes = find_active_minutes(session, [enrolment for _, enrolment in courses])
    rows = [
        (
            course,
            build_reading_time(course.outline.required_word_count).minutes,
            sum(minutes[enrolment.id].values()),
        )
        for course, enrolment in courses
        if minutes[enrolment.id]
    ]
    return render_markup("credit/_record.html", rows=rows)
