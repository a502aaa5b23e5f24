"""People, as administrators look after them: accounts, roles, links to set a password."""

from collections.abc import Sequence

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from cpd.access.guard import current_actor, requires, requires_recent_login
from cpd.access.permissions import STAFF_ROLES, Permission, Role, Scope
from cpd.accounts.people import actions
from cpd.accounts.sign_in import form_checks as answers, actions as credentials, queries, sessions
from cpd.accounts import encryption as sealing
from cpd.accounts.mfa import actions as second_factor
from cpd.accounts.people.actions import NewPerson, Refusal
from cpd.accounts.sign_in.actions import AddressTakenError
from cpd.accounts.profile.forms import ROLE_WORDS, HeldRoleForm, NewPersonForm, RoleForm, role_choices
from cpd.accounts.models import Person
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.organisations import queries as organisations
from cpd.organisations.models import School
from cpd.web.forms import NoFields

bp = Blueprint("people", __name__, url_prefix="/people")

CONFLICT = 409


def _own_page(public_id: str, **_values: str) -> str:
    """Return the address of the person whom a button is about."""
    return url_for("accounts.people.show", public_id=public_id)


def _typed() -> str:
    """Return the address that offers what was typed about a new person again."""
    typed = NewPersonForm.sent().data
    sealed = sealing.keep_typed(sessions.myself().person_id, typed, now=clock.now())
    return url_for("accounts.people.new", typed=sealed)


@bp.get("")
@requires(Permission.PERSON_LIST)
def index() -> ResponseReturnValue:
    """List everybody, page by page."""
    number = request.args.get("page", "1")
    if not (number.isascii() and number.isdecimal() and len(number) < 7):  # noqa: PLR2004 - enough
        abort(404)
    page = queries.people(db.session(), current_actor(), page=int(number)) or abort(404)
    return render_template("accounts/people.html", page=page, words=ROLE_WORDS, now=clock.now())


@bp.get("/new")
@requires(Permission.PERSON_CREATE)
@requires_recent_login()
def new() -> ResponseReturnValue:
    """Ask who is to get an account."""
    me, sealed = sessions.myself(), request.args.get("typed", "")
    typed = sealing.typed_before(me.person_id, sealed, now=clock.now())
    return _new_page(NewPersonForm(data=typed))


@bp.post("")
@requires(Permission.PERSON_CREATE)
@requires_recent_login(_typed)
def create() -> ResponseReturnValue:
    """Make an account and show, once, the link with which the person sets a password."""
    form = NewPersonForm.sent()
    if not form.validate():
        return _new_page(form), answers.WRONG
    wanted = NewPerson(
        name=form.name.data or "",
        email=form.email.data or "",
        roles=frozenset(Role(role) for role in form.roles.data or ()),
    )
    made = _create(wanted)
    if made is None:
        form.email.errors = [_("This address has an account already.")]
        return _new_page(form), answers.WRONG
    return _link_page(*made)


def _create(wanted: NewPerson) -> tuple[Person, str] | None:
    actor, now = current_actor(), clock.now()
    try:
        with unit_of_work() as session:
            person = actions.create_person(session, wanted, actor=actor, now=now)
            if isinstance(person, Refusal):
                return None
            return person, credentials.make_password_link(session, person, actor=actor, now=now)
    except AddressTakenError:
        return None


def _new_page(form: NewPersonForm) -> str:
    return render_template("accounts/new_person.html", form=form)


def _link_page(person: Person, token: str) -> str:
    path = url_for("accounts.choose_password", token=token)
    link = f"{current_app.config['CPD'].public_url}{path}"
    return render_template("accounts/link_made.html", person=person, link=link)


@bp.get("/<string:public_id>")
@requires(Permission.PERSON_LIST)
@requires_recent_login()
def show(public_id: str) -> ResponseReturnValue:
    """Show one person."""
    return _page(_person(public_id))


@bp.post("/<string:public_id>/link")
@requires(Permission.PERSON_CREATE)
@requires_recent_login(_own_page)
def make_link(public_id: str) -> ResponseReturnValue:
    """Make a new link to set a password; older ones stop working, the password stays until then."""
    NoFields.sent()
    person = _person(public_id)
    if person.disabled_at is not None:
        return _page(person, refusal=_("Open the account first; then make a link.")), CONFLICT
    with unit_of_work() as session:
        token = credentials.make_password_link(
            session, person, actor=current_actor(), now=clock.now()
        )
    return _link_page(person, token)


