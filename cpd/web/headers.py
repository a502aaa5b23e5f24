"""Security and cache headers, on every response."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import Flask, Response, g, request, session
from flask.typing import ResponseReturnValue

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""No inline scripts or styles, no other sites. Icons drawn with <use> fall under img-src."""

PICTURE_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; sandbox"
)
"""For an SVG that is opened by itself: its own styles, and no scripts at all."""

UNUSED_FEATURES = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "encrypted-media",
    "fullscreen",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "screen-wake-lock",
    "usb",
    "xr-spatial-tracking",
)

SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # same-origin, not no-referrer: with that, the Origin that the CSRF check reads would be null
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in UNUSED_FEATURES),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

_ERROR = 400
"""The first status code of errors."""

TRANSPORT = "max-age=31536000; includeSubDomains"


def init_app(app: Flask, *, https: bool) -> None:
    """Put the headers on every response of the app, errors and files included."""

    def add_headers(response: Response) -> Response:
        for name, value in SECURITY_HEADERS.items():
            response.headers[name] = value
        if response.mimetype == "image/svg+xml":
            response.headers["Content-Security-Policy"] = PICTURE_POLICY
        if https:
            response.headers["Strict-Transport-Security"] = TRANSPORT
        if "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = _build_cache_control(response)
        if not response.cache_control.immutable:
            response.vary.add("Cookie")
        return response

    app.after_request(add_headers)


def cacheable(seconds: int) -> Callable[[View[P]], View[P]]:
    """Let browsers cache a public page for this many seconds; other pages are never stored.

    Only successful responses are cached, and none that changed the session.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def mark_and_call_view(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            g.cache_seconds = seconds
            return view(*args, **kwargs)

        return mark_and_call_view

    return decorate


def _build_cache_control(response: Response) -> str:
    """Return how long browsers may keep a response; by default they may not store it.

    The browser that sent a form may keep the answer that says what is wrong with it. Otherwise
    going back to that answer ends on an error page of the browser. No such answer holds a secret:
    a password is never shown again, and a key only in the answer that first shows it.
    """
    if request.method == "POST" and response.status_code >= _ERROR:
        return "private, no-cache" if response.mimetype == "text/html" else "no-store"
    seconds = g.get("cache_seconds")
    ok = 200
    if seconds is None or response.status_code != ok or session.modified:
        return "no-store"
    return f"private, max-age={seconds}"
