"""Who sends this request: the cookie holds a random token, the table its hash and the truth."""

from datetime import datetime

from flask import Response, current_app, g, request, session
from sqlalchemy.exc import SQLAlchemyError

from cpd.access.permissions import VISITOR, Actor
from cpd.accounts import credentials, queries, tokens
from cpd.accounts.queries import SignedIn
from cpd.accounts.rules import sessions as rules
from cpd.config import current_settings
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.provider import current
from cpd.web.logs import log

_TOKEN = "signed_in"  # noqa: S105 - where the token stands in the cookie


def signed_in() -> SignedIn | None:
    """Return who is signed in, or None; asked of the database once a request."""
    if "signed_in" not in g:
        token = session.get(_TOKEN)
        g.signed_in = (
            queries.signed_in(
                db.session(),
                tokens.hash_of(token),
                needs_codes=staff_need_codes(),
                now=clock.now(),
            )
            if isinstance(token, str)
            else None
        )
        if g.signed_in is not None:
            current.see_version(g.signed_in.provider_version)
    found: SignedIn | None = g.signed_in
    return found


def staff_need_codes() -> bool:
    """Tell whether staff roles need a second factor: not the demo's, with public passwords."""
    return not current_settings().demo


def recently_authenticated() -> bool:
    """Tell whether the session began a short while ago, which it does with every proof."""
    found = signed_in()
    return found is not None and clock.now() - found.begun_at < rules.PROVEN


def myself() -> SignedIn:
    """Return who is signed in, in views that let nobody else in."""
    found = signed_in()
    if found is None:
        raise RuntimeError("this view needs @requires: nobody is signed in")
    return found


def actor() -> Actor:
    """Return the actor of this request: the answer to `who_is_asking`."""
    found = signed_in()
    return VISITOR if found is None else found.actor


def zone() -> str:
    """Return the time zone of whoever reads this page."""
    found = signed_in()
    return "UTC" if found is None else found.time_zone


def token() -> str:
    """Return the token that came with this request, whether it is worth anything or not."""
    found = session.get(_TOKEN)
    return found if isinstance(found, str) else ""


def remember(new_token: str) -> None:
    """Put a fresh token into the cookie; nothing that stood there before is carried over."""
    session.clear()
    session.permanent = True  # survives the browser being closed; the table decides how long
    session[_TOKEN] = new_token


def forget() -> None:
    """Empty the cookie."""
    session.clear()


def note_use(response: Response) -> Response:
    """Write down, at most every five minutes, that the session was used.

    It has its own short transaction after the view's; that it cannot be written harms nobody.
    """
    found: SignedIn | None = g.get("signed_in")
    now = clock.now()
    failed = 500
    if found is None or response.status_code >= failed:
        return response
    if rules.is_stale(last_seen_at=found.last_seen_at, now=now):
        _write_use(found, now)
    return response


def _write_use(found: SignedIn, now: datetime) -> None:
    try:
        with unit_of_work() as writing:
            credentials.see_session(writing, found.session_id, now=now)
    except SQLAlchemyError as fault:
        log.warning("session use not written", exc_info=fault)


def keyed(kind: str, value: str) -> str:
    """Return a hash of a value under this installation's key."""
    return tokens.keyed(str(current_app.secret_key), kind, value)


def source() -> str:
    """Return the network this request comes from, as a keyed hash."""
    return keyed("source", tokens.network_of(request.remote_addr))
