"""The pages for signing in and out."""

from flask import Blueprint, flash, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import public
from cpd.accounts.rules.addresses import normalize_address
from cpd.accounts.rules.redirects import site_path_or_none
from cpd.accounts.sign_in import (
    actions,
    form_checks,
    known_browsers,
    password_check,
    password_hashing,
    sessions,
)
from cpd.accounts.sign_in.actions import PendingSignIn
from cpd.accounts.sign_in.forms import SignInForm
from cpd.accounts.sign_in.models import EndReason
from cpd.accounts.sign_in.password_check import VerifiedPassword
from cpd.accounts.sign_in.throttle import Throttled
from cpd.db import unit_of_work
from cpd.kernel import clock
from cpd.web.forms import NoFields
from cpd.web.logs import log

bp = Blueprint("sign_in", __name__)


@bp.get("/sign-in")
@public
def show_form() -> ResponseReturnValue:
    """Ask for address and password; people who are already signed in are sent on."""
    wanted = site_path_or_none(request.args.get("next"))
    if sessions.find_signed_in_person() is not None:
        return redirect(wanted or "/")
    return _render_sign_in_page(SignInForm(next=wanted or ""))


@bp.post("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """Begin a session; a wrong address and a wrong password get the same answer."""
    form = SignInForm.from_request()
    if not form.validate():
        return _render_sign_in_page(form), form_checks.INVALID
    address, now = normalize_address(form.email.data or ""), clock.now()
    key = known_browsers.build_request_throttle_key(address)
    try:
        result = password_check.verify_password_within_limits(
            address, form.password.data or "", key=key, now=now
        )
    except password_hashing.BusyError:
        denial = form_checks.deny_while_busy(form)
        return _render_sign_in_page(form), *denial
    if isinstance(result, Throttled):
        log.info("sign-in refused", reason="too many attempts")
        denial = form_checks.deny_throttled_attempt(form, result, now=now)
        return _render_sign_in_page(form), *denial
    begun = (
        sessions.begin_session_or_await_code(result, now=now)
        if isinstance(result, VerifiedPassword)
        else None
    )
    if isinstance(begun, PendingSignIn):
        return sessions.redirect_to_code_page(begun, address, form.next.data, now=now)
    if begun is None:
        log.info("sign-in refused", reason="no such account and password")
        form.form_errors.append(_("The address or the password is wrong."))
        return _render_sign_in_page(form), form_checks.INVALID
    log.info("signed in")
    return sessions.redirect_with_new_session(begun, address, form.next.data, code=302)


def _render_sign_in_page(form: SignInForm) -> str:
    ended = bool(sessions.read_session_token())
    return render_template("accounts/sign_in/sign_in.html", form=form, ended=ended)


@bp.get("/sign-out")
@public
def ask_sign_out() -> ResponseReturnValue:
    """Show the button for signing out; a link must never do it."""
    return render_template("accounts/sign_in/sign_out.html", form=NoFields())


@bp.post("/sign-out")
@public
def sign_out() -> ResponseReturnValue:
    """End the session in the database, so that copies of the cookie no longer work."""
    NoFields.from_request()
    token = sessions.read_session_token()
    if token:
        with unit_of_work() as session:
            actions.end_session_by_token(
                session, token, reason=EndReason.SIGNED_OUT, now=clock.now()
            )
    sessions.clear_session_cookie()
    flash(_("You are signed out."), "good")
    response = make_response(redirect("/"))
    response.headers["Clear-Site-Data"] = '"cache"'  # forms with mistakes, kept for going back
    return response
