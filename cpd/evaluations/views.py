"""The pages on which learners evaluate a course, and those that show what all of them said."""

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy.orm import Session

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Actor, Permission
from cpd.courses.hooks import Link
from cpd.courses.rules.fronts.course import CourseFront
from cpd.db import db, unit_of_work
from cpd.evaluations import actions, queries
from cpd.evaluations.blueprint import bp
from cpd.evaluations.forms import EvaluationForm, build_form_class
from cpd.evaluations.queries import CourseToEvaluate
from cpd.evaluations.rules import questions
from cpd.kernel import clock
from cpd.web.markup import render_markup
from cpd.web.reading import read_page_number

# For learners


@bp.get("/certificates/<string:public_id>/evaluation")
@requires(Permission.EVALUATION_GIVE)
def show_evaluation_form(public_id: str) -> ResponseReturnValue:
    """Ask what the learner thinks of the course, or thank them."""
    course = _course_to_evaluate_or_404(public_id)
    if course.is_evaluated:
        return render_template("evaluations/given.html", course=course)
    return _render_evaluation_form(course, _build_form_class_for_course(course)())


@bp.post("/certificates/<string:public_id>/evaluation")
@requires(Permission.EVALUATION_GIVE)
def save_evaluation(public_id: str) -> ResponseReturnValue:
    """Store an evaluation, once; any question may be skipped, but not all of them."""
    course = _course_to_evaluate_or_404(public_id)
    form = _build_form_class_for_course(course).from_request()
    if not form.validate():
        return _render_evaluation_form(course, form), 422
    comment = form.comment.data or ""
    if not form.ratings and not comment:
        form.form_errors.append(_("Answer at least one question, or leave this page."))
        return _render_evaluation_form(course, form), 422
    with unit_of_work() as session:
        is_new = actions.save_evaluation(
            session,
            course.enrolment,
            form.ratings,
            comment,
            actor=current_actor(),
            now=clock.now(),
        )
    if not is_new:
        flash(_("You have already answered, and your first answers are kept."), "info")
    return redirect(url_for(".show_evaluation_form", public_id=public_id), 303)


def _course_to_evaluate_or_404(public_id: str) -> CourseToEvaluate:
    return queries.find_course_to_evaluate(db.session(), current_actor(), public_id) or abort(404)


def _build_form_class_for_course(course: CourseToEvaluate) -> type[EvaluationForm]:
    stored = course.enrolment.course_revision.front
    return build_form_class(CourseFront.from_json(stored).objectives)


def _render_evaluation_form(course: CourseToEvaluate, form: EvaluationForm) -> str:
    return render_template("evaluations/ask.html", course=course, form=form)


# For those who write and run the courses


@bp.get("/evaluations")
@requires(Permission.EVALUATION_READ)
def list_evaluated_courses() -> ResponseReturnValue:
    """List the courses, with how many learners have evaluated each."""
    page = read_page_number()
    overview = queries.find_evaluation_overview(db.session(), current_actor(), page=page) or abort(
        404
    )
    return render_template("evaluations/index.html", overview=overview)


@bp.get("/evaluations/<string:slug>")
@requires(Permission.EVALUATION_READ)
def show_course_evaluations(slug: str) -> ResponseReturnValue:
    """Show what learners said about a course: totals, and their comments without names."""
    page = read_page_number()
    summary = queries.find_evaluation_summary(
        db.session(), current_actor(), slug, page=page
    ) or abort(404)
    return render_template("evaluations/course.html", summary=summary, questions=questions)


# What other rooms show of evaluations


def find_evaluation_link(session: Session, actor: Actor, enrolment_id: int) -> Link | None:
    """Return the link to evaluate the actor's own course, until they have."""
    for certificate, _title in queries.find_courses_not_yet_evaluated(session, actor, enrolment_id):
        return Link(
            url_for("evaluations.show_evaluation_form", public_id=certificate),
            _("Say what you think of it"),
        )
    return None


def render_record_panel(session: Session, actor: Actor) -> Markup:
    """Return links to the courses that the actor may still evaluate; empty if there are none."""
    return render_markup(
        "evaluations/_record.html", rows=queries.find_courses_not_yet_evaluated(session, actor)
    )
