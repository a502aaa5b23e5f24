"""Signing up: an address, then proof that it is read, then a name and a password.

There is no account before the last of these steps. Until the address is proven every answer is the
same, whether it has an account or not; only the letter tells.
"""

from datetime import datetime
from functools import partial

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import public
from cpd.access.permissions import VISITOR, Role
from cpd.accounts import (
    actions,
    answers,
    asking,
    credentials,
    devices,
    passwords,
    proofs,
    sessions,
    tries,
)
from cpd.accounts.actions import NewPerson, Refusal
from cpd.accounts.answers import Denied
from cpd.accounts.credentials import AddressTakenError
from cpd.accounts.forms import AddressForm, CodeForm, NewAccountForm
from cpd.accounts.models import AddressProof
from cpd.accounts.rules.browsers import browser_words
from cpd.accounts.rules.limits import Door
from cpd.accounts.rules.redirects import safe_path
from cpd.accounts.tries import Wait
from cpd.config import current_settings
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.mail import emails
from cpd.provider import current
from cpd.web.forms import NoFields
from cpd.web.logs import log

bp = Blueprint("sign_up", __name__, url_prefix="/sign-up")

_CLAIM, _GRANT, _NEXT = "claim", "grant", "next"
"""Where the cookie keeps the claim of the page that is open, what proves it, where to go after."""


@bp.get("")
@public
def ask() -> ResponseReturnValue:
    """Ask for the address and nothing else."""
    _refuse_without_letters()
    wanted = safe_path(request.args.get("next")) or ""
    if sessions.signed_in() is not None:
        return redirect(wanted or "/")
    return _ask_page(AddressForm(next=wanted))


@bp.post("")
@public
def send() -> ResponseReturnValue:
    """Owe the letter; every address is answered alike."""
    _refuse_without_letters()
    form, now = AddressForm.sent(), clock.now()
    claim = asking.ask(form, partial(proofs.ask, now=now), now=now)
    if isinstance(claim, Denied):
        return _ask_page(form), claim.status, claim.headers
    session.pop(_GRANT, None)
    session[_CLAIM] = claim
    session[_NEXT] = safe_path(form.next.data) or ""
    return redirect(url_for(".code"), 303)


def _refuse_without_letters() -> None:
    if not emails.are_sent():
        abort(404, _("This site sends no letters. Ask the people who run it for an account."))


def _ask_page(form: AddressForm) -> str:
    return render_template("accounts/sign_up.html", form=form)


@bp.get("/code")
@public
def code() -> ResponseReturnValue:
    """Ask for the code out of the letter."""
    claim = _claim(clock.now())
    if claim is None and _granted_claim() is not None:
        return redirect(url_for(".account"), 303)  # the code was right, and the answer got lost
    return _begin_again() if claim is None else _code_page(CodeForm(), claim)


@bp.post("/code")
@public
def enter_code() -> ResponseReturnValue:
    """Take the code; a wrong one is answered alike for every address."""
    form, now = CodeForm.sent(), clock.now()
    claim = _claim(now)
    if claim is None:
        return _begin_again()
    if not form.validate():
        return _code_page(form, claim), answers.WRONG
    grant = _prove(claim, form.code.data or "", now=now)
    if isinstance(grant, Wait):
        headers = answers.too_often(form, grant, now=now)
        return _code_page(form, claim), answers.TOO_OFTEN, headers
    if grant is None:
        if _claim(now) is None:
            return _begin_again()
        form.code.errors = [_("This is not the code of the newest letter.")]
        return _code_page(form, claim), answers.WRONG
    return _granted(grant)


def _prove(claim: AddressProof, typed: str, *, now: datetime) -> str | Wait | None:
    """Check a code within the limits; return the grant, or None for a wrong one."""
    whence = devices.whence(claim.email)
    with unit_of_work() as writing:
        opened = tries.open_try(writing, whence, now=now, door=Door.CODE)
        if isinstance(opened, Wait):
            return opened
        grant = proofs.prove_by_code(writing, claim.public_id, typed, now=now)
        if grant is not None:
            tries.close_try(writing, opened)
        return grant


