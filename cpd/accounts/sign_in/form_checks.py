"""What a posted form must pass besides validation: the password again, and limits on attempts.

Each check returns its result, or a `Denial`: then the form holds the sentence that says why, and
the view ends with `return _page(form), *denial`.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple, TypeVar

from flask import abort
from flask_babel import gettext as _
from wtforms import Form

from cpd.accounts.sign_in import known_browsers, password_hashing, sessions
from cpd.accounts.sign_in.forms import AddressForm, CurrentPasswordForm, NewPasswordForm
from cpd.accounts.sign_in.password_check import (
    VerifiedPassword,
    WrongPassword,
    verify_password_within_limits,
)
from cpd.accounts.sign_in.rules.throttling import CountedBy, ThrottleScope
from cpd.accounts.sign_in.throttle import Throttled, ThrottleKey, record_attempt_if_allowed
from cpd.accounts.tokens import hash_request_network, hash_with_secret_key
from cpd.config import current_settings
from cpd.db import unit_of_work
from cpd.kernel.addresses import decode_address
from cpd.mail import emails
from cpd.provider import current
from cpd.web.errors import add_retry_error
from cpd.web.logs import log

INVALID, THROTTLED, BUSY = 422, 429, 503
"""Statuses for a form with mistakes, after too many attempts, and while too many sign in."""

Requested = TypeVar("Requested")


class Denial(NamedTuple):
    """The status and headers of the page that shows a denied form again."""

    status: int
    headers: dict[str, str]


def check_current_password(
    form: CurrentPasswordForm, *, now: datetime
) -> VerifiedPassword | Denial:
    """Validate the form and check the password on it; guesses are counted for this session."""
    if not form.validate():
        return Denial(INVALID, {})
    person = sessions.current_person()
    key = ThrottleKey(
        known_browsers.hash_account_address(person.email),
        hash_request_network(),
        hash_with_secret_key("session", person.session_public_id),
    )
    try:
        result = verify_password_within_limits(
            person.email, form.present.data or "", key=key, now=now
        )
    except password_hashing.BusyError:
        return deny_while_busy(form)
    if isinstance(result, Throttled):
        return deny_throttled_attempt(form, result, now=now)
    return deny_wrong_password(form) if isinstance(result, WrongPassword) else result


def validate_and_hash_new_password(form: NewPasswordForm) -> str | Denial:
    """Validate the form and return the hash of the new password on it."""
    if not form.validate():
        return Denial(INVALID, {})
    try:
        return password_hashing.hash_password(form.password.data or "")
    except password_hashing.BusyError:
        return deny_while_busy(form)


def list_forbidden_password_parts(email: str, name: str) -> tuple[str, ...]:
    """Return what a person's password must not consist of, for `NewPasswordForm.about`."""
    return (decode_address(email), name, current.current_provider().name, current_settings().host)


def enqueue_requested_email(
    form: AddressForm, enqueue: Callable[..., Requested], *, now: datetime
) -> Requested | Denial:
    """Validate the form and enqueue an email to the address on it; return what `enqueue` returns.

    The address is not looked up, so that every address gets the same answer.
    """
    if not form.validate():
        return Denial(INVALID, {})
    email = form.email.data or ""
    key = known_browsers.build_request_throttle_key(email)
    with unit_of_work() as writing:
        attempt = record_attempt_if_allowed(writing, key, now=now, scope=ThrottleScope.EMAIL)
        if not isinstance(attempt, Throttled):
            return enqueue(writing, email, now=now)
    log.info("email refused", reason="too many")
    return deny_throttled_email(form, attempt, now=now)


def require_email_service_or_404(otherwise: str) -> None:
    """Answer 404 with this advice on a site that sends no emails."""
    if not emails.site_sends_emails():
        abort(404, f"{_('This site sends no emails.')} {otherwise}")


def deny_wrong_password(form: CurrentPasswordForm) -> Denial:
    """Say that the password is wrong, or no longer current."""
    form.present.errors = [_("This is not your current password.")]
    return Denial(INVALID, {})


def deny_throttled_attempt(form: Form, throttled: Throttled, *, now: datetime) -> Denial:
    """Say that too many attempts failed, and when to try again."""
    reason = _("There were too many failed attempts.")
    return Denial(THROTTLED, add_retry_error(form, reason, throttled.until, now=now))


def deny_throttled_email(form: Form, throttled: Throttled, *, now: datetime) -> Denial:
    """Say that too many emails were requested, by everyone or for this address."""
    reason = (
        _("Too many emails have been requested recently.")
        if throttled.limited_by in {CountedBy.SOURCE, CountedBy.TOTAL}
        else _(
            "Several emails have been requested already. Look for them, in the spam folder too, "
            "and use the newest."
        )
    )
    return Denial(THROTTLED, add_retry_error(form, reason, throttled.until, now=now))


def deny_while_busy(form: Form) -> Denial:
    """Say that too many people are signing in."""
    form.form_errors.append(
        _("Many people are signing in right now. Send the form again in a few seconds.")
    )
    return Denial(BUSY, {"Retry-After": str(password_hashing.RETRY_AFTER)})
