"""The cookie with which a visitor chose a country, or put the question off; it names nobody."""

from datetime import timedelta

from flask import Response, current_app, request

LASTS = timedelta(days=365)


def read_country() -> str:
    """Return what this browser chose; empty if nothing."""
    return request.cookies.get(_country_cookie_name(), "")


def store_country(response: Response, chosen: str) -> None:
    """Set the cookie."""
    response.set_cookie(
        _country_cookie_name(),
        chosen,
        max_age=LASTS,
        path="/",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )


def _country_cookie_name() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-country"
