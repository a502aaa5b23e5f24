"""What all pages of this room share: their blueprint, the requested course, who is turned away."""

from urllib.parse import quote

from flask import (
    Blueprint,
    Response,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from werkzeug.routing import BaseConverter, ValidationError

from cpd.access.guard import SET_UP_MFA, SIGN_IN, current_actor, read_requested_path
from cpd.access.permissions import Permission
from cpd.content.readability import build_reading_time
from cpd.courses import queries
from cpd.courses.queries import Course
from cpd.courses.rules.addresses import CourseAddress
from cpd.db import db


class CourseConverter(BaseConverter):
    """Reads and writes a `CourseAddress` in a URL; a bare slug can be written too."""

    regex = "[^/]+(?:/for/[^/]+)?"
    part_isolating = False

    def to_python(self, value: str) -> CourseAddress:
        """Return the course and its context."""
        address = CourseAddress.parse(value)
        if address is None:
            raise ValidationError
        return address

    def to_url(self, value: CourseAddress | str) -> str:
        """Return the part of the URL that names the course."""
        return quote(str(value))


bp = Blueprint("courses", __name__, template_folder="templates")


@bp.record_once
def _register_course_url_converter(state: BlueprintSetupState) -> None:
    state.app.url_map.converters["course"] = CourseConverter


@bp.app_template_filter()
def reading_minutes(words: int) -> int:
    """Return the minutes that it takes to read this many words."""
    return build_reading_time(words).minutes


def course_or_404(address: CourseAddress) -> Course:
    """Return the course at an address, as its reader has it, or answer 404.

    A visitor at an address that can only belong to a learner is asked to sign in first.
    """
    actor = current_actor()
    if not address.is_without_context and not actor.is_signed_in:
        abort(redirect(url_for(SIGN_IN, next=read_requested_path())))
    return queries.find_course(db.session(), actor, address.slug, address.context) or abort(404)


def requested_course_version_or_404(address: CourseAddress) -> Course:
    """Return the course at an address, or its newest version with `?newest`, for safety's sake."""
    course = course_or_404(address)
    if course.is_newest or "newest" not in request.args:
        return course
    return queries.find_newest_course_version(
        db.session(), address.slug, course.enrolment
    ) or abort(404)


def is_read_only(course: Course) -> bool:
    """Tell whether someone who works here reads a course that they do not take."""
    return course.enrolment is None and current_actor().may(Permission.COURSE_READ)


def render_page_if_closed(course: Course) -> ResponseReturnValue | None:
    """Say to those who have not begun the course what opens a page of it; None for the others."""
    actor = current_actor()
    if course.enrolment is not None or actor.may(Permission.COURSE_READ):
        return None
    if actor.lacks_only_mfa(Permission.COURSE_READ):
        return redirect(url_for(SET_UP_MFA, next=read_requested_path()))
    if actor.is_signed_in and not actor.may(Permission.COURSE_STUDY):
        abort(403)
    return _render_closed_page(course)


def _render_closed_page(course: Course) -> ResponseReturnValue:
    """Say, at the address of a page that is closed, why it is and what opens it."""
    actor = current_actor()
    page = render_template(
        "courses/closed.html",
        course=course,
        is_signed_in=actor.is_signed_in,
        sign_in=url_for(SIGN_IN, next=read_requested_path()),
    )
    return page, 403


def make_cacheable_response(page: str) -> ResponseReturnValue:
    """Answer 304 to a visitor whose browser has this page; signed-in pages are not stored."""
    response: Response = make_response(page)
    if current_actor().is_signed_in:
        return response
    response.add_etag()
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.update(("Cookie", "Accept-Language"))
    return response.make_conditional(request)
