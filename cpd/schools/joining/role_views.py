"""Who has a role in a school, whether they belong to it or not, and ending one."""

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, current_scope, requires
from cpd.access.permissions import Permission, Role
from cpd.accounts.labels import label_of_role
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.organisations.queries import find_scope_of_route
from cpd.schools.blueprint import bp
from cpd.schools.joining import actions, queries
from cpd.schools.joining.actions import EndRoleRefusal
from cpd.schools.joining.forms import EndRoleForm
from cpd.schools.pages import find_current_school, render_school_page
from cpd.web.reading import read_page_number


@bp.get("/<string:slug>/roles")
@requires(Permission.ROSTER_EDIT, within=find_scope_of_route)
def list_roles(slug: str) -> ResponseReturnValue:
    """List who teaches in a school or looks after it."""
    del slug
    page = queries.find_roles_page(db.session(), current_scope(), page=read_page_number())
    return render_school_page(
        "schools/joining/roles.html",
        find_current_school(),
        page=page or abort(404),
        label_of_role=label_of_role,
        own_subject=current_actor().subject,
    )


@bp.post("/<string:slug>/roles/end")
@requires(Permission.ROSTER_EDIT, within=find_scope_of_route)
def end_role(slug: str) -> ResponseReturnValue:
    """End a role in the school; whoever belongs to it still does."""
    form = EndRoleForm.from_request()
    if not form.validate():
        abort(404)
    scope, actor, role = current_scope(), current_actor(), Role(form.role.data)
    with unit_of_work() as session:
        refusal = actions.end_role(
            session, scope, form.person.data, role, actor=actor, now=clock.now()
        )
    if refusal is EndRoleRefusal.NOT_HELD:
        abort(404)
    if refusal is EndRoleRefusal.OWN:
        abort(409, _("This is your own role. Another administrator of the school can end it."))
    flash(_("The role has ended, along with all access that came with it."), "good")
    return redirect(url_for(".list_roles", slug=slug), 303)
