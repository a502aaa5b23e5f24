"""The CSRF check: what changes something comes with a token, and over TLS from this site."""

from flask import Flask, g, request
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError

csrf = CSRFProtect()
"""Checks every request that changes something; views for programs can be exempted by name."""


def init_app(app: Flask) -> None:
    """Check every request of the app."""
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # an exam page may stay open longer than an hour
    app.config["WTF_CSRF_SSL_STRICT"] = False  # it takes no Origin; ours is as strict, and does
    csrf.init_app(app)
    app.before_request(_refuse_other_origin)


def _refuse_other_origin() -> None:
    """Over TLS, refuse what comes from elsewhere, although its token is right.

    Some browsers and proxies leave `Referer` out; then `Origin` is enough, which all browsers send.
    """
    own = f"https://{request.host}".removesuffix(":443")
    source = request.headers.get("Origin") or request.referrer or ""
    is_ours = source == own or source.startswith(f"{own}/")
    if g.get("csrf_valid") and request.is_secure and not is_ours:
        raise CSRFError("The request does not come from this site.")
