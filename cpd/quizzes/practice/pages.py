"""What the pages of practice begin with: the reader's enrollment in the requested course."""

from flask import abort

from cpd.access.guard import current_actor
from cpd.courses import queries as courses
from cpd.courses.models import Enrolment
from cpd.courses.queries import Course
from cpd.courses.rules.addresses import CourseAddress
from cpd.db import db


def find_own_enrolment_or_404(address: CourseAddress) -> Enrolment:
    """Return the reader's present enrollment in a course and context, or 404."""
    enrolment = courses.find_present_enrolment(
        db.session(), current_actor(), address.slug, address.context
    )
    return enrolment or abort(404)


def find_own_course_or_404(address: CourseAddress) -> tuple[Course, Enrolment]:
    """Return a course that the reader takes or has completed, or 404."""
    course = courses.find_course(db.session(), current_actor(), address.slug, address.context)
    if course is None or course.enrolment is None:
        abort(404)
    return course, course.enrolment
