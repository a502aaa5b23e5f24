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
from cpd.accounts.tokens import hash_request_network, hash_with_secret_key

LASTS = timedelta(days=365)
_MOST_ACCOUNTS = 5
"""Accounts remembered for one browser; the least recently used one is dropped."""


def hash_account_address(address: str) -> str:
    """Return the keyed hash under which the attempts for an account are counted."""
    return hash_with_secret_key("account", address)


def build_request_throttle_key(address: str) -> ThrottleKey:
    """Return what identifies the source of an attempt for this address."""
    browser, accounts = _read_known_browser_cookie()
    account = hash_account_address(address)
    device = hash_with_secret_key("device", browser) if account in accounts else ""
    return ThrottleKey(account, hash_request_network(), device)


def remember_browser_in_cookie(response: Response, address: str) -> None:
    """Set the cookie that makes this browser known for an account."""
    browser, accounts = _read_known_browser_cookie()
    account = hash_account_address(address)
    others = [other for other in accounts if other != account][: _MOST_ACCOUNTS - 1]
    response.set_cookie(
        _known_browser_cookie_name(),
        _build_cookie_signer().dumps([browser, [account, *others]]),
        max_age=LASTS,
        path="/",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )


def _read_known_browser_cookie() -> tuple[str, list[str]]:
    """Return this browser's id and the accounts it is known for; a new id if it has none."""
    try:
        value: Any = _build_cookie_signer().loads(
            request.cookies.get(_known_browser_cookie_name(), ""),
            max_age=int(LASTS.total_seconds()),
        )
    except BadData:
        return secrets.token_urlsafe(16), []
    browser, accounts = value
    return browser, accounts


def _known_browser_cookie_name() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-device"


def _build_cookie_signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="cpd.device")
