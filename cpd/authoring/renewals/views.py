"""The list of courses that are due to be reviewed again."""

from flask import render_template
from flask.typing import ResponseReturnValue

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.authoring.blueprint import bp
from cpd.authoring.renewals.queries import find_courses_due_for_review
from cpd.db import db
from cpd.kernel import clock


@bp.get("/renewals")
@requires(Permission.DRAFT_WRITE)
def list_renewals() -> ResponseReturnValue:
    """List the courses that should be reviewed again."""
    today = clock.now().date()
    due = find_courses_due_for_review(db.session(), current_actor(), today=today)
    return render_template("authoring/review/renewals.html", due=due, today=today)
