"""What a learner's school sees of them under an assignment, and their say in it."""

from collections.abc import Callable

import flask_babel
from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.accounts.queries import find_names_by_subject
from cpd.courses.rules.addresses import CourseAddress
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.schools.accommodations.queries import find_own_terms
from cpd.schools.accommodations.rules.granting import build_personal_window
from cpd.schools.agreements import actions
from cpd.schools.agreements.queries import find_own_agreement
from cpd.schools.assignments.rules.terms import Purpose
from cpd.schools.blueprint import bp
from cpd.schools.boards.first_choices import select_own_choices
from cpd.schools.boards.harmful_choices import find_harmful_choices
from cpd.schools.boards.labels import label_of_work
from cpd.schools.boards.queries import find_own_progress
from cpd.schools.cohorts.queries import own_class_condition
from cpd.schools.gradebook.class_table import load_graded_course
from cpd.schools.gradebook.timeline import find_timeline
from cpd.web.forms import NoFields

_: Callable[..., str] = flask_babel.gettext


@bp.get("/assigned/<string:public_id>/seen")
@requires(Permission.COURSE_STUDY)
def show_what_is_seen(public_id: str) -> ResponseReturnValue:
    """Show a learner exactly what their school sees of them under one assignment."""
    session, subject, now = db.session(), current_actor().subject, clock.now()
    terms = find_own_terms(session, subject, public_id) or abort(404)
    assignment = terms.assignment
    school = assignment.cohort.school
    agreement = find_own_agreement(session, subject, assignment) if school.is_employer else None
    graded = load_graded_course(session, assignment, has_agreed=agreement is not None)
    own = find_own_progress(session, subject, assignment, graded.outline, now=now)
    timeline = find_timeline(session, own_class_condition(subject), graded, subject, now=now)
    has_exam = assignment.purpose is Purpose.EXAM
    is_closed = not graded.seen.has_exam
    return render_template(
        "schools/own_assignments/seen.html",
        address=CourseAddress(assignment.course.slug, assignment.public_id),
        graded=graded,
        school=school,
        own=own,
        label=own and label_of_work(own.progress, has_exam=has_exam, is_employer=is_closed),
        window=build_personal_window(assignment.window, terms.until),
        allowance=terms.allowance,
        agreement=agreement,
        timeline=timeline,
        choices=find_harmful_choices(
            session,
            select_own_choices(subject, assignment),
            {assignment.course_id: graded.outline},
        ),
        names=find_names_by_subject(session, [entry.actor for entry in timeline.entries]),
        has_reasons=True,
        may_edit=False,
    )


@bp.post("/assigned/<string:public_id>/agreement")
@requires(Permission.COURSE_STUDY)
def agree(public_id: str) -> ResponseReturnValue:
    """Let an employer see more than what is completed."""
    NoFields.from_request()
    with unit_of_work() as session:
        given = actions.give_agreement(session, public_id, actor=current_actor(), now=clock.now())
        if given is None:
            abort(404)
    flash(_("Your employer sees more from now on. You can stop this at any time."), "good")
    return redirect(url_for(".show_what_is_seen", public_id=public_id), 303)


@bp.post("/assigned/<string:public_id>/agreement/end")
@requires(Permission.COURSE_STUDY)
def withdraw_agreement(public_id: str) -> ResponseReturnValue:
    """Let an employer see no more than what is completed."""
    NoFields.from_request()
    with unit_of_work() as session:
        if (
            actions.withdraw_agreement(session, public_id, actor=current_actor(), now=clock.now())
            is None
        ):
            abort(404)
    flash(_("From now on, your employer sees only whether you have completed it."), "good")
    return redirect(url_for(".show_what_is_seen", public_id=public_id), 303)
