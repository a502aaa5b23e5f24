"""What a learner says of a course after its certificate, and the page of what all said."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.db import db, unit_of_work
from cpd.evaluations import actions, queries
from cpd.evaluations.forms import EvaluationForm, form_for
from cpd.evaluations.queries import Asked
from cpd.evaluations.rules import questions
from cpd.kernel import clock

bp = Blueprint("evaluations", __name__, template_folder="templates")


# For learners


@bp.get("/certificates/<string:public_id>/evaluation")
@requires(Permission.EVALUATION_GIVE)
def ask(public_id: str) -> ResponseReturnValue:
    """Ask what the learner thinks of the course, or say thank you."""
    asked = _asked(public_id)
    if asked.is_given:
        return render_template("evaluations/given.html", asked=asked)
    return _ask_page(asked, _form_of(asked)())


@bp.post("/certificates/<string:public_id>/evaluation")
@requires(Permission.EVALUATION_GIVE)
def give(public_id: str) -> ResponseReturnValue:
    """Keep what the learner says, once; every question may be skipped, but not all of them."""
    asked = _asked(public_id)
    form = _form_of(asked).sent()
    if not form.validate():
        return _ask_page(asked, form), 422
    comment = form.comment.data or ""
    if not form.ratings and not comment:
        form.form_errors.append(_("Answer one question at least, or leave this page as it is."))
        return _ask_page(asked, form), 422
    with unit_of_work() as session:
        is_new = actions.give(
            session,
            asked.enrolment,
            form.ratings,
            comment,
            actor=current_actor(),
            now=clock.now(),
        )
    if not is_new:
        flash(_("You had told us before; that stays as it was."), "info")
    return redirect(url_for(".ask", public_id=public_id), 303)


def _asked(public_id: str) -> Asked:
    return queries.asked(db.session(), current_actor(), public_id) or abort(404)


def _form_of(asked: Asked) -> type[EvaluationForm]:
    return form_for(asked.enrolment.course_revision.front["objectives"])


def _ask_page(asked: Asked, form: EvaluationForm) -> str:
    return render_template("evaluations/ask.html", asked=asked, form=form)


# For those who write and run the courses


@bp.get("/evaluations")
@requires(Permission.EVALUATION_READ)
def index() -> ResponseReturnValue:
    """List the courses with how many have said something of each."""
    page = request.args.get("page", default=1, type=int)
    found = queries.overview(db.session(), current_actor(), page=page) or abort(404)
    return render_template("evaluations/index.html", overview=found)


@bp.get("/evaluations/<string:slug>")
@requires(Permission.EVALUATION_READ)
def course(slug: str) -> ResponseReturnValue:
    """Show what learners said of a course: totals, and their words without names."""
    page = request.args.get("page", default=1, type=int)
    found = queries.summary(db.session(), current_actor(), slug, page=page) or abort(404)
    return render_template("evaluations/course.html", summary=found, questions=questions)