@bp.post("/<string:public_id>/roles")
@requires(Permission.ROLE_GRANT)
@requires_recent_login(_own_page)
def grant(public_id: str) -> ResponseReturnValue:
    """Give a role."""
    person, form = _person(public_id), RoleForm.sent(schools=_schools())
    if not form.validate():
        return _page(person, form), answers.WRONG
    with unit_of_work() as session:
        refusal = actions.grant_role(
            session, person.id, form.wanted, actor=current_actor(), now=clock.now()
        )
    if refusal is not None:
        reason = _("This school has been closed and takes no new roles.")
        return _page(person, refusal=reason), CONFLICT
    flash(_("The role is given."), "good")
    return redirect(url_for(".show", public_id=public_id))


@bp.post("/<string:public_id>/roles/<string:role>/removal")
@requires(Permission.ROLE_GRANT)
@requires_recent_login(_own_page)
def remove_role(public_id: str, role: str) -> ResponseReturnValue:
    """Take a role; the person is signed out everywhere."""
    scope = _scope(HeldRoleForm.sent().scope.data or "")
    if role not in set(Role) or scope is None:
        abort(404)
    person = _person(public_id)
    with unit_of_work() as session:
        refusal = actions.remove_role(
            session, person.id, Role(role), scope, actor=current_actor(), now=clock.now()
        )
    if refusal is not None:
        reason = _("You cannot take this role from yourself. Ask another administrator.")
        return _page(person, refusal=reason), CONFLICT
    flash(_("The role is taken, and the person is signed out everywhere."), "good")
    return redirect(url_for(".show", public_id=public_id))


@bp.post("/<string:public_id>/disabling")
@requires(Permission.PERSON_DISABLE)
@requires_recent_login(_own_page)
def disable(public_id: str) -> ResponseReturnValue:
    """Lock an account."""
    NoFields.sent()
    person = _person(public_id)
    with unit_of_work() as session:
        refusal = actions.disable_person(session, person.id, actor=current_actor(), now=clock.now())
    if refusal is not None:
        reason = _("You cannot lock your own account. Ask another administrator.")
        return _page(person, refusal=reason), CONFLICT
    flash(_("The account is locked. Everything that was recorded stays."), "good")
    return redirect(url_for(".show", public_id=public_id))


@bp.post("/<string:public_id>/enabling")
@requires(Permission.PERSON_DISABLE)
@requires_recent_login(_own_page)
def enable(public_id: str) -> ResponseReturnValue:
    """Open a locked account again."""
    NoFields.sent()
    person = _person(public_id)
    with unit_of_work() as session:
        actions.enable_person(session, person.id, actor=current_actor(), now=clock.now())
    flash(_("The account is open again."), "good")
    return redirect(url_for(".show", public_id=public_id))


@bp.post("/<string:public_id>/second-factor/removal")
@requires(Permission.PERSON_DISABLE)
@requires_recent_login(_own_page)
def turn_off_codes(public_id: str) -> ResponseReturnValue:
    """Let somebody in with the password alone who has lost their phone and their codes."""
    NoFields.sent()
    person = _person(public_id)
    with unit_of_work() as session:
        actions.turn_off_codes(session, person.id, actor=current_actor(), now=clock.now())
    flash(_("Codes are no longer asked for. The person is told by letter."), "good")
    return redirect(url_for(".show", public_id=public_id))


@bp.post("/<string:public_id>/sessions/ending")
@requires(Permission.PERSON_DISABLE)
def end_sessions(public_id: str) -> ResponseReturnValue:
    """Sign a person out everywhere."""
    NoFields.sent()
    person = _person(public_id)
    with unit_of_work() as session:
        ended = actions.sign_out_person(session, person.id, actor=current_actor(), now=clock.now())
    flash(
        ngettext("Signed out of one browser.", "Signed out of %(num)s browsers.", ended)
        if ended
        else _("The person was signed in nowhere."),
        "good",
    )
    return redirect(url_for(".show", public_id=public_id))


def _person(public_id: str) -> Person:
    return queries.person(db.session(), current_actor(), public_id) or abort(404)


def _schools() -> Sequence[School]:
    return organisations.open_schools(db.session(), Scope.everywhere)


def _scope(sent: str) -> Scope | None:
    try:
        return Scope.parse(sent)
    except ValueError:
        return None


def _page(person: Person, form: RoleForm | None = None, *, refusal: str = "") -> str:
    now, schools = clock.now(), _schools()
    held = {it.role for it in person.roles if it.scope == Scope.everywhere}
    if form is None:
        form = RoleForm(schools=schools)
        form.role.choices = role_choices(it for it in Role if schools or it not in held)
    counting = {it.role for it in person.roles if it.counts(now)}
    return render_template(
        "accounts/person.html",
        person=person,
        form=form,
        refusal=refusal,
        is_self=person.id == current_actor().person_id,
        signed_in=queries.count_live_sessions(db.session(), person.id, now=now),
        has_codes=second_factor.is_on(db.session(), person.id),
        works_only_with_codes=sessions.staff_need_codes() and bool(counting & STAFF_ROLES),
        words=ROLE_WORDS,
        now=now,
    )
