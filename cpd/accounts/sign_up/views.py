"""The pages for signing up: an address, then its verification, then a name and a password.

There is no account before the last step. Until the address is verified every answer is the same,
whether it has an account or not; only the email says which.
"""

from datetime import datetime
from functools import partial

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from cpd.access.guard import public
from cpd.access.permissions import Role
from cpd.accounts.people.actions import AddressTakenError, NewPerson
from cpd.accounts.rules.redirects import site_path_or_none
from cpd.accounts.sign_in import form_checks, known_browsers, sessions
from cpd.accounts.sign_in.form_checks import Denial
from cpd.accounts.sign_in.forms import AddressForm
from cpd.accounts.sign_in.rules.throttling import ThrottleScope
from cpd.accounts.sign_in.throttle import Throttled, run_check_within_limits
from cpd.accounts.sign_up import actions, queries
from cpd.accounts.sign_up.cookie import GRANT, NEXT, VERIFICATION, keep_grant_in_cookie
from cpd.accounts.sign_up.forms import EmailCodeForm, NewAccountForm
from cpd.accounts.sign_up.models import EmailVerification
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.web.forms import NoFields
from cpd.web.logs import log

bp = Blueprint("sign_up", __name__, url_prefix="/sign-up")

_WITHOUT_EMAIL = _l("Ask the people who run it for an account.")
"""What to do instead on a site that sends no emails."""


# The address


@bp.get("")
@public
def show_form() -> ResponseReturnValue:
    """Ask for the address and nothing else."""
    form_checks.require_email_service_or_404(_WITHOUT_EMAIL)
    wanted = site_path_or_none(request.args.get("next")) or ""
    if sessions.find_signed_in_person() is not None:
        return redirect(wanted or "/")
    return _render_address_page(AddressForm(next=wanted))


@bp.post("")
@public
def request_code_email() -> ResponseReturnValue:
    """Enqueue the email; every address gets the same answer."""
    form_checks.require_email_service_or_404(_WITHOUT_EMAIL)
    form = AddressForm.from_request()
    location = site_path_or_none(form.next.data) or ""
    request_verification = partial(actions.request_verification, location=location)
    public_id = form_checks.enqueue_requested_email(form, request_verification, now=clock.now())
    if isinstance(public_id, Denial):
        return _render_address_page(form), *public_id
    session.pop(GRANT, None)
    session[VERIFICATION] = public_id
    session[NEXT] = location
    return redirect(url_for(".ask_code"), 303)


def _render_address_page(form: AddressForm) -> str:
    return render_template("accounts/sign_up/sign_up.html", form=form)


# Its verification


@bp.get("/code")
@public
def ask_code() -> ResponseReturnValue:
    """Ask for the code from the email."""
    verification = _find_open_verification(clock.now())
    if verification is None and _find_granted_verification() is not None:
        return redirect(
            url_for(".ask_account"), 303
        )  # the code was right, but the response was lost
    return (
        redirect_to_address_form()
        if verification is None
        else render_code_page(EmailCodeForm(), verification)
    )


@bp.post("/code")
@public
def enter_code() -> ResponseReturnValue:
    """Check the code; a wrong one gets the same answer for every address."""
    form, now = EmailCodeForm.from_request(), clock.now()
    verification = _find_open_verification(now)
    if verification is None:
        return redirect_to_address_form()
    if not form.validate():
        return render_code_page(form, verification), form_checks.INVALID
    grant = _verify_code_within_limits(verification, form.code.data or "", now=now)
    if isinstance(grant, Throttled):
        denial = form_checks.deny_throttled_attempt(form, grant, now=now)
        return render_code_page(form, verification), *denial
    if grant is None:
        if _find_open_verification(now) is None:
            return redirect_to_address_form()
        return render_wrong_code_page(form, verification)
    return _keep_grant_and_redirect_to_account_form(grant)


def _verify_code_within_limits(
    verification: EmailVerification, code: str, *, now: datetime
) -> str | Throttled | None:
    """Check a code within the limits; return the grant, or None for a wrong code."""
    key = known_browsers.build_request_throttle_key(verification.email)
    with unit_of_work() as writing:
        verify = partial(
            actions.verify_address_by_code, writing, verification.public_id, code, now=now
        )
        return run_check_within_limits(
            writing, key, verify, scope=ThrottleScope.EMAIL_CODE, now=now
        )


def _find_open_verification(now: datetime) -> EmailVerification | None:
    """Return the verification that this browser's open page awaits."""
    public_id = session.get(VERIFICATION)
    verification = (
        queries.find_open_verification(db.session(), public_id, now=now)
        if isinstance(public_id, str)
        else None
    )
    return _sign_up_verification_or_none(verification)


