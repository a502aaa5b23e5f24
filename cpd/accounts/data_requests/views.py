"""The pages for requests about data: a person's own, and those that administrators carry out."""

from flask import Blueprint, abort, flash, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import BadRequest

from cpd.access.guard import current_actor, requires, requires_recent_login
from cpd.access.permissions import Permission
from cpd.accounts.data_requests import actions, queries
from cpd.accounts.data_requests.actions import DataRequestRefusal
from cpd.accounts.data_requests.forms import DataRequestForm
from cpd.accounts.data_requests.models import DataRequestKind
from cpd.accounts.data_requests.personal_data import RowsOfPerson
from cpd.accounts.queries import find_person_by_subject
from cpd.db import db, unit_of_work
from cpd.joints.registry import current_registry
from cpd.kernel import clock
from cpd.mail import emails
from cpd.web.forms import NoFields
from cpd.web.reading import read_page_number

bp = Blueprint("data_requests", __name__)

CONFLICT = 409


# A person's own


@bp.get("/profile/data")
@requires(Permission.PROFILE_EDIT)
@requires_recent_login()
def show_own() -> ResponseReturnValue:
    """Say what a person can ask for, and how far their requests are."""
    session, actor = db.session(), current_actor()
    return render_template(
        "accounts/data_requests/own.html",
        requests=queries.find_own_requests(session, actor),
        copy_ends_at=queries.find_end_of_ready_copy(session, actor, now=clock.now()),
    )


@bp.post("/profile/data")
@requires(Permission.PROFILE_EDIT)
@requires_recent_login(lambda **_: url_for("accounts.data_requests.show_own"))
def make_request() -> ResponseReturnValue:
    """Ask administrators for a copy of the data, or for the deletion of the account."""
    form = DataRequestForm.from_request()
    if not form.validate():
        raise BadRequest
    kind = DataRequestKind(form.kind.data)
    with unit_of_work() as session:
        actions.request_data_action(session, kind, actor=current_actor(), now=clock.now())
    flash(_("Your request has been sent to the administrators."), "good")
    return redirect(url_for(".show_own"), 303)


@bp.post("/profile/data/<string:public_id>/withdrawal")
@requires(Permission.PROFILE_EDIT)
@requires_recent_login(lambda **_: url_for("accounts.data_requests.show_own"))
def withdraw(public_id: str) -> ResponseReturnValue:
    """Take a request back before it is carried out."""
    NoFields.from_request()
    request = queries.find_own_open_request(db.session(), current_actor(), public_id)
    if request is None:
        abort(404)
    with unit_of_work() as session:
        actions.withdraw_data_request(session, request, actor=current_actor(), now=clock.now())
    flash(_("Your request has been withdrawn."), "good")
    return redirect(url_for(".show_own"), 303)


@bp.get("/profile/data/copy.json")
@requires(Permission.PROFILE_EDIT)
@requires_recent_login()
def download_copy() -> ResponseReturnValue:
    """Send what the site has stored about a person, to that person."""
    session, actor = db.session(), current_actor()
    if queries.find_end_of_ready_copy(session, actor, now=clock.now()) is None:
        abort(404, _("No copy is ready for you. Ask for one on the “Your data” page."))
    person = find_person_by_subject(session, actor.subject) or abort(404)
    rows = RowsOfPerson(person, current_registry().personal)
    response = make_response(rows.copy_as_json(session))
    response.mimetype = "application/json"
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


# For administrators


@bp.get("/people/requests")
@requires(Permission.PERSON_DISABLE)
@requires_recent_login()
def index() -> ResponseReturnValue:
    """List the requests that wait, and say what each button does."""
    return _render_list_page()


@bp.post("/people/requests/<string:public_id>/completion")
@requires(Permission.PERSON_DISABLE)
@requires_recent_login(lambda **_: url_for("accounts.data_requests.index"))
def complete(public_id: str) -> ResponseReturnValue:
    """Carry a request out, and tell the person."""
    NoFields.from_request()
    actor = current_actor()
    request = queries.find_open_request(db.session(), actor, public_id) or abort(404)
    is_deletion = request.kind is DataRequestKind.DELETION
    with unit_of_work() as session:
        refusal = actions.carry_out_data_request(
            session, request, declared=current_registry().personal, actor=actor, now=clock.now()
        )
    if refusal is DataRequestRefusal.NOT_OPEN:
        abort(404)
    if refusal is DataRequestRefusal.OWN_ACCOUNT:
        reason = _("You cannot delete your own account. Ask another administrator.")
        return _render_list_page(refusal=reason), CONFLICT
    done = _("The account has been deleted.") if is_deletion else _("The copy is ready.")
    told = (
        _("Its owner will be told by email.")
        if emails.site_sends_emails()
        else _("This site sends no emails, so tell its owner yourself.")
    )
    flash(f"{done} {told}", "good")
    return redirect(url_for(".index"), 303)


def _render_list_page(*, refusal: str = "") -> str:
    page = queries.find_page_of_requests(db.session(), current_actor(), page=read_page_number())
    return render_template(
        "accounts/data_requests/index.html", page=page or abort(404), refusal=refusal
    )
