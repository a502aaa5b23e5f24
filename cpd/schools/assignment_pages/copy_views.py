"""The page on which an assignment is copied."""

from collections.abc import Callable
from datetime import timedelta

import flask_babel
from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.organisations.queries import find_scope_of_route
from cpd.schools.assignment_pages.forms import CopyForm
from cpd.schools.assignment_pages.refusals import describe_refusal
from cpd.schools.assignments import actions, queries
from cpd.schools.assignments.actions import AssignmentFaults, AssignmentRefusal, NewAssignment
from cpd.schools.assignments.models import Assignment
from cpd.schools.assignments.rules.local_times import LocalTime, UnclearTime, shift_local_time
from cpd.schools.assignments.rules.windows import Window
from cpd.schools.blueprint import bp
from cpd.schools.cohorts.queries import find_cohorts
from cpd.schools.pages import (
    CONFLICT,
    INVALID,
    current_reach,
    find_assignment_or_404,
    render_school_page,
)
from cpd.schools.time_fields import offer_readings
from cpd.web.forms import Form

_: Callable[..., str] = flask_babel.gettext


@bp.get("/<string:slug>/assignments/<string:public_id>/copy")
@requires(Permission.ASSIGNMENT_MANAGE, within=find_scope_of_route)
def ask_copy(slug: str, public_id: str) -> ResponseReturnValue:
    """Ask for which class to copy an assignment, and how many days later."""
    del slug
    assignment = find_assignment_or_404(public_id)
    cohorts = find_cohorts(db.session(), current_reach())
    data = {"class_id": assignment.cohort.public_id, "days": 364}
    return _render_copy(CopyForm(data=data, cohorts=cohorts), assignment)


@bp.post("/<string:slug>/assignments/<string:public_id>/copy")
@requires(Permission.ASSIGNMENT_MANAGE, within=find_scope_of_route)
def copy_assignment(slug: str, public_id: str) -> ResponseReturnValue:
    """Assign the same course on the same terms, with shifted dates."""
    assignment, reach = find_assignment_or_404(public_id), current_reach()
    form = CopyForm.from_request(cohorts=find_cohorts(db.session(), reach))
    window = _shift_window(form, assignment.window) if form.validate() else None
    if window is None:
        return _render_copy(form, assignment), INVALID
    new = NewAssignment(assignment.course_id, window, assignment.terms)
    class_id, actor, now = form.class_id.data or "", current_actor(), clock.now()
    with unit_of_work() as session:
        made = actions.assign_course(session, reach, class_id, new, actor=actor, now=now)
    if made is AssignmentRefusal.OUT_OF_REACH:
        abort(404)
    if isinstance(made, Assignment):
        flash(_("The assignment is copied. Check its dates."), "good")
        return redirect(url_for(".show_assignment", slug=slug, public_id=made.public_id), 303)
    form.form_errors.append(_describe_copy_refusal(made))
    return _render_copy(form, find_assignment_or_404(public_id)), CONFLICT


def _shift_window(form: CopyForm, window: Window) -> Window | None:
    """Return the dates of the copy; None if a person must be asked, which the form then says."""
    days = form.days.data or 0
    times = {
        name: _shift_time(form, name, time, days)
        for name, time in (("opens", window.opens), ("due", window.due), ("closes", window.closes))
        if time is not None
    }
    due = times["due"]
    if form.errors or due is None:
        return None
    return Window(due=due, opens=times.get("opens"), closes=times.get("closes"))


def _shift_time(form: Form, name: str, time: LocalTime, days: int) -> LocalTime | None:
    shifted = shift_local_time(time, days)
    if isinstance(shifted, UnclearTime):
        return offer_readings(form[f"{name}_choice"], time.wall + timedelta(days=days), shifted)
    return shifted if isinstance(shifted, LocalTime) else None


def _describe_copy_refusal(refusal: AssignmentRefusal | AssignmentFaults) -> str:
    if isinstance(refusal, AssignmentFaults):
        return _(
            "The course has changed since then and no longer allows these terms. "
            "Assign the course again instead."
        )
    return describe_refusal(refusal)


def _render_copy(form: CopyForm, assignment: Assignment) -> str:
    titles = queries.find_course_titles(db.session(), [assignment.course_id])
    return render_school_page(
        "schools/assignments/copy.html",
        assignment.cohort.school,
        form=form,
        assignment=assignment,
        title_of_course=titles[assignment.course_id],
    )
