"""The answer to where somebody needs a course, before its exam."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.courses import pages
from cpd.courses.rules.addresses import CourseAddress
from cpd.credit.blueprint import bp
from cpd.credit.needs import actions
from cpd.credit.needs.forms import NeedForm
from cpd.credit.needs.queries import is_credit_wanted
from cpd.db import db, unit_of_work
from cpd.kernel import clock


@bp.get("/courses/<course:address>/credit-need")
@requires(Permission.COURSE_STUDY)
def ask_need(address: CourseAddress) -> ResponseReturnValue:
    """Ask whether the learner needs credit for the course."""
    course = pages.course_or_404(address)
    enrolment = course.enrolment or abort(404)
    return render_template(
        "credit/need.html", course=course, is_wanted=is_credit_wanted(db.session(), enrolment)
    )


@bp.post("/courses/<course:address>/credit-need")
@requires(Permission.COURSE_STUDY)
def save_need(address: CourseAddress) -> ResponseReturnValue:
    """Save whether the learner needs credit for the course, and return to the exam."""
    form, course = NeedForm.from_request(), pages.course_or_404(address)
    enrolment = course.enrolment or abort(404)
    if form.wanted.data not in {"yes", "no"}:
        abort(400)
    is_wanted = form.wanted.data == "yes"
    with unit_of_work() as session:
        actions.save_credit_need(
            session, enrolment, is_wanted=is_wanted, actor=current_actor(), now=clock.now()
        )
    if is_wanted:
        flash(_("Saved. Your licenses are checked when you pass."), "good")
    else:
        flash(_("Saved. Your certificate will claim no credit."), "good")
    return redirect(url_for("quizzes.exam", address=address), 303)