def _claim(now: datetime) -> AddressProof | None:
    """Return the claim of the page that is open in this browser."""
    known = session.get(_CLAIM)
    found = proofs.find(db.session(), known, now=now) if isinstance(known, str) else None
    return found if found is not None and found.person_id is None else None


def _begin_again() -> ResponseReturnValue:
    flash(_("The code is too old, or five were wrong. Ask for a new letter."), "info")
    return redirect(url_for(".ask"), 303)


def _code_page(form: CodeForm, claim: AddressProof) -> str:
    return render_template("accounts/code.html", form=form, claim=claim)


def _granted(grant: str) -> ResponseReturnValue:
    session.pop(_CLAIM, None)
    session[_GRANT] = grant
    return redirect(url_for(".account"), 303)


@bp.get("/confirmation/<string:token>")
@public
def confirm(token: str) -> ResponseReturnValue:
    """Show the button behind the link; opening it, as mail guards do, changes nothing."""
    return _confirm_page(_by_link(token))


@bp.post("/confirmation/<string:token>")
@public
def take_link(token: str) -> ResponseReturnValue:
    """Prove the address by its link, in this browser."""
    NoFields.sent()
    _by_link(token)
    with unit_of_work() as writing:
        grant = proofs.prove_by_link(writing, token, now=clock.now())
    if grant is None:
        abort(404)
    return _granted(grant)


def _by_link(token: str) -> AddressProof:
    found = proofs.find_by_link(db.session(), token, now=clock.now())
    if found is None or found.person_id is not None:
        abort(404, _("This link does not work: it was used, or is older than an hour."))
    return found


def _confirm_page(claim: AddressProof) -> str:
    return render_template("accounts/confirm_address.html", form=NoFields(), claim=claim)


@bp.get("/account")
@public
def account() -> ResponseReturnValue:
    """Ask for a name and a password, in the browser that has proven the address."""
    claim = _granted_claim()
    return _begin_again() if claim is None else _account_page(NewAccountForm(), claim)


@bp.post("/account")
@public
def open_account() -> ResponseReturnValue:
    """Make the account and sign in."""
    claim, site = _granted_claim(), current_settings()
    if claim is None:
        NewAccountForm.sent()
        return _begin_again()
    about = (claim.email, request.form.get("name", ""), current.provider().name, site.host)
    form = NewAccountForm.sent(about=about)
    if not form.validate():
        return _account_page(form, claim), answers.WRONG
    try:
        password_hash = passwords.hash_of(form.password.data or "")
    except passwords.BusyError:
        headers = answers.busy(form)
        return _account_page(form, claim), answers.BUSY, headers
    new = NewPerson(form.name.data or "", claim.email, frozenset({Role.LEARNER}), password_hash)
    token = _open(new, now=clock.now())
    if token is None:
        return _begin_again()
    return _let_in(token, claim.email)


def _open(new: NewPerson, *, now: datetime) -> str | None:
    """Use the grant up, make the account and begin its session; None where either is taken."""
    try:
        with unit_of_work() as writing:
            if proofs.use(writing, session.get(_GRANT, ""), now=now) is None:
                return None
            person = actions.create_person(writing, new, actor=VISITOR, now=now)
            if isinstance(person, Refusal):
                return None
            browser = browser_words(request.user_agent.string)
            return credentials.begin_session(writing, person.id, browser=browser, now=now)
    except AddressTakenError:
        return None


def _granted_claim() -> AddressProof | None:
    grant = session.get(_GRANT)
    if not isinstance(grant, str):
        return None
    found = proofs.find_granted(db.session(), grant, now=clock.now())
    return found if found is not None and found.person_id is None else None


def _account_page(form: NewAccountForm, claim: AddressProof) -> str:
    return render_template("accounts/new_account.html", form=form, claim=claim)


def _let_in(token: str, email: str) -> Response:
    log.info("signed up")
    wanted = safe_path(session.get(_NEXT))
    response = make_response(redirect(wanted or "/", 303))
    sessions.remember(token)
    devices.remember(response, email)
    flash(_("Your account is open, and you are signed in."), "good")
    return response
