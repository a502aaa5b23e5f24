"""Codes from an app: setting them up, recovery codes, and the page that asks after the password."""

from base64 import b64encode
from collections.abc import Iterable
from datetime import datetime, timedelta
from importlib.util import find_spec
from io import BytesIO

from flask import Blueprint, flash, make_response, redirect, render_template, session, url_for
from flask import request as asked
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from cpd.access.guard import current_actor, public, requires
from cpd.access.permissions import STAFF_ROLES, Permission, RoleAssignment
from cpd.accounts.sign_in import form_checks as answers, actions as credentials, known_browsers as devices, sessions, throttle as tries
from cpd.accounts import confirming
from cpd.accounts.mfa import actions as second_factor
from cpd.accounts.sign_in.form_checks import Denied
from cpd.accounts.sign_in.actions import Half
from cpd.accounts.profile.forms import ROLE_WORDS, AppCodeForm, CodesForm, FirstAppCodeForm
from cpd.accounts.models import EndReason
from cpd.accounts.sign_in.rules.browsers import browser_words
from cpd.accounts.sign_in.rules.throttling import Door
from cpd.accounts.rules.redirects import safe_path
from cpd.accounts.sign_in.throttle import Wait
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.web.logs import log

bp = Blueprint("second_factor", __name__)

_HALF = "half"
HALF_LASTS = timedelta(minutes=10)
"""After so long between password and code the password is asked for again."""


# Signing in


def ask_for_code(
    half: Half, email: str, wanted: str | None, *, now: datetime
) -> ResponseReturnValue:
    """Keep in the cookie that the password was right, and ask for the code."""
    session[_HALF] = {
        "person": half.person_public_id,
        "mark": half.password_mark,
        "email": email,
        "next": safe_path(wanted) or "",
        "until": (now + HALF_LASTS).isoformat(),
    }
    return redirect(url_for("accounts.second_factor.code"), 303)


@bp.get("/sign-in/code")
@public
def code() -> ResponseReturnValue:
    """Ask for the code."""
    if _half(clock.now()) is None:
        return _begin_again()
    return _code_page(AppCodeForm())


@bp.post("/sign-in/code")
@public
def enter_code() -> ResponseReturnValue:
    """Let the person in whose password was right, with a code that was not used before."""
    form, now = AppCodeForm.sent(), clock.now()
    half = _half(now)
    if half is None:
        return _begin_again()
    if not form.validate():
        return _code_page(form), answers.WRONG
    token = _finish(half, form.code.data or "", now=now)
    if isinstance(token, Wait):
        log.info("sign-in refused", reason="too many codes")
        headers = answers.too_often(form, token, now=now)
        return _code_page(form), answers.TOO_OFTEN, headers
    if token is None:
        log.info("sign-in refused", reason="wrong code")
        form.code.errors = [_("This code is wrong, or was used already. Wait for the next one.")]
        return _code_page(form), answers.WRONG
    log.info("signed in")
    response = make_response(redirect(safe_path(half["next"]) or "/", 303))
    sessions.remember(token)
    devices.remember(response, half["email"])
    return response


def _half(now: datetime) -> dict[str, str] | None:
    """Return what the password has proven in this browser, for as long as that counts."""
    found = session.get(_HALF)
    if not isinstance(found, dict) or datetime.fromisoformat(found["until"]) <= now:
        return None
    return found


def _finish(half: dict[str, str], typed: str, *, now: datetime) -> str | Wait | None:
    whence = devices.whence(half["email"])
    with unit_of_work() as writing:
        opened = tries.open_try(writing, whence, now=now, door=Door.SECOND_FACTOR)
        if isinstance(opened, Wait):
            return opened
        token = credentials.finish_sign_in(
            writing,
            Half(half["person"], half["mark"]),
            typed,
            browser=browser_words(asked.user_agent.string),
            replacing=sessions.token(),
            now=now,
        )
        if token is not None:
            tries.close_try(writing, opened)
        return token


def _begin_again() -> ResponseReturnValue:
    session.pop(_HALF, None)
    return redirect(url_for("accounts.sign_in"), 303)


def _code_page(form: AppCodeForm) -> str:
    return render_template("accounts/sign_in_code.html", form=form)


# One's own


@bp.get("/profile/second-factor")
@requires(Permission.PROFILE_EDIT)
def show() -> ResponseReturnValue:
    """Say whether codes are asked for, and let that be changed."""
    return _page(CodesForm(next=safe_path(asked.args.get("next")) or ""))


@bp.post("/profile/second-factor")
@requires(Permission.PROFILE_EDIT)
def begin() -> ResponseReturnValue:
    """Offer a key for an app; it is stored only when its first code was right."""
    form, now = CodesForm.sent(), clock.now()
    if (denied := _denied(form, now)) is not None:
        return _page(form), denied.status, denied.headers
    key = second_factor.new_key()
    sealed = second_factor.seal(sessions.myself().person_id, key, now=now)
    return _offer(FirstAppCodeForm(sealed=sealed, next=form.next.data), key)


