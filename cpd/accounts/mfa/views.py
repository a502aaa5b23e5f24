"""The pages for codes from an app: signing in with one, setting an app up, recovery codes."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial
from typing import TypeVar

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, public, requires
from cpd.access.permissions import STAFF_ROLES, Permission, RoleAssignment
from cpd.accounts.labels import label_of_role
from cpd.accounts.mfa import actions, totp
from cpd.accounts.mfa.forms import FirstCodeForm, MfaCodeForm
from cpd.accounts.queries import find_unused_recovery_code_count, lock_person, person_has_mfa
from cpd.accounts.rules.redirects import site_path_or_none
from cpd.accounts.sign_in import form_checks, known_browsers, sessions
from cpd.accounts.sign_in.form_checks import Denial
from cpd.accounts.sign_in.forms import ReauthenticationForm
from cpd.accounts.sign_in.rules.throttling import ThrottleScope
from cpd.accounts.sign_in.sessions import PendingCookie
from cpd.accounts.sign_in.throttle import Throttled, clear_attempt, run_check_within_limits
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.kernel.addresses import decode_address
from cpd.web import qr_codes
from cpd.web.logs import log

bp = Blueprint("mfa", __name__)

Outcome = TypeVar("Outcome")


# Signing in


@bp.get("/sign-in/code")
@public
def ask_code() -> ResponseReturnValue:
    """Ask for the code."""
    if sessions.read_pending_sign_in(clock.now()) is None:
        return _forget_pending_and_redirect_to_sign_in()
    return _render_code_page(MfaCodeForm())


@bp.post("/sign-in/code")
@public
def enter_code() -> ResponseReturnValue:
    """Begin a session, after a correct password, with a code that has not been used."""
    form, now = MfaCodeForm.from_request(), clock.now()
    cookie = sessions.read_pending_sign_in(now)
    if cookie is None:
        return _forget_pending_and_redirect_to_sign_in()
    if not form.validate():
        return _render_code_page(form), form_checks.INVALID
    token = _finish_sign_in_within_limits(cookie, form.code.data or "", now=now)
    if isinstance(token, Throttled):
        log.info("sign-in refused", reason="too many codes")
        denial = form_checks.deny_throttled_attempt(form, token, now=now)
        return _render_code_page(form), *denial
    if token is None:
        log.info("sign-in refused", reason="wrong code")
        form.code.errors = [_("This code is wrong or was already used. Wait for the next one.")]
        return _render_code_page(form), form_checks.INVALID
    log.info("signed in")
    return sessions.redirect_with_new_session(token, cookie.email, cookie.location)


def _finish_sign_in_within_limits(
    cookie: PendingCookie, code: str, *, now: datetime
) -> str | Throttled | None:
    """Return the token of the new session, or None for a wrong code."""
    key = known_browsers.build_request_throttle_key(cookie.email)
    with unit_of_work() as writing:
        finish = partial(
            actions.finish_sign_in_with_code,
            writing,
            cookie.pending,
            code,
            browser=sessions.describe_request_browser(),
            replacing=sessions.read_session_token(),
            now=now,
        )
        return run_check_within_limits(writing, key, finish, scope=ThrottleScope.MFA_CODE, now=now)


def _forget_pending_and_redirect_to_sign_in() -> ResponseReturnValue:
    location = sessions.forget_pending_sign_in()
    return redirect(url_for("accounts.sign_in.show_form", next=location), 303)


def _render_code_page(form: MfaCodeForm) -> str:
    return render_template("accounts/mfa/sign_in_code.html", form=form)


# Settings


@bp.get("/profile/second-factor")
@requires(Permission.PROFILE_EDIT)
def show_settings() -> ResponseReturnValue:
    """Show whether signing in asks for codes, and let the person change that."""
    return _render_settings_page(
        ReauthenticationForm(next=site_path_or_none(request.args.get("next")) or "")
    )


@bp.post("/profile/second-factor")
@requires(Permission.PROFILE_EDIT)
def offer_app_key() -> ResponseReturnValue:
    """Offer a key for an app; it is stored only if its first code is right."""
    form, now = ReauthenticationForm.from_request(), clock.now()
    if (denial := _check_current_password(form, now=now)) is not None:
        return _render_settings_page(form), *denial
    key = totp.make_random_key()
    encrypted = totp.encrypt_app_key(sessions.current_person().person_id, key, now=now)
    return _render_set_up_page(FirstCodeForm(sealed=encrypted, next=form.next.data), key)


@bp.post("/profile/second-factor/confirmation")
@requires(Permission.PROFILE_EDIT)
def turn_on() -> ResponseReturnValue:
    """Check the first code of the app, and show the recovery codes, once."""
    form, now, me = FirstCodeForm.from_request(), clock.now(), sessions.current_person()
    key = totp.decrypt_offered_key(me.person_id, form.sealed.data or "", now=now)
    if key is None:
        flash(_("That took more than 15 minutes. Start again."), "info")
        return redirect(url_for(".show_settings", next=site_path_or_none(form.next.data)), 303)
    if not form.validate():
        return _render_set_up_page(form), form_checks.INVALID
    with unit_of_work() as writing:
        codes = actions.turn_on_mfa(
            writing,
            lock_person(writing, me.person_id),
            key,
            form.code.data or "",
            actor=current_actor(),
            now=now,
            keep_session=me.session_id,
        )
    if codes is None:
        form.code.errors = [_("This is not the right code. Does your phone show the correct time?")]
        return _render_set_up_page(form), form_checks.INVALID
    return _render_recovery_codes_page(codes, site_path_or_none(form.next.data))


@bp.post("/profile/second-factor/recovery-codes")
@requires(Permission.PROFILE_EDIT)
def renew_recovery_codes() -> ResponseReturnValue:
    """Make new recovery codes and show them, once."""
    form = ReauthenticationForm.from_request()
    codes = _run_action_if_password_right(actions.renew_recovery_codes, form)
    if isinstance(codes, Denial):
        return _render_settings_page(form), *codes
    return (
        redirect(url_for(".show_settings"), 303)
        if codes is None
        else _render_recovery_codes_page(codes)
    )


@bp.post("/profile/second-factor/removal")
@requires(Permission.PROFILE_EDIT)
def turn_off() -> ResponseReturnValue:
    """Stop asking for codes."""
    form = ReauthenticationForm.from_request()
    if (denial := _run_action_if_password_right(actions.turn_off_mfa, form)) is not None:
        return _render_settings_page(form), *denial
    flash(_("Signing in no longer asks for codes."), "good")
    return redirect(url_for(".show_settings"), 303)


def _run_action_if_password_right(
    action: Callable[..., Outcome], form: ReauthenticationForm
) -> Outcome | Denial:
    """Run an action on the signed-in person if the password on the form is right."""
    now = clock.now()
    if (denial := _check_current_password(form, now=now)) is not None:
        return denial
    with unit_of_work() as writing:
        person = lock_person(writing, sessions.current_person().person_id)
        return action(writing, person, actor=current_actor(), now=now)


def _check_current_password(form: ReauthenticationForm, *, now: datetime) -> Denial | None:
    """Check the password on the form; None if it is right."""
    verified = form_checks.check_current_password(form, now=now)
    if isinstance(verified, Denial):
        return verified
    with unit_of_work() as writing:
        clear_attempt(writing, verified.attempt_id)
    return None


def _render_settings_page(form: ReauthenticationForm) -> str:
    me, db_session = sessions.current_person(), db.session()
    return render_template(
        "accounts/mfa/settings.html",
        form=form,
        is_on=person_has_mfa(db_session, me.person_id),
        recovery_codes_left=find_unused_recovery_code_count(db_session, me.person_id),
        pending_roles=_staff_role_names(me.roles_pending_mfa),
        roles_at_stake=_staff_role_names(me.roles) if sessions.site_requires_mfa_of_staff() else [],
    )


def _staff_role_names(roles: Iterable[RoleAssignment]) -> list[str]:
    """Return the names of the staff roles among these."""
    return [
        label_of_role(role) for role in sorted({assigned.role for assigned in roles} & STAFF_ROLES)
    ]


def _render_set_up_page(form: FirstCodeForm, key: str = "") -> str:
    """Show the key, and ask for its first code.

    After a wrong code the key is not shown again: the browser may keep that page.
    """
    email = decode_address(sessions.current_person().email)
    groups = " ".join(key[start : start + 4] for start in range(0, len(key), 4))
    qr_code = (
        qr_codes.draw_qr_code_as_data_uri(totp.build_provisioning_uri(key, email)) if key else None
    )
    return render_template("accounts/mfa/set_up.html", form=form, key=groups, qr_code=qr_code)


def _render_recovery_codes_page(codes: list[str], location: str | None = None) -> str:
    return render_template("accounts/mfa/recovery_codes.html", codes=codes, location=location)
