"""The page that lists where a person is signed in, and ends sessions."""

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.accounts.sign_in import actions, queries, sessions
from cpd.accounts.sign_in.models import EndReason
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.web.forms import NoFields

bp = Blueprint("sessions", __name__, url_prefix="/profile/sessions")


@bp.get("")
@requires(Permission.SESSION_END)
def index() -> ResponseReturnValue:
    """List where the person is signed in."""
    own_sessions = queries.find_own_sessions(db.session(), current_actor(), now=clock.now())
    current = sessions.current_person().session_id
    return render_template("accounts/sign_in/sessions.html", sessions=own_sessions, current=current)


@bp.post("/<string:public_id>/ending")
@requires(Permission.SESSION_END)
def end(public_id: str) -> ResponseReturnValue:
    """Sign out one of the person's own browsers."""
    NoFields.from_request()
    actor, now = current_actor(), clock.now()
    row = queries.find_own_session(db.session(), actor, public_id, now=now) or abort(404)
    with unit_of_work() as session:
        actions.end_sessions_of_person(
            session, row.person_id, only_id=row.id, reason=EndReason.ENDED_BY_PERSON, now=now
        )
    if row.id == sessions.current_person().session_id:
        sessions.clear_session_cookie()
        return redirect(url_for("accounts.sign_in.show_form", next=url_for(".index")))
    flash(_("That browser is signed out."), "good")
    return redirect(url_for(".index"))


@bp.post("/ending")
@requires(Permission.SESSION_END)
def end_others() -> ResponseReturnValue:
    """Sign out every other of the person's own browsers."""
    NoFields.from_request()
    person = sessions.current_person()
    with unit_of_work() as session:
        ended = actions.end_sessions_of_person(
            session,
            person.person_id,
            except_id=person.session_id,
            reason=EndReason.ENDED_BY_PERSON,
            now=clock.now(),
        )
    flash(
        ngettext("Signed out of one browser.", "Signed out of %(num)s browsers.", ended)
        if ended
        else _("You were not signed in anywhere else."),
        "good",
    )
    return redirect(url_for(".index"))
