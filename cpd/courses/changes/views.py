"""What changed since a reader began the course, and the newest text of a section."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from cpd.access.guard import current_actor, public, requires
from cpd.access.permissions import Permission
from cpd.courses import pages
from cpd.courses.changes import actions
from cpd.courses.changes.queries import find_course_update
from cpd.courses.models import Enrolment
from cpd.courses.pages import bp
from cpd.courses.queries import Course
from cpd.courses.rules.addresses import CourseAddress
from cpd.courses.rules.outline import Part
from cpd.courses.sources import render_part_page
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.web.forms import NoFields


@bp.get("/courses/<course:address>/changes")
@public
def course_changes(address: CourseAddress) -> ResponseReturnValue:
    """Show what changed since the version that the reader is taking, safety topics first."""
    course = pages.course_or_404(address)
    if (refusal := pages.render_page_if_closed(course)) is not None:
        return refusal
    update = find_course_update(db.session(), course)
    if update is None:
        flash(gettext("This is the newest version of this course."), "info")
        return redirect(url_for(".course", address=address), 303)
    return render_template("courses/changes.html", course=course, update=update)


@bp.post("/courses/<course:address>/newest-version")
@requires(Permission.COURSE_STUDY)
def move_to_newest_version(address: CourseAddress) -> ResponseReturnValue:
    """Continue with the newest version, because the reader's own is stopped or has expired."""
    NoFields.from_request()
    course = pages.course_or_404(address)
    enrolment = course.enrolment or abort(404)
    try:
        with unit_of_work() as session:
            actions.move_to_newest_version(
                session,
                session.get_one(Enrolment, enrolment.id),
                actor=current_actor(),
                now=clock.now(),
            )
    except actions.NotMovableError:
        flash(
            gettext(
                "You stay on your version, because its exam is open or passed, or because there is "
                "no newer one that you can take."
            ),
            "info",
        )
    else:
        flash(
            gettext(
                "You are on the newest version now. What you have read is kept where the text is "
                "the same."
            ),
            "good",
        )
    return redirect(url_for(".course", address=address), 303)


def render_newest_section(course: Course, section: Part) -> str:
    """Return the read-only page of a section in a newer version than its reader is taking."""
    return render_part_page("courses/newest_section.html", course, section, section=section)
