"""The cookie with which somebody hides names in this browser, on pages and in print."""

from flask import Response, current_app, request

_HIDDEN = "hidden"


def are_names_hidden() -> bool:
    """Tell whether class tables show numbers instead of names."""
    return request.cookies.get(_names_cookie_name()) == _HIDDEN


def hide_names(response: Response) -> None:
    """Hide names until they are shown again, or the browser is closed."""
    response.set_cookie(
        _names_cookie_name(),
        _HIDDEN,
        path="/schools",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )


def show_names(response: Response) -> None:
    """Show names again."""
    response.delete_cookie(
        _names_cookie_name(),
        path="/schools",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )


def _names_cookie_name() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-names"
