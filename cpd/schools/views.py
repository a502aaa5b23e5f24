"""Pages of schools, for people with a role in one."""

from flask import abort, render_template
from flask.typing import ResponseReturnValue

from cpd.access.guard import current_scope, requires
from cpd.access.permissions import Permission
from cpd.accounts import queries as accounts
from cpd.db import db
from cpd.organisations import queries
from cpd.organisations.queries import find_scope_of_route
from cpd.schools.blueprint import bp
from cpd.web.reading import read_page_number


@bp.get("/<string:slug>")
@requires(Permission.SCHOOL_READ, within=find_scope_of_route)
def show_school(slug: str) -> ResponseReturnValue:
    """Show a school and its members, page by page."""
    del slug  # the guard has turned it into the scope
    session, scope = db.session(), current_scope()
    page = read_page_number()
    members = queries.find_members_page(session, scope, page=page) or abort(404)
    return render_template(
        "schools/school.html",
        school=queries.find_school(session, scope),
        page=members,
        names=accounts.find_names_by_subject(session, [member.subject for member in members.rows]),
    )
