"""The pages on which administrators manage people: accounts, roles, links to set a password."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from cpd.access.guard import current_actor, requires, requires_recent_login
from cpd.access.permissions import SCHOOL_ROLES, STAFF_ROLES, Permission, Role, Scope
from cpd.accounts import encryption, hooks
from cpd.accounts.data_requests.queries import find_open_request_count
from cpd.accounts.labels import ROLE_DESCRIPTIONS
from cpd.accounts.models import Person
from cpd.accounts.people import actions, queries
from cpd.accounts.people.actions import AccountRefusal, AddressTakenError, NewPerson
from cpd.accounts.people.forms import (
    GrantRoleForm,
    NewPersonForm,
    RemoveRoleForm,
)
from cpd.accounts.queries import person_has_mfa
from cpd.accounts.sign_in import sessions
from cpd.accounts.sign_in.actions import make_password_link
from cpd.accounts.sign_in.form_checks import INVALID
from cpd.accounts.sign_in.queries import find_live_session_count
from cpd.config import current_settings
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.organisations import queries as organisations
from cpd.organisations.models import School
from cpd.web.forms import NoFields
from cpd.web.reading import read_page_number

bp = Blueprint("people", __name__, url_prefix="/people")

CONFLICT = 409
Outcome = TypeVar("Outcome")


def _build_person_url(public_id: str, **_values: str) -> str:
    """Return the URL of the person that a form is about."""
    return url_for("accounts.people.show", public_id=public_id)


def _build_filled_in_form_url() -> str:
    """Return the URL of the form for a new person, filled in with what was typed."""
    typed = encryption.encrypt_form_values(
        sessions.current_person().person_id, NewPersonForm.from_request().data, now=clock.now()
    )
    return url_for("accounts.people.new", typed=typed)


@bp.get("")
@requires(Permission.PERSON_LIST)
def index() -> ResponseReturnValue:
    """List all people, or those whom a search finds, page by page."""
    wanted = request.args.get("q", "").strip()
    page = queries.find_page_of_people(
        db.session(), current_actor(), page=read_page_number(), wanted=wanted
    ) or abort(404)
    return render_template(
        "accounts/people/people.html",
        page=page,
        wanted=wanted,
        role_descriptions=ROLE_DESCRIPTIONS,
        request_count=find_open_request_count(db.session(), current_actor()),
        now=clock.now(),
    )


# A new account


@bp.get("/new")
@requires(Permission.PERSON_CREATE)
@requires_recent_login()
def new() -> ResponseReturnValue:
    """Ask who gets an account."""
    typed = encryption.decrypt_form_values(
        sessions.current_person().person_id, request.args.get("typed", ""), now=clock.now()
    )
    return _render_new_person_page(NewPersonForm(data=typed))


@bp.post("")
@requires(Permission.PERSON_CREATE)
@requires_recent_login(_build_filled_in_form_url)
def create() -> ResponseReturnValue:
    """Create an account and show, once, the link with which the person sets a password."""
    form = NewPersonForm.from_request()
    if not form.validate():
        return _render_new_person_page(form), INVALID
    created = _create_person_and_link(form.entered_new_person)
    if created is None:
        form.email.errors = [_("This address already has an account.")]
        return _render_new_person_page(form), INVALID
    return _render_link_page(*created)


def _create_person_and_link(new: NewPerson) -> tuple[Person, str] | None:
    """Return the new person and the token of their link; None if the address has an account."""
    actor, now = current_actor(), clock.now()
    try:
        with unit_of_work() as session:
            person = actions.create_person(session, new, actor=actor, now=now)
            if isinstance(person, AccountRefusal):
                return None
            return person, make_password_link(session, person, actor=actor, now=now)
    except AddressTakenError:
        return None


def _render_new_person_page(form: NewPersonForm) -> str:
    return render_template("accounts/people/new_person.html", form=form)


def _render_link_page(person: Person, token: str) -> str:
    path = url_for("accounts.password.ask_new_password", token=token)
    link = f"{current_settings().public_url}{path}"
    return render_template("accounts/people/password_link.html", person=person, link=link)


# One person


@bp.get("/<string:public_id>")
@requires(Permission.PERSON_LIST)
@requires_recent_login()
def show(public_id: str) -> ResponseReturnValue:
    """Show one person."""
    return _render_person_page(_find_person_or_404(public_id))


@bp.post("/<string:public_id>/link")
@requires(Permission.PERSON_CREATE)
@requires_recent_login(_build_person_url)
def make_new_password_link(public_id: str) -> ResponseReturnValue:
    """Make a new link to set a password; older ones stop working, the password stays until then."""
    person = _find_person_of_button_or_404(public_id)
    token = _run_action_on_person(actions.make_password_link_for_person, person)
    if isinstance(token, AccountRefusal):
        return _render_page_with_refusal(person, _("Unlock the account first; then make a link."))
    return _render_link_page(person, token)


@bp.post("/<string:public_id>/roles")
@requires(Permission.ROLE_GRANT)
@requires_recent_login(_build_person_url)
def grant_role(public_id: str) -> ResponseReturnValue:
    """Grant a role."""
    person, form = (
        _find_person_or_404(public_id),
        GrantRoleForm.from_request(schools=_find_open_schools()),
    )
    if not form.validate():
        return _render_person_page(person, form), INVALID
    with unit_of_work() as session:
        refusal = actions.grant_role(
            session, person.id, form.requested_grant, actor=current_actor(), now=clock.now()
        )
    if refusal is not None:
        return _render_page_with_refusal(
            person, _("This school has been closed and takes no new roles.")
        )
    return _redirect_to_person(public_id, _("The role is granted."))


@bp.post("/<string:public_id>/roles/<string:role>/removal")
@requires(Permission.ROLE_GRANT)
@requires_recent_login(_build_person_url)
def remove_role(public_id: str, role: str) -> ResponseReturnValue:
    """Remove a role; the person is signed out everywhere."""
    scope = RemoveRoleForm.from_request().parsed_scope
    if role not in set(Role) or scope is None:
        abort(404)
    person = _find_person_or_404(public_id)
    with unit_of_work() as session:
        refusal = actions.remove_role(
            session, person.id, Role(role), scope, actor=current_actor(), now=clock.now()
        )
    if refusal is not None:
        reason = _("You cannot remove this role from yourself. Ask another administrator.")
        return _render_page_with_refusal(person, reason)
    return _redirect_to_person(
        public_id, _("The role is removed, and the person is signed out everywhere.")
    )


@bp.post("/<string:public_id>/disabling")
@requires(Permission.PERSON_DISABLE)
@requires_recent_login(_build_person_url)
def disable(public_id: str) -> ResponseReturnValue:
    """Lock an account."""
    person = _find_person_of_button_or_404(public_id)
    if _run_action_on_person(actions.disable_person, person) is not None:
        reason = _("You cannot lock your own account. Ask another administrator.")
        return _render_page_with_refusal(person, reason)
    return _redirect_to_person(public_id, _("The account is locked. Its records are kept."))


@bp.post("/<string:public_id>/enabling")
@requires(Permission.PERSON_DISABLE)
@requires_recent_login(_build_person_url)
def enable(public_id: str) -> ResponseReturnValue:
    """Unlock a locked account."""
    return _run_action_and_redirect(public_id, actions.enable_person, _("The account is unlocked."))


@bp.post("/<string:public_id>/second-factor/removal")
@requires(Permission.PERSON_DISABLE)
@requires_recent_login(_build_person_url)
def turn_off_mfa(public_id: str) -> ResponseReturnValue:
    """Let a person who lost their phone and recovery codes sign in with the password alone."""
    done = _("Signing in no longer asks for codes. The person is notified by email.")
    return _run_action_and_redirect(public_id, actions.turn_off_mfa, done)


@bp.post("/<string:public_id>/sessions/ending")
@requires(Permission.PERSON_DISABLE)
def end_sessions(public_id: str) -> ResponseReturnValue:
    """Sign a person out everywhere."""
    ended = _run_action_on_person(actions.sign_out_person, _find_person_of_button_or_404(public_id))
    message = ngettext("Signed out of one browser.", "Signed out of %(num)s browsers.", ended)
    return _redirect_to_person(
        public_id, message if ended else _("The person was not signed in anywhere.")
    )


def _run_action_and_redirect(
    public_id: str, action: Callable[..., None], message: str
) -> ResponseReturnValue:
    """Run the action of a form without fields, which cannot fail, and say that it is done."""
    _run_action_on_person(action, _find_person_of_button_or_404(public_id))
    return _redirect_to_person(public_id, message)


def _run_action_on_person(action: Callable[..., Outcome], person: Person) -> Outcome:
    """Run an action in its own transaction, and return its result."""
    with unit_of_work() as session:
        return action(session, person.id, actor=current_actor(), now=clock.now())


def _find_person_or_404(public_id: str) -> Person:
    return queries.find_person(db.session(), current_actor(), public_id) or abort(404)


def _find_person_of_button_or_404(public_id: str) -> Person:
    """Return the person that a form without fields is about."""
    NoFields.from_request()
    return _find_person_or_404(public_id)


def _find_open_schools() -> Sequence[School]:
    return organisations.find_open_schools(db.session(), Scope.everywhere)


def _redirect_to_person(public_id: str, message: str) -> ResponseReturnValue:
    flash(message, "good")
    return redirect(url_for(".show", public_id=public_id))


def _render_page_with_refusal(person: Person, reason: str) -> ResponseReturnValue:
    return _render_person_page(person, refusal=reason), CONFLICT


def _render_person_page(
    person: Person, form: GrantRoleForm | None = None, *, refusal: str = ""
) -> str:
    now, schools = clock.now(), _find_open_schools()
    if form is None:
        form = GrantRoleForm(schools=schools)
        site_wide = {row.role for row in person.roles if row.scope == Scope.everywhere}
        form.offer_roles(role for role in Role if schools or role not in site_wide | SCHOOL_ROLES)
    current_roles = {row.role for row in person.roles if row.is_in_force(now)}
    return render_template(
        "accounts/people/person.html",
        person=person,
        form=form,
        refusal=refusal,
        is_self=person.id == current_actor().person_id,
        session_count=find_live_session_count(db.session(), person.id, now=now),
        has_mfa=person_has_mfa(db.session(), person.id),
        needs_mfa=sessions.site_requires_mfa_of_staff() and bool(current_roles & STAFF_ROLES),
        role_descriptions=ROLE_DESCRIPTIONS,
        panels=hooks.person_panels(db.session(), current_actor(), person),
        now=now,
    )
