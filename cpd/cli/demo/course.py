"""The course that demo people take."""

from datetime import date

from cpd.access.permissions import VISITOR, Actor
from cpd.courses import queries as courses
from cpd.courses.queries import Course
from cpd.db import db

SLUG = "massage-and-ms"


def find_demo_course(actor: Actor) -> Course:
    """Return the course as this person sees it."""
    course = courses.find_course(db.session(), actor, SLUG)
    if course is None:
        raise LookupError(SLUG)
    return course


def find_release_date_of_demo_course() -> date:
    """Return the day on which the course was released."""
    return find_demo_course(VISITOR).outline.course.front.released
