"""Browsers that have signed in before: strangers who guess cannot lock their owners out.

The signed cookie names the browser by a random id and the accounts by keyed hashes. It lets nobody
in: its only effect is that this browser's attempts are counted separately.
"""

import secrets
from datetime import timedelta
from typing import Any

from flask import Response, current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

from cpd.accounts.sign_in.throttle import ThrottleKey
from cpd.accounts.tokens import keyed_hash, network_hash

LASTS = timedelta(days=365)
_MOST_ACCOUNTS = 5
"""Accounts remembered for one browser; the least recently used one is dropped."""


def account_hash(address: str) -> str:
    """Return the keyed hash under which the attempts for an account are counted."""
    return keyed_hash("account", address)


def throttle_key(address: str) -> ThrottleKey:
    """Return what identifies the source of an attempt for this address."""
    browser, accounts = _read_cookie()
    account = account_hash(address)
    device = keyed_hash("device", browser) if account in accounts else ""
    return ThrottleKey(account, network_hash(), device)


def remember_browser(response: Response, address: str) -> None:
    """Set the cookie that makes this browser known for an account."""
    browser, accounts = _read_cookie()
    account = account_hash(address)
    others = [other for other in accounts if other != account][: _MOST_ACCOUNTS - 1]
    response.set_cookie(
        _cookie_name(),
        _signer().dumps([browser, [account, *others]]),
        max_age=LASTS,
        path="/",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )


def _read_cookie() -> tuple[str, list[str]]:
    """Return this browser's id and the accounts it is known for; a new id if it has none."""
    try:
        value: Any = _signer().loads(
            request.cookies.get(_cookie_name(), ""), max_age=int(LASTS.total_seconds())
        )
    except BadData:
        return secrets.token_urlsafe(16), []
    browser, accounts = value
    return browser, accounts


def _cookie_name() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-device"


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="cpd.device")
