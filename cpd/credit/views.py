"""The pages about authorities, and the worksheet of a course."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, public, requires
from cpd.access.permissions import Permission
from cpd.courses import pages
from cpd.courses.reading.queries import find_active_minutes
from cpd.courses.rules.addresses import CourseAddress
from cpd.credit.authority_loading import load_authorities
from cpd.credit.blueprint import bp
from cpd.credit.course_worksheets import build_course_worksheet, build_measured_time
from cpd.credit.credit_answers import find_credit_answers
from cpd.credit.labels import APPLIES_TO_COUNTED_TIME
from cpd.credit.rules.authorities import Authority
from cpd.credit.version_with_credit import move_to_version_with_credit_if_any
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.web.forms import NoFields


@bp.get("/authorities")
@public
def list_authorities() -> ResponseReturnValue:
    """List the authorities whose rules are known here."""
    return render_template(
        "credit/authorities.html",
        authorities=load_authorities().values(),
        today=clock.now().date(),
    )


@bp.get("/authorities/<string:slug>")
@public
def authority(slug: str) -> ResponseReturnValue:
    """Show the rules of an authority, each with its sources."""
    found = load_authorities().get(slug) or abort(404)
    today = clock.now().date()
    return render_template(
        "credit/authority.html",
        authority=found,
        file=found.file,
        topics=[topic for topic in found.list_topics(today) if topic.statements],
        unknown=_list_unknown_topics(found),
        today=today,
    )


def _list_unknown_topics(authority: Authority) -> list[str]:
    """Return the topics about which nothing is known, without those that do not apply."""
    is_counted = authority.file.counts != "reflection"
    return [
        name
        for name, statements in authority.file.rules.list_topics()
        if not statements
        and name != "notes"
        and (is_counted or name not in APPLIES_TO_COUNTED_TIME)
    ]


@bp.get("/courses/<course:address>/credit-worksheet")
@public
def worksheet(address: CourseAddress) -> ResponseReturnValue:
    """Show the arithmetic of a course's credit, to anyone, and to its learner what was measured."""
    course = pages.requested_course_version_or_404(address)
    measured = None
    if course.enrolment is not None:
        minutes = find_active_minutes(db.session(), [course.enrolment])[course.enrolment.id]
        measured = build_measured_time(course.outline, minutes)
    return render_template(
        "credit/worksheet.html",
        course=course,
        worksheet=build_course_worksheet(course.revision, course.outline, today=clock.now().date()),
        measured=measured,
        titles={section.slug: section.title for section in course.outline.sections},
    )


@bp.get("/courses/<course:address>/credit")
@public
def course_credit(address: CourseAddress) -> ResponseReturnValue:
    """Say for each authority whether the course counts there, or why not."""
    course = pages.course_or_404(address)
    return render_template(
        "credit/course.html",
        course=course,
        answers=find_credit_answers(db.session(), course.in_view, now=clock.now()),
    )


@bp.post("/courses/<course:address>/version-with-credit")
@requires(Permission.COURSE_STUDY)
def move_to_version_with_credit(address: CourseAddress) -> ResponseReturnValue:
    """Continue with the newest version, because it counts where the learner's own does not."""
    NoFields.from_request()
    course = pages.course_or_404(address)
    if course.enrolment is None:
        abort(404)
    with unit_of_work() as session:
        moved = move_to_version_with_credit_if_any(
            session, current_actor(), course.in_view, now=clock.now()
        )
    if moved:
        flash(
            _(
                "You are on the version with credit now. You need to reread the sections whose "
                "text has changed; everything else is kept."
            ),
            "good",
        )
    else:
        flash(
            _(
                "You are staying on your version, because no other version earns you more credit "
                "now."
            ),
            "info",
        )
    return redirect(url_for("courses.course", address=address), 303)
