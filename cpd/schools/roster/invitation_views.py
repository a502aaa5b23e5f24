"""Whom a school has invited, and how far each invitation has come."""

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, current_scope, requires
from cpd.access.permissions import Permission
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.organisations.queries import find_scope_of_route
from cpd.schools.blueprint import bp
from cpd.schools.pages import find_current_school, render_school_page
from cpd.schools.roster import actions, labels, queries
from cpd.schools.roster.actions import RosterRefusal
from cpd.web.forms import NoFields
from cpd.web.reading import read_page_number

_INVITATIONS = "/<string:slug>/invitations"


@bp.get(_INVITATIONS)
@requires(Permission.ROSTER_EDIT, within=find_scope_of_route)
def list_invitations(slug: str) -> ResponseReturnValue:
    """List who has not joined yet."""
    del slug
    session, scope = db.session(), current_scope()
    page = queries.find_invitations_page(session, scope, page=read_page_number()) or abort(404)
    school = find_current_school()
    return render_school_page(
        "schools/roster/invitations.html",
        school,
        page=page,
        states=labels.STATES,
        waiting_count=queries.count_unsent_invitations(session, scope),
        free_seats=actions.count_free_seats(session, school),
    )


@bp.post(f"{_INVITATIONS}/<string:public_id>/repetition")
@requires(Permission.ROSTER_EDIT, within=find_scope_of_route)
def repeat_invitation(slug: str, public_id: str) -> ResponseReturnValue:
    """Send an invitation again."""
    NoFields.from_request()
    with unit_of_work() as session:
        refusal = actions.invite_again(
            session, current_scope(), public_id, actor=current_actor(), now=clock.now()
        )
        if refusal is RosterRefusal.OUT_OF_REACH:
            abort(404)
    if refusal is None:
        flash(_("The invitation is being sent again."), "good")
    else:
        flash(str(labels.REFUSALS[refusal]), "warn")
    return redirect(url_for(".list_invitations", slug=slug), 303)


@bp.post(f"{_INVITATIONS}/<string:public_id>/withdrawal")
@requires(Permission.ROSTER_EDIT, within=find_scope_of_route)
def withdraw_invitation(slug: str, public_id: str) -> ResponseReturnValue:
    """Take somebody off the list who has not joined."""
    NoFields.from_request()
    with unit_of_work() as session:
        refusal = actions.withdraw_invitation(
            session, current_scope(), public_id, actor=current_actor(), now=clock.now()
        )
        if refusal is not None:
            abort(404)
    flash(_("The invitation is withdrawn, and the link in the email no longer works."), "good")
    return redirect(url_for(".list_invitations", slug=slug), 303)
