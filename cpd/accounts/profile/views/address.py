"""A new address for one's own account: asked with the password, proven by a letter to it.

Whoever proves it must be signed in as the one who asked: a letter to a mistyped address gives its
reader nothing.
"""

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

from cpd.access.guard import current_actor, requires
from cpd.access.permissions import Permission
from cpd.accounts.sign_in import form_checks as answers, actions as credentials, known_browsers as devices, sessions, throttle as tries
from cpd.accounts import confirming
from cpd.accounts.sign_up import actions as proofs
from cpd.accounts.sign_in.form_checks import Denied
from cpd.accounts.sign_in.actions import AddressTakenError
from cpd.accounts.profile.forms import ChangeAddressForm, CodeForm
from cpd.accounts.models import AddressProof
from cpd.accounts.sign_in.rules.browsers import browser_words
from cpd.accounts.sign_in.rules.throttling import Door
from cpd.accounts.sign_in.throttle import Wait
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.mail import emails
from cpd.web.forms import NoFields

bp = Blueprint("address", __name__, url_prefix="/profile/address")

_CLAIM = "new address"
"""Where the cookie keeps the claim of the page that is open."""


@bp.get("")
@requires(Permission.PROFILE_EDIT)
def ask() -> ResponseReturnValue:
    """Ask for the new address and the password."""
    _refuse_without_letters()
    return _page(ChangeAddressForm())


@bp.post("")
@requires(Permission.PROFILE_EDIT)
def send() -> ResponseReturnValue:
    """Owe a letter to the new address and tell the present one; neither is looked up."""
    _refuse_without_letters()
    form, now = ChangeAddressForm.sent(), clock.now()
    if not form.validate():
        return _page(form), answers.WRONG
    email = form.email.data or ""
    if email == sessions.myself().email:
        form.email.errors = [_("This is your address already.")]
        return _page(form), answers.WRONG
    proof = confirming.confirm(form, now=now)
    if isinstance(proof, Denied):
        return _page(form), proof.status, proof.headers
    with unit_of_work() as writing:
        opened = tries.open_try(writing, devices.whence(email), now=now, door=Door.EMAIL)
        claim = (
            None
            if isinstance(opened, Wait)
            else credentials.ask_for_address(writing, proof, email, actor=current_actor(), now=now)
        )
        tries.close_try(writing, proof.try_id)
    if isinstance(opened, Wait):
        headers = answers.emails_too_often(form, opened, now=now)
        return _page(form), answers.TOO_OFTEN, headers
    if claim is None:
        denied = confirming.deny(form)
        return _page(form), denied.status, denied.headers
    session[_CLAIM] = claim
    return redirect(url_for(".code"), 303)


def _refuse_without_letters() -> None:
    if not emails.are_sent():
        abort(404, _("This site sends no letters. Ask the people who run it for the change."))


def _page(form: ChangeAddressForm) -> str:
    return render_template("accounts/change_address.html", form=form)


@bp.get("/code")
@requires(Permission.PROFILE_EDIT)
def code() -> ResponseReturnValue:
    """Ask for the code out of the letter to the new address."""
    claim = _claim()
    return _begin_again() if claim is None else _code_page(CodeForm(), claim)


@bp.post("/code")
@requires(Permission.PROFILE_EDIT)
def enter_code() -> ResponseReturnValue:
    """Take the code, and change the address."""
    form, now = CodeForm.sent(), clock.now()
    claim = _claim()
    if claim is None:
        return _begin_again()
    if not form.validate():
        return _code_page(form, claim), answers.WRONG
    with unit_of_work() as writing:
        grant = proofs.prove_by_code(writing, claim.public_id, form.code.data or "", now=now)
    if grant is None:
        if _claim() is None:
            return _begin_again()
        form.code.errors = [_("This is not the code of the newest letter.")]
        return _code_page(form, claim), answers.WRONG
    return _change(grant, claim.email)


def _claim() -> AddressProof | None:
    """Return the actor's own claim, of the page that is open in this browser."""
    known = session.get(_CLAIM)
    if not isinstance(known, str):
        return None
    found = proofs.find(db.session(), known, now=clock.now())
    return found if found is not None and _is_mine(found) else None


def _is_mine(claim: AddressProof) -> bool:
    return claim.person_id is not None and claim.person_id == current_actor().person_id


def _begin_again() -> ResponseReturnValue:
    flash(_("The code is too old, or five were wrong. Ask for a new letter."), "info")
    return redirect(url_for(".ask"), 303)


def _code_page(form: CodeForm, claim: AddressProof) -> str:
    again = url_for(".ask")
    return render_template("accounts/code.html", form=form, claim=claim, again=again)


@bp.get("/confirmation/<string:token>")
@requires(Permission.PROFILE_EDIT)
def confirm(token: str) -> ResponseReturnValue:
    """Show the button behind the link; opening it changes nothing."""
    return render_template("accounts/confirm_address.html", form=NoFields(), claim=_by_link(token))


@bp.post("/confirmation/<string:token>")
@requires(Permission.PROFILE_EDIT)
def take_link(token: str) -> ResponseReturnValue:
    """Change the address."""
    NoFields.sent()
    claim = _by_link(token)
    with unit_of_work() as writing:
        grant = proofs.prove_by_link(writing, token, now=clock.now())
    return _change(grant or abort(404), claim.email)


def _by_link(token: str) -> AddressProof:
    found = proofs.find_by_link(db.session(), token, now=clock.now())
    if found is None or not _is_mine(found):
        abort(
            404,
            _(
                "This link does not work: it was used, it is older than an hour, or another "
                "account asked for it."
            ),
        )
    return found


def _change(grant: str, email: str) -> Response:
    try:
        with unit_of_work() as writing:
            token = credentials.change_address(
                writing,
                grant,
                actor=current_actor(),
                browser=browser_words(request.user_agent.string),
                now=clock.now(),
            )
    except AddressTakenError:
        token = None
    if token is None:
        flash(_("The address was not changed. Ask for a new letter."), "warn")
        return make_response(redirect(url_for(".ask"), 303))
    sessions.remember(token)
    response = make_response(redirect(url_for("accounts.profile.show"), 303))
    devices.remember(response, email)
    flash(_("Your address is changed. Other browsers are signed out."), "good")
    return response
