"""Browsers from which somebody has signed in before: strangers' guesses do not lock these out.

The cookie names the browser by a random id and the accounts by keyed hashes, and is signed. It lets
nobody in: all it does is count this browser's tries by themselves.
"""

import secrets
from datetime import timedelta
from typing import Any

from flask import Response, current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

from cpd.accounts.sign_in.sessions import keyed, source
from cpd.accounts.sign_in.throttle import Whence

LASTS = timedelta(days=365)
_MOST_ACCOUNTS = 5
"""People who share one browser; the longest unused drops out."""


def account(address: str) -> str:
    """Return the keyed hash under which an account's tries are counted."""
    return keyed("account", address)


def known_for(address: str) -> str:
    """Return the hash of this browser if it signed in to the account before, else nothing."""
    browser, accounts = _read()
    return keyed("device", browser) if account(address) in accounts else ""


def whence(address: str) -> Whence:
    """Return where a try for this address comes from, as its limits count it."""
    return Whence(account(address), source(), known_for(address))


def remember(response: Response, address: str) -> None:
    """Let this browser be known for an account from now on."""
    browser, accounts = _read()
    kept = [it for it in accounts if it != account(address)][: _MOST_ACCOUNTS - 1]
    response.set_cookie(
        _name(),
        _signer().dumps([browser, [account(address), *kept]]),
        max_age=LASTS,
        path="/",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )


def _read() -> tuple[str, list[str]]:
    """Return this browser's id and the accounts it is known for; a new id if it has none."""
    try:
        value: Any = _signer().loads(
            request.cookies.get(_name(), ""), max_age=int(LASTS.total_seconds())
        )
    except BadData:
        return secrets.token_urlsafe(16), []
    browser, accounts = value
    return browser, accounts


def _name() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-device"


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="cpd.device")
