"""What all pages of this room share: their blueprint, the course asked for, who is turned away."""

from flask import Blueprint, Response, abort, flash, make_response, redirect, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from cpd.access.guard import SIGN_IN, current_actor
from cpd.access.permissions import Permission
from cpd.courses import queries
from cpd.courses.converter import CourseConverter
from cpd.courses.queries import Course
from cpd.courses.rules.addresses import CourseAddress
from cpd.db import db

bp = Blueprint("courses", __name__, template_folder="templates")


@bp.record_once
def _let_addresses_name_courses(state: BlueprintSetupState) -> None:
    state.app.url_map.converters["course"] = CourseConverter


def course(at: CourseAddress) -> Course:
    """Return the course that an address names, as its reader has it, or answer 404.

    A visitor at an address that can only be somebody's own is asked first who they are.
    """
    actor = current_actor()
    if not at.is_own and not actor.is_signed_in:
        abort(redirect(url_for(SIGN_IN, next=request.full_path.rstrip("?"))))
    return queries.course(db.session(), actor, at.slug, at.context) or abort(404)


def shown(at: CourseAddress) -> Course:
    """Return the same, or with `?newest` the newest version: safety outranks what one began."""
    of = course(at)
    if of.is_newest or "newest" not in request.args:
        return of
    return queries.newest_version(db.session(), at.slug, of.enrolment) or abort(404)


def turned_away(of: Course) -> ResponseReturnValue | None:
    """Send visitors to sign in, and who has not begun the course to its page, with a sentence."""
    actor = current_actor()
    if not actor.is_signed_in:
        return redirect(url_for(SIGN_IN, next=request.path))
    if not actor.may(Permission.COURSE_STUDY):
        abort(403)
    if of.enrolment is None:
        flash(gettext("Start the course first; then all of it is open to you."), "info")
        return redirect(url_for(".course", slug=of.address))
    return None


def unless_known(page: str) -> ResponseReturnValue:
    """Answer 304 to a visitor whose browser has this very page; other people's are never stored."""
    response: Response = make_response(page)
    if current_actor().is_signed_in:
        return response
    response.add_etag()
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.update(("Cookie", "Accept-Language"))
    return response.make_conditional(request)
