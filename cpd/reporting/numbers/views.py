"""The page on which administrators enter how CE Broker knows the provider and its courses."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.courses.queries import find_course_row
from cpd.credit.provider_courses import find_courses_to_approve
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.reporting.blueprint import bp
from cpd.reporting.numbers import actions, queries
from cpd.reporting.numbers.forms import CourseNumberForm, NumbersForm
from cpd.reporting.pages import WRONG, duty_or_404
from cpd.reporting.rules.duties import Duty
from cpd.reporting.rules.roster import RosterNumbers
from cpd.web.reading import read_page_number


@bp.get("/reporting/<string:authority>/numbers")
@requires(Permission.REPORT_MANAGE)
def show_numbers(authority: str) -> ResponseReturnValue:
    """Show the numbers that are on file, and ask for those that are missing."""
    duty, session = duty_or_404(authority), db.session()
    form, stored = NumbersForm(), queries.find_numbers(session, authority)
    if stored is None:
        form.provider_number.data = queries.find_provider_number_on_approval(session, authority)
    else:
        form.provider_number.data = stored.provider_number
        form.state.data, form.profession.data = stored.state, stored.profession
    return _render_numbers(duty, form, _build_course_form())


@bp.post("/reporting/<string:authority>/numbers")
@requires(Permission.REPORT_MANAGE)
def store_numbers(authority: str) -> ResponseReturnValue:
    """Store the numbers of the provider."""
    duty, form = duty_or_404(authority), NumbersForm.from_request()
    if not form.validate():
        return _render_numbers(duty, form, _build_course_form()), WRONG
    numbers = RosterNumbers(
        form.provider_number.data or "", form.state.data or "", form.profession.data or ""
    )
    with unit_of_work() as session:
        actions.store_numbers(session, authority, numbers, actor=current_actor(), now=clock.now())
    flash(_("The numbers are saved. New files will contain them."), "good")
    return redirect(url_for(".show_numbers", authority=authority), 303)


@bp.post("/reporting/<string:authority>/course-numbers")
@requires(Permission.REPORT_MANAGE)
def store_course_number(authority: str) -> ResponseReturnValue:
    """Store the tracking number of a course."""
    duty, form = duty_or_404(authority), _build_course_form(CourseNumberForm.from_request())
    if not form.validate():
        return _render_numbers(duty, NumbersForm(), form), WRONG
    with unit_of_work() as session:
        course = find_course_row(session, form.course.data) or abort(404)
        actions.store_course_number(
            session,
            authority,
            course.id,
            form.number.data or "",
            actor=current_actor(),
            now=clock.now(),
        )
    flash(_("The tracking number is saved."), "good")
    return redirect(url_for(".show_numbers", authority=authority), 303)


def _build_course_form(form: CourseNumberForm | None = None) -> CourseNumberForm:
    form = form or CourseNumberForm()
    form.offer_courses(find_courses_to_approve(db.session()))
    return form


def _render_numbers(duty: Duty, form: NumbersForm, course_form: CourseNumberForm) -> str:
    numbers = queries.find_course_numbers_page(
        db.session(), current_actor(), duty.authority.slug, page=read_page_number()
    )
    return render_template(
        "reporting/numbers.html",
        duty=duty,
        form=form,
        course_form=course_form,
        titles=dict(course_form.courses),
        numbers=numbers or abort(404),
    )
