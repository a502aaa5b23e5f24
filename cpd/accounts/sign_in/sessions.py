"""Whose session a request belongs to: the cookie holds a random token, the database the rest."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Response, g, make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from cpd.access.permissions import VISITOR, Actor
from cpd.accounts.rules.countries import combine_choices
from cpd.accounts.rules.redirects import site_path_or_none
from cpd.accounts.sign_in import actions, country_cookie, known_browsers, queries
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
"""The cookie's entry for the token of the session."""
_PENDING = "half"
"""The cookie's entry for a sign-in whose password was right and whose code is missing."""
_PENDING_LASTS = timedelta(minutes=10)
"""After this long between password and code, the password is asked for again."""


# Who sends this request


def find_signed_in_person() -> SignedInPerson | None:
    """Return who is signed in, or None; the database is queried once per request."""
    if "signed_in" not in g:
        token = read_session_token()
        g.signed_in = (
            queries.find_signed_in_person(
                db.session(),
                hash_token(token),
                site_requires_mfa_of_staff=site_requires_mfa_of_staff(),
                now=clock.now(),
            )
            if token
            else None
        )
        if g.signed_in is not None:
            current.reload_provider_if_changed(g.signed_in.provider_version)
    person: SignedInPerson | None = g.signed_in
    return person


def current_person() -> SignedInPerson:
    """Return who is signed in, for views that require it; raises RuntimeError if nobody is."""
    person = find_signed_in_person()
    if person is None:
        raise RuntimeError("this view needs @requires: nobody is signed in")
    return person


def current_actor() -> Actor:
    """Return the actor of this request: the answer to `guard.who_is_asking`."""
    person = find_signed_in_person()
    return VISITOR if person is None else person.actor


def reader_zone() -> str:
    """Return the time zone in which the person who reads this page sees times."""
    person = find_signed_in_person()
    return "UTC" if person is None else person.time_zone


def reader_country() -> str:
    """Return the country that the reader chose: in their profile, or as a visitor in a cookie."""
    person, of_browser = find_signed_in_person(), country_cookie.read_country()
    return of_browser if person is None else combine_choices(person.country, of_browser)


def is_recently_authenticated() -> bool:
    """Tell whether the session began recently; reauthenticating begins a new one."""
    person = find_signed_in_person()
    return person is not None and clock.now() - person.begun_at < rules.RECENT_LOGIN


def site_requires_mfa_of_staff() -> bool:
    """Tell whether staff roles need codes from an app; they do not in a demo (public passwords)."""
    return not current_settings().demo


def describe_request_browser() -> str:
    """Return a description of the browser that sends this request, for the list of sessions."""
    return rules.describe_browser(request.user_agent.string)


# The cookie


def read_session_token() -> str:
    """Return the token that came with this request, whether it is valid or not; empty if none."""
    token = session.get(_SESSION)
    return token if isinstance(token, str) else ""


def store_session_token_in_cookie(token: str) -> None:
    """Put the token of a new session into the cookie, and remove everything else from it."""
    session.clear()
    session.permanent = True  # survives the browser being closed; the database decides how long
    session[_SESSION] = token


def clear_session_cookie() -> None:
    """Empty the cookie."""
    session.clear()


def begin_session_or_await_code(
    verified: VerifiedPassword, *, now: datetime
) -> str | PendingSignIn | None:
    """Replace this browser's session with a new one; returns what the action returns."""
    with unit_of_work() as writing:
        return actions.begin_session_or_await_code(
            writing,
            verified,
            browser=describe_request_browser(),
            replacing=read_session_token(),
            now=now,
        )


def redirect_with_new_session(
    token: str, email: str, location: str | None, *, code: int = 303
) -> Response:
    """Redirect with a new session in the cookie, and remember the browser."""
    response = make_response(redirect(site_path_or_none(location) or "/", code))
    store_session_token_in_cookie(token)
    known_browsers.remember_browser_in_cookie(response, email)
    return response


# Between the password and the code


@dataclass(frozen=True)
class PendingCookie:
    """What the cookie holds about a sign-in whose code is missing."""

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
        "next": site_path_or_none(location) or "",
        "until": (now + _PENDING_LASTS).isoformat(),
    }
    return redirect(url_for("accounts.mfa.ask_code"), 303)


def read_pending_sign_in(now: datetime) -> PendingCookie | None:
    """Return this browser's pending sign-in, unless it began too long ago."""
    stored: Any = session.get(_PENDING)
    if not isinstance(stored, dict) or datetime.fromisoformat(stored["until"]) <= now:
        return None
    pending = PendingSignIn(stored["person"], stored["mark"])
    return PendingCookie(pending, stored["email"], stored["next"])


def forget_pending_sign_in() -> str | None:
    """Remove this browser's pending sign-in from the cookie; return where it was to lead."""
    stored: Any = session.pop(_PENDING, None)
    return site_path_or_none(stored["next"]) if isinstance(stored, dict) else None


# The time of the last request


def record_session_use(response: Response) -> Response:
    """Record, at most every five minutes, that the session was used.

    This has its own short transaction after that of the view; nothing is lost if it fails.
    """
    person: SignedInPerson | None = g.get("signed_in")
    now = clock.now()
    server_error = 500
    if person is None or response.status_code >= server_error:
        return response
    if rules.must_record_session_use(last_seen_at=person.last_seen_at, now=now):
        _write_session_use(person, now)
    return response


def _write_session_use(person: SignedInPerson, now: datetime) -> None:
    try:
        with unit_of_work() as writing:
            actions.record_session_use(writing, person.session_id, now=now)
    except SQLAlchemyError as fault:
        log.warning("session use not written", exc_info=fault)
