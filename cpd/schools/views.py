"""A school's page, for those who hold a role in it."""

from flask import Blueprint, render_template
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
    """Show the school and who belongs to it."""
    del slug  # the guard has found its scope
    session, scope = db.session(), current_scope()
    members = queries.members(session, scope)
    return render_template(
        "schools/school.html",
        school=queries.school(session, scope),
        members=members,
        names=accounts.names(session, [one.subject for one in members]),
    )
