"""The page that adds up what learners said in a period, or of one version."""

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.db import db
from cpd.evaluations.blueprint import bp
from cpd.evaluations.rules import questions
from cpd.evaluations.summaries import queries
from cpd.evaluations.summaries.forms import SelectionForm
from cpd.kernel import clock
from cpd.web.formatting import load_time_zone
from cpd.web.reading import read_page_number

WRONG = 422


@bp.get("/evaluations/<string:slug>/summary")
@requires(Permission.EVALUATION_READ)
def show_summary(slug: str) -> ResponseReturnValue:
    """Show counts and shares for each question, and the comments, without names."""
    session, page = db.session(), read_page_number()
    course, versions = queries.find_course_and_versions(session, current_actor(), slug) or abort(
        404
    )
    fields = MultiDict(request.args)
    fields.poplist("page")
    form = SelectionForm.from_fields(fields)
    form.offer_versions(versions)
    zone = load_time_zone()
    selection = form.find_selection(zone.key, clock.now().astimezone(zone).date())
    summary = selection and (
        queries.find_period_summary(session, course, versions, selection, page=page) or abort(404)
    )
    shown = render_template(
        "evaluations/summary.html",
        course=course,
        form=form,
        summary=summary,
        chosen=fields.to_dict(),
        zone=zone.key,
        questions=questions,
    )
    return (shown, 200) if summary else (shown, WRONG)