def render_wrong_code_page(
    form: EmailCodeForm, verification: EmailVerification
) -> ResponseReturnValue:
    """Render the page for the code again, after a wrong one."""
    form.code.errors = [_("This is not the code from the newest email.")]
    return render_code_page(form, verification), form_checks.INVALID


def render_confirm_page(verification: EmailVerification) -> str:
    """Render the button behind the link."""
    return render_template(
        "accounts/sign_up/confirm_address.html", form=NoFields(), email=verification.email
    )


def redirect_to_address_form() -> ResponseReturnValue:
    """Redirect to the page for the address, after too long a time or too many wrong codes."""
    flash(_("The code is too old, or five were wrong. Ask for a new email."), "info")
    return redirect(_build_address_form_url(), 303)


def render_code_page(form: EmailCodeForm, verification: EmailVerification) -> str:
    """Render the page for the code, which leads back to the page for the address."""
    return render_template(
        "accounts/sign_up/email_code.html",
        form=form,
        email=verification.email,
        ask_again_url=_build_address_form_url(),
    )


def _build_address_form_url() -> str:
    return url_for(".show_form", next=session.get(NEXT) or None)


@bp.get("/confirmation/<string:token>")
@public
def show_confirm_button(token: str) -> ResponseReturnValue:
    """Show the button behind the link; opening it, as mail scanners do, changes nothing."""
    return render_confirm_page(_find_verification_by_link_or_404(token))


@bp.post("/confirmation/<string:token>")
@public
def confirm_by_link(token: str) -> ResponseReturnValue:
    """Verify the address by its link, in this browser."""
    NoFields.from_request()
    _find_verification_by_link_or_404(token)
    session[NEXT] = site_path_or_none(request.args.get("next")) or session.get(NEXT, "")
    with unit_of_work() as writing:
        grant = actions.verify_address_by_link(writing, token, now=clock.now())
    if grant is None:
        abort(404)
    return _keep_grant_and_redirect_to_account_form(grant)


def _find_verification_by_link_or_404(token: str) -> EmailVerification:
    verification = _sign_up_verification_or_none(
        queries.find_verification_by_link(db.session(), token, now=clock.now())
    )
    if verification is None:
        abort(404, _("This link does not work: it was used, or is older than an hour."))
    return verification


def _keep_grant_and_redirect_to_account_form(grant: str) -> ResponseReturnValue:
    """Keep the grant in this browser, and ask for name and password."""
    keep_grant_in_cookie(grant)
    return redirect(url_for(".ask_account"), 303)


# Name and password


@bp.get("/account")
@public
def ask_account() -> ResponseReturnValue:
    """Ask for a name and a password, in the browser that has verified the address."""
    verification = _find_granted_verification()
    if verification is None:
        return redirect_to_address_form()
    return _render_account_page(NewAccountForm(), verification)


@bp.post("/account")
@public
def open_account() -> ResponseReturnValue:
    """Create the account and sign in."""
    verification = _find_granted_verification()
    if verification is None:
        NewAccountForm.from_request()
        return redirect_to_address_form()
    email = verification.email
    forbidden = form_checks.list_forbidden_password_parts(email, request.form.get("name", ""))
    form = NewAccountForm.from_request(about=forbidden)
    password_hash = form_checks.validate_and_hash_new_password(form)
    if isinstance(password_hash, Denial):
        return _render_account_page(form, verification), *password_hash
    new = NewPerson(form.name.data or "", email, frozenset({Role.LEARNER}), password_hash)
    token = _open_account_with_grant(new, now=clock.now())
    if token is None:
        return redirect_to_address_form()
    log.info("signed up")
    response = sessions.redirect_with_new_session(token, email, session.get(NEXT))
    flash(_("Your account is open, and you are signed in."), "good")
    return response


def _open_account_with_grant(new: NewPerson, *, now: datetime) -> str | None:
    """Return the token of the first session; None if the grant or the address is taken."""
    grant, browser = session.get(GRANT, ""), sessions.describe_request_browser()
    try:
        with unit_of_work() as writing:
            return actions.open_account(writing, grant, new, browser=browser, now=now)
    except AddressTakenError:
        return None


def _find_granted_verification() -> EmailVerification | None:
    grant = session.get(GRANT)
    verification = (
        queries.find_verification_by_grant(db.session(), grant, now=clock.now())
        if isinstance(grant, str)
        else None
    )
    return _sign_up_verification_or_none(verification)


def _sign_up_verification_or_none(
    verification: EmailVerification | None,
) -> EmailVerification | None:
    """Return the verification unless it is for changing the address of an account."""
    return verification if verification is not None and verification.person_id is None else None


def _render_account_page(form: NewAccountForm, verification: EmailVerification) -> str:
    return render_template("accounts/sign_up/new_account.html", form=form, email=verification.email)
