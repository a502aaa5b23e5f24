"""A learner under one assignment: what was done, and what those who may change grades do.

The learner sees the same on the page of what their school sees, without the controls.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import flask_babel
from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.accounts.queries import find_names_by_subject
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.organisations.models import Membership
from cpd.organisations.queries import find_scope_of_route
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.rules.attempts import InvalidDeadlineError, MoveRefusal
from cpd.schools.agreements.queries import find_who_agreed
from cpd.schools.assignments.models import Assignment
from cpd.schools.assignments.queries import find_learner_of_assignment
from cpd.schools.blueprint import bp
from cpd.schools.gradebook import actions
from cpd.schools.gradebook.actions import GradeRefusal
from cpd.schools.gradebook.class_table import load_graded_course
from cpd.schools.gradebook.forms import GradeForm, TryForm
from cpd.schools.gradebook.learner_queries import (
    FoundTry,
    find_assigned_try,
    find_hand_grade,
    was_in_class,
    within_reach,
)
from cpd.schools.gradebook.models import HandGrade
from cpd.schools.gradebook.timeline import find_timeline
from cpd.schools.pages import (
    CONFLICT,
    INVALID,
    current_reach,
    find_assignment_or_404,
    find_learner_or_404,
    render_school_page,
)
from cpd.schools.time_fields import resolve_time_field
from cpd.web.forms import Form, NoFields

_: Callable[..., str] = flask_babel.gettext

_WORK = "/<string:slug>/assignments/<string:public_id>/learners/<string:member>"
_TRY = "/<string:slug>/tries/<string:public_id>"


@dataclass(frozen=True)
class _Work:
    """An assignment and a learner who is or was in its class."""

    assignment: Assignment
    member: Membership


def _find_work_or_404(public_id: str, member: str) -> _Work:
    assignment, learner = find_assignment_or_404(public_id), find_learner_or_404(member)
    if not was_in_class(db.session(), current_reach(), assignment, learner):
        abort(404)
    return _Work(assignment, learner)


@bp.get(_WORK)
@requires(Permission.GRADE_READ, within=find_scope_of_route)
def show_work(slug: str, public_id: str, member: str) -> ResponseReturnValue:
    """Show what a learner did under an assignment."""
    del slug
    session, reach, actor = db.session(), current_reach(), current_actor()
    work = _find_work_or_404(public_id, member)
    subject = work.member.subject
    is_employer = work.assignment.cohort.school.is_employer
    has_agreed = is_employer and subject in find_who_agreed(session, reach, work.assignment)
    graded = load_graded_course(session, work.assignment, has_agreed=has_agreed)
    timeline = find_timeline(session, within_reach(reach), graded, subject, now=clock.now())
    may_edit = actor.may(Permission.GRADE_EDIT, within=reach.scope)
    learner = find_learner_of_assignment(session, reach, work.assignment, work.member.public_id)
    return render_school_page(
        "schools/gradebook/work.html",
        work.assignment.cohort.school,
        graded=graded,
        member=work.member,
        timeline=timeline,
        names=find_names_by_subject(
            session, [subject, *(entry.actor for entry in timeline.entries)]
        ),
        has_reasons=may_edit,
        may_edit=may_edit and learner is not None and not is_employer,
    )


def _redirect_to_work(slug: str, public_id: str, member: str, said: str) -> ResponseReturnValue:
    flash(said, "good")
    page = url_for(".show_work", slug=slug, public_id=public_id, member=member)
    return redirect(page, 303)


def _render_form(template: str, form: Form, assignment: Assignment, subject: str) -> str:
    names = find_names_by_subject(db.session(), [subject])
    return render_school_page(
        f"schools/gradebook/{template}.html",
        assignment.cohort.school,
        form=form,
        assignment=assignment,
        name=names.get(subject) or _("Someone whose account was deleted"),
    )


# A grade by hand


@bp.get(f"{_WORK}/grade")
@requires(Permission.GRADE_EDIT, within=find_scope_of_route)
def ask_grade(slug: str, public_id: str, member: str) -> ResponseReturnValue:
    """Ask for a grade, and why."""
    del slug
    work = _find_gradable_or_404(public_id, member)
    present = find_hand_grade(db.session(), current_reach(), work.assignment, work.member.subject)
    form = GradeForm(data={"percent": int(present.score * 100)} if present else {})
    return _render_form("grade", form, work.assignment, work.member.subject)


@bp.post(f"{_WORK}/grade")
@requires(Permission.GRADE_EDIT, within=find_scope_of_route)
def give_grade(slug: str, public_id: str, member: str) -> ResponseReturnValue:
    """Give a learner a grade."""
    work, form = _find_gradable_or_404(public_id, member), GradeForm.from_request()
    if not form.validate():
        return _render_form("grade", form, work.assignment, work.member.subject), INVALID
    reach, actor, now = current_reach(), current_actor(), clock.now()
    score, reason = form.score, form.reason.data or ""
    with unit_of_work() as session:
        given = actions.give_grade(
            session, reach, public_id, member, score, reason, actor=actor, now=now
        )
    if isinstance(given, HandGrade):
        return _redirect_to_work(slug, public_id, member, _("The grade is saved."))
    if isinstance(given, GradeRefusal):
        abort(404)
    form.add_faults(given)
    work = _find_gradable_or_404(public_id, member)
    return _render_form("grade", form, work.assignment, work.member.subject), INVALID


@bp.post(f"{_WORK}/grade/end")
@requires(Permission.GRADE_EDIT, within=find_scope_of_route)
def end_grade(slug: str, public_id: str, member: str) -> ResponseReturnValue:
    """Let the score of the exam count again."""
    _find_gradable_or_404(public_id, member)
    NoFields.from_request()
    reach, actor, now = current_reach(), current_actor(), clock.now()
    with unit_of_work() as session:
        refusal = actions.end_grade(session, reach, public_id, member, actor=actor, now=now)
    if refusal is not None:
        abort(404)
    return _redirect_to_work(slug, public_id, member, _("The score of the exam counts again."))


def _find_gradable_or_404(public_id: str, member: str) -> _Work:
    """Return the work of somebody who is still in the class; an employer grades nobody."""
    work, session = _find_work_or_404(public_id, member), db.session()
    if not load_graded_course(session, work.assignment).seen.has_exam:
        abort(404)
    if find_learner_of_assignment(session, current_reach(), work.assignment, member) is None:
        abort(404)
    return work


# A try


def _find_try_or_404(public_id: str) -> FoundTry:
    found = find_assigned_try(db.session(), current_reach(), public_id) or abort(404)
    if not load_graded_course(db.session(), found.assignment).seen.has_exam:
        abort(404)
    return found


@bp.get(_TRY)
@requires(Permission.GRADE_EDIT, within=find_scope_of_route)
def ask_try_change(slug: str, public_id: str) -> ResponseReturnValue:
    """Ask what is to happen to a try: more time, open it again, or void it."""
    del slug
    found = _find_try_or_404(public_id)
    return _render_form("try", TryForm(), found.assignment, found.attempt.subject)


@bp.post(_TRY)
@requires(Permission.GRADE_EDIT, within=find_scope_of_route)
def change_try(slug: str, public_id: str) -> ResponseReturnValue:
    """Extend, reopen or void a try."""
    found, form = _find_try_or_404(public_id), TryForm.from_request()
    assignment, subject = found.assignment, found.attempt.subject
    is_valid = form.validate()
    until = resolve_time_field(form, "until", assignment.cohort.school.time_zone)
    if not is_valid or form.errors:
        return _render_form("try", form, assignment, subject), INVALID
    to = until.instant if until else None
    refused = _move_try(form, public_id, to)
    if refused is not None:
        form.form_errors.append(refused)
        found = _find_try_or_404(public_id)
        return _render_form("try", form, found.assignment, subject), CONFLICT
    flash(_("The try is changed."), "good")
    page = url_for(".show_gradebook", slug=slug, public_id=assignment.public_id)
    return redirect(page, 303)


def _move_try(form: TryForm, public_id: str, to: datetime | None) -> str | None:
    """Do what the form asks for; return why it is refused, in a sentence."""
    reach, actor, now = current_reach(), current_actor(), clock.now()
    move, reason = form.chosen_move, form.reason.data or ""
    try:
        with unit_of_work() as session:
            moved = actions.move_try(
                session, reach, public_id, move, to=to, reason=reason, actor=actor, now=now
            )
    except InvalidDeadlineError as fault:
        return str(fault)
    if isinstance(moved, Attempt):
        return None
    if isinstance(moved, MoveRefusal):
        return moved.sentence
    return {
        GradeRefusal.TIME_MISSING: _("Enter the time until which the learner can work."),
        GradeRefusal.OUT_OF_REACH: _("This try no longer belongs to one of your classes."),
    }[moved]
