"""A school's page, for those who hold a role in it."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from cpd.access.guard import current_scope, requires
from cpd.access.permissions import Permission
from cpd.accounts import queries as accounts
from cpd.db import db
from cpd.organisations import queries
from cpd.organisations.addresses import school_of

bp = Blueprint("schools", __name__, url_prefix="/schools", template_folder="templates")


@bp.get("/<string:slug>")
@requires(Permission.SCHOOL_READ, within=school_of)
def show(slug: str) -> ResponseReturnValue:
    """Show the school and who belongs to it, page by page."""
    del slug  # the guard has found its scope
    session, scope = db.session(), current_scope()
    page = request.args.get("page", default=1, type=int)
    page_of = queries.members(session, scope, page=page) or abort(404)
    return render_template(
        "schools/school.html",
        school=queries.school(session, scope),
        page=page_of,
        names=accounts.names_by_subject(session, [one.subject for one in page_of.members]),
    )
