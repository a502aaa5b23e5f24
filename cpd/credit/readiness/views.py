"""The pages that say what is missing before credit may be claimed."""

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from cpd.access.guard import requires
from cpd.access.permissions import Permission
from cpd.credit.blueprint import bp
from cpd.credit.readiness import queries
from cpd.credit.readiness.labels import list_remedies
from cpd.db import db
from cpd.kernel import clock
from cpd.provider.current import current_provider
from cpd.web.reading import read_page_number


@bp.get("/before-credit")
@requires(Permission.APPROVAL_MANAGE)
def list_courses_before_credit() -> ResponseReturnValue:
    """List the courses of the provider."""
    listed = queries.find_courses_before_credit(db.session(), page=read_page_number())
    return render_template("credit/readiness/list.html", courses=listed or abort(404))


@bp.get("/before-credit/<string:slug>")
@requires(Permission.APPROVAL_MANAGE)
def show_course_before_credit(slug: str) -> ResponseReturnValue:
    """Say what is missing for each authority before a course may earn credit there."""
    found = queries.find_course_before_credit(db.session(), slug, today=clock.now().date())
    return render_template(
        "credit/readiness/course.html",
        found=found or abort(404),
        provider=current_provider(),
        remedies=list_remedies(is_piloted=found is not None and found.pilot is not None),
    )