def _denied(form: CodesForm, now: datetime) -> Denied | None:
    """Ask for the password; say how the page is answered when it is not given."""
    if not form.validate():
        return Denied(answers.WRONG)
    proof = confirming.confirm(form, now=now)
    if isinstance(proof, Denied):
        return proof
    with unit_of_work() as writing:
        tries.close_try(writing, proof.try_id)
    return None


@bp.post("/profile/second-factor/confirmation")
@requires(Permission.PROFILE_EDIT)
def turn_on() -> ResponseReturnValue:
    """Take the first code of the app, and show the recovery codes, once."""
    form, now, me = FirstAppCodeForm.sent(), clock.now(), sessions.myself()
    key = second_factor.open_offer(me.person_id, form.sealed.data or "", now=now)
    if key is None:
        flash(_("That took more than a quarter of an hour. Begin again."), "info")
        return redirect(url_for(".show", next=safe_path(form.next.data)), 303)
    if not form.validate():
        return _offer(form, key), answers.WRONG
    with unit_of_work() as writing:
        person = credentials.locked(writing, me.person_id)
        codes = second_factor.turn_on(
            writing, person, key, form.code.data or "", actor=current_actor(), now=now
        )
        if codes is not None:
            credentials.end_sessions(
                writing,
                me.person_id,
                but=me.session_id,
                reason=EndReason.SECOND_FACTOR_CHANGED,
                now=now,
            )
    if codes is None:
        form.code.errors = [_("This is not the code. Does your phone show the right time?")]
        return _offer(form, key), answers.WRONG
    return _codes_page(codes, safe_path(form.next.data))


@bp.post("/profile/second-factor/recovery-codes")
@requires(Permission.PROFILE_EDIT)
def renew_codes() -> ResponseReturnValue:
    """Make new recovery codes and show them, once."""
    form, now, me = CodesForm.sent(), clock.now(), sessions.myself()
    if (denied := _denied(form, now)) is not None:
        return _page(form), denied.status, denied.headers
    with unit_of_work() as writing:
        person = credentials.locked(writing, me.person_id)
        if not second_factor.is_on(writing, person.id):
            return redirect(url_for(".show"), 303)
        codes = second_factor.renew_codes(writing, person, actor=current_actor(), now=now)
    return _codes_page(codes)


@bp.post("/profile/second-factor/removal")
@requires(Permission.PROFILE_EDIT)
def turn_off() -> ResponseReturnValue:
    """Ask for codes no more."""
    form, now, me = CodesForm.sent(), clock.now(), sessions.myself()
    if (denied := _denied(form, now)) is not None:
        return _page(form), denied.status, denied.headers
    with unit_of_work() as writing:
        person = credentials.locked(writing, me.person_id)
        second_factor.turn_off(writing, person, actor=current_actor(), now=now)
    flash(_("Codes are no longer asked for."), "good")
    return redirect(url_for(".show"), 303)


def _page(form: CodesForm) -> str:
    me, reading = sessions.myself(), db.session()
    return render_template(
        "accounts/second_factor.html",
        form=form,
        is_on=second_factor.is_on(reading, me.person_id),
        left=second_factor.codes_left(reading, me.person_id),
        roles_pending_mfa=_names(me.roles_pending_mfa),
        at_stake=_names(me.roles) if sessions.staff_need_codes() else [],
    )


def _names(roles: Iterable[RoleAssignment]) -> list[str]:
    """Name the staff roles among these."""
    staff = sorted({held.role for held in roles} & STAFF_ROLES)
    return [str(ROLE_WORDS[role]).partition(":")[0] for role in staff]


def _offer(form: FirstAppCodeForm, key: str) -> str:
    uri = second_factor.address(key, sessions.myself().email)
    groups = " ".join(key[at : at + 4] for at in range(0, len(key), 4))
    return render_template(
        "accounts/second_factor_offer.html", form=form, key=groups, square=_square(uri)
    )


def _square(uri: str) -> str:
    """Return the picture that apps read, as a data address; empty where nothing here draws it."""
    if find_spec("segno") is None:
        return ""
    import segno  # noqa: PLC0415 - an extra, and needed here only

    drawn = BytesIO()
    segno.make(uri, error="m").save(drawn, kind="svg", scale=4, border=4, light="white")
    return f"data:image/svg+xml;base64,{b64encode(drawn.getvalue()).decode()}"


def _codes_page(codes: list[str], wanted: str | None = None) -> str:
    return render_template("accounts/recovery_codes.html", codes=codes, wanted=wanted)
