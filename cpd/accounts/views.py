"""Signing in and out, and setting a password by a link."""

from datetime import datetime

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import public
from cpd.accounts import (
    address_views,
    answers,
    credentials,
    devices,
    passwords,
    people_views,
    profile_views,
    prove_views,
    queries,
    reset_views,
    second_factor_views,
    sessions,
    sign_up_views,
    tokens,
    tries,
)
from cpd.accounts.credentials import Half
from cpd.accounts.forms import NewPasswordForm, SignInForm
from cpd.accounts.models import EndReason, PasswordLink
from cpd.accounts.rules.addresses import normalise
from cpd.accounts.rules.browsers import browser_words
from cpd.accounts.rules.redirects import safe_path
from cpd.accounts.tries import Proof, Wait
from cpd.config import current_settings
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.provider import current
from cpd.web.forms import NoFields
from cpd.web.logs import log

bp = Blueprint("accounts", __name__, template_folder="templates")
bp.register_blueprint(address_views.bp)
bp.register_blueprint(people_views.bp)
bp.register_blueprint(profile_views.bp)
bp.register_blueprint(prove_views.bp)
bp.register_blueprint(reset_views.bp)
bp.register_blueprint(second_factor_views.bp)
bp.register_blueprint(sign_up_views.bp)

HOME = "/"


@bp.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """Ask who it is; who is signed in already goes on."""
    wanted = safe_path(request.args.get("next"))
    if sessions.signed_in() is not None:
        return redirect(wanted or HOME)
    return _ask(SignInForm(next=wanted or ""))


@bp.post("/sign-in")
@public
def enter() -> ResponseReturnValue:
    """Let a person in; others get one answer, whether the address has an account or not."""
    form = SignInForm.sent()
    if not form.validate():
        return _ask(form), answers.WRONG
    address, now = normalise(form.email.data or ""), clock.now()
    whence = devices.whence(address)
    try:
        found = tries.prove(address, form.password.data or "", whence=whence, now=now)
    except passwords.BusyError:
        headers = answers.busy(form)
        return _ask(form), answers.BUSY, headers
    if isinstance(found, Wait):
        log.info("sign-in refused", reason="too many tries")
        headers = answers.too_often(form, found, now=now)
        return _ask(form), answers.TOO_OFTEN, headers
    begun = _begin(found, now) if isinstance(found, Proof) else None
    if isinstance(begun, Half):
        return second_factor_views.ask_for_code(begun, address, form.next.data, now=now)
    if begun is None:
        log.info("sign-in refused", reason="no such account and password")
        form.form_errors.append(_("This address and this password do not belong together."))
        return _ask(form), answers.WRONG
    return _let_in(begun, address, form.next.data)


def _begin(proof: Proof, now: datetime) -> str | Half | None:
    browser = browser_words(request.user_agent.string)
    with unit_of_work() as session:
        return credentials.sign_in(
            session, proof, browser=browser, replacing=sessions.token(), now=now
        )


def _let_in(token: str, address: str, wanted: str | None) -> Response:
    log.info("signed in")
    response = make_response(redirect(safe_path(wanted) or HOME))
    sessions.remember(token)
    devices.remember(response, address)
    return response


def _ask(form: SignInForm) -> str:
    return render_template("accounts/sign_in.html", form=form, ended=bool(sessions.token()))


@bp.get("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """Ask once: signing out is a button, never a link."""
    return render_template("accounts/sign_out.html", form=NoFields())


@bp.post("/sign-out")
@public
def leave() -> ResponseReturnValue:
    """End the session in the database; copies of the cookie are dead from here on."""
    NoFields.sent()
    token = sessions.token()
    if token:
        with unit_of_work() as session:
            credentials.end_session(session, token, reason=EndReason.SIGNED_OUT, now=clock.now())
    sessions.forget()
    flash(_("You are signed out."), "good")
    return redirect(HOME)


@bp.get("/set-password/<string:token>")
@public
def choose_password(token: str) -> ResponseReturnValue:
    """Show the form behind a link; opening it changes nothing."""
    link = queries.password_link(db.session(), tokens.hash_of(token), now=clock.now())
    if link is None:
        return _spent()
    return _choose(NewPasswordForm(), link)


@bp.post("/set-password/<string:token>")
@public
def set_password(token: str) -> ResponseReturnValue:
    """Set the password, once; everybody who was signed in to the account is signed out."""
    token_hash = tokens.hash_of(token)
    link = queries.password_link(db.session(), token_hash, now=clock.now())
    if link is None:
        return _spent()
    form = NewPasswordForm.sent(about=_about(link))
    if not form.validate():
        return _choose(form, link), answers.WRONG
    try:
        password_hash = passwords.hash_of(form.password.data or "")
    except passwords.BusyError:
        headers = answers.busy(form)
        return _choose(form, link), answers.BUSY, headers
    with unit_of_work() as session:
        is_set = credentials.use_password_link(session, token_hash, password_hash, now=clock.now())
    if not is_set:
        return _spent()
    flash(_("Your password is set. Sign in with it."), "good")
    return redirect(url_for("accounts.sign_in"))


def _about(link: PasswordLink) -> tuple[str, ...]:
    site = current_settings()
    return (link.person.email, link.person.name, current.provider().name, site.host)


def _choose(form: NewPasswordForm, link: PasswordLink) -> str:
    return render_template("accounts/set_password.html", form=form, person=link.person)


def _spent() -> ResponseReturnValue:
    """Unknown, used, replaced and expired links look the same."""
    abort(
        404,
        _(
            "This link does not work: it was used, it is too old, or a newer one was made. Ask for "
            "a new one where you got it."
        ),
    )
