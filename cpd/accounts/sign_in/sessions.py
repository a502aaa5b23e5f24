"""Whose session a request belongs to: the cookie holds a random token, the database the rest."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Response, g, make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from cpd.access.permissions import VISITOR, Actor
from cpd.accounts.rules.redirects import safe_path
from cpd.accounts.sign_in import actions, known_browsers, queries
from cpd.accounts.sign_in.actions import PendingSignIn
from cpd.accounts.sign_in.password_check import VerifiedPassword
from cpd.accounts.sign_in.queries import SignedInPerson
from cpd.accounts.sign_in.rules import sessions as rules
from cpd.accounts.tokens import hash_token
from cpd.config import current_settings
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.provider import current
from cpd.web.logs import log

_SESSION = "signed_in"
"""Where the cookie holds the token of the session."""
_PENDING = "half"
"""Where the cookie holds that the password was right and the code is missing."""
_PENDING_LASTS = timedelta(minutes=10)
"""After so long between password and code the password is asked for again."""


# Who sends this request


def signed_in_person() -> SignedInPerson | None:
    """Return who is signed in, or None; the database is asked once a request."""
    if "signed_in" not in g:
        token = session_token()
        g.signed_in = (
            queries.signed_in_person(
                db.session(), hash_token(token), staff_need_mfa=staff_need_mfa(), now=clock.now()
            )
            if token
            else None
        )
        if g.signed_in is not None:
            current.note_version(g.signed_in.provider_version)
    found: SignedInPerson | None = g.signed_in
    return found


def current_person() -> SignedInPerson:
    """Return who is signed in, for views that let nobody else in; raises RuntimeError."""
    found = signed_in_person()
    if found is None:
        raise RuntimeError("this view needs @requires: nobody is signed in")
    return found


def current_actor() -> Actor:
    """Return the actor of this request: the answer to `guard.who_is_asking`."""
    found = signed_in_person()
    return VISITOR if found is None else found.actor


def reader_zone() -> str:
    """Return the time zone in which the person who reads this page sees times."""
    found = signed_in_person()
    return "UTC" if found is None else found.time_zone


def recently_authenticated() -> bool:
    """Tell whether the session is young; giving the password again begins a new one."""
    found = signed_in_person()
    return found is not None and clock.now() - found.begun_at < rules.RECENT_LOGIN


def staff_need_mfa() -> bool:
    """Tell whether staff roles need codes from an app; in a demo, with public passwords, not."""
    return not current_settings().demo


def browser_description() -> str:
    """Return a description of the browser that sends this request, for the list of sessions."""
    return rules.describe_browser(request.user_agent.string)


# The cookie


def session_token() -> str:
    """Return the token that came with this request, whether it is valid or not; empty if none."""
    found = session.get(_SESSION)
    return found if isinstance(found, str) else ""


def store_token(token: str) -> None:
    """Put the token of a new session into the cookie; nothing that was in it is kept."""
    session.clear()
    session.permanent = True  # survives the browser being closed; the database decides how long
    session[_SESSION] = token


def clear_cookie() -> None:
    """Empty the cookie."""
    session.clear()


def begin_session(verified: VerifiedPassword, *, now: datetime) -> str | PendingSignIn | None:
    """Begin a session in place of the one that this browser holds; returns as `actions.sign_in`."""
    with unit_of_work() as writing:
        return actions.sign_in(
            writing, verified, browser=browser_description(), replacing=session_token(), now=now
        )


def redirect_signed_in(
    token: str, email: str, location: str | None, *, code: int = 303
) -> Response:
    """Redirect with a new session in the cookie, in a browser that is known from now on."""
    response = make_response(redirect(safe_path(location) or "/", code))
    store_token(token)
    known_browsers.remember_browser(response, email)
    return response


# Between the password and the code


@dataclass(frozen=True)
class PendingCookie:
    """What the cookie holds of a sign-in for which the code is missing."""

    pending: PendingSignIn
    email: str
    location: str
    """Where to go afterwards."""


def redirect_to_code_page(
    pending: PendingSignIn, email: str, location: str | None, *, now: datetime
) -> ResponseReturnValue:
    """Remember in the cookie that the password was right, and redirect to the page for the code."""
    session[_PENDING] = {
        "person": pending.person_public_id,
        "mark": pending.password_fingerprint,
        "email": email,
        "next": safe_path(location) or "",
        "until": (now + _PENDING_LASTS).isoformat(),
    }
    return redirect(url_for("accounts.mfa.ask_code"), 303)


def pending_sign_in(now: datetime) -> PendingCookie | None:
    """Return the sign-in that this browser has begun, unless it was too long ago."""
    found: Any = session.get(_PENDING)
    if not isinstance(found, dict) or datetime.fromisoformat(found["until"]) <= now:
        return None
    pending = PendingSignIn(found["person"], found["mark"])
    return PendingCookie(pending, found["email"], found["next"])


def forget_pending_sign_in() -> None:
    """Remove the sign-in that this browser has begun from the cookie."""
    session.pop(_PENDING, None)


# The time of the last request


def record_use(response: Response) -> Response:
    """Record, at most every five minutes, that the session was used.

    This has its own short transaction after that of the view; nothing is lost if it fails.
    """
    found: SignedInPerson | None = g.get("signed_in")
    now = clock.now()
    server_error = 500
    if found is None or response.status_code >= server_error:
        return response
    if rules.must_record_use(last_seen_at=found.last_seen_at, now=now):
        _write_use(found, now)
    return response


def _write_use(found: SignedInPerson, now: datetime) -> None:
    try:
        with unit_of_work() as writing:
            actions.record_session_use(writing, found.session_id, now=now)
    except SQLAlchemyError as fault:
        log.warning("session use not written", exc_info=fault)
