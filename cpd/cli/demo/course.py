"""The courses that demo people take."""

from cpd.access.permissions import Actor
from cpd.courses import queries as courses
from cpd.courses.queries import Course
from cpd.courses.rules.addresses import OWN
from cpd.db import db

SLUG = "massage-and-ms"
NOTES = "session-notes"
"""The small course of the demo itself, which its own people review in full."""


def find_demo_course(actor: Actor, context: str = OWN, slug: str = SLUG) -> Course:
    """Return the course as this person sees it, of their own accord or under an assignment."""
    course = courses.find_course(db.session(), actor, slug, context)
    if course is None:
        raise LookupError(slug)
    return course
