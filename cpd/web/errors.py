"""Error pages: what happened and what to do, in plain words, or as JSON for JSON requests."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import NoReturn

import structlog
from flask import (
    Flask,
    Response,
    g,
    jsonify,
    make_response,
    render_template,
)
from flask.typing import ResponseReturnValue
from flask_babel import LazyString, ngettext
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import (
    HTTPException,
    InternalServerError,
    SecurityError,
    TooManyRequests,
    default_exceptions,
)
from wtforms import Form

from cpd.access.guard import (
    MfaRequiredError,
    TypedTextUnsentError,
    build_url_after_sign_in,
    current_actor,
    holds_typed_text,
    redirect_to_sign_in,
    request_wants_json,
    requires_sign_in,
)
from cpd.web import logs
from cpd.web.unsent import render_unsent_form

log = structlog.stdlib.get_logger("cpd")


@dataclass(frozen=True)
class ErrorText:
    """The text of an error page: its title, what happened, what to do."""

    title: LazyString
    meaning: LazyString
    remedy: LazyString


TEXTS: Mapping[int, ErrorText] = {
    400: ErrorText(
        _l("We could not read what was sent."),
        _l("Something in the form or the address was not what this page expects."),
        _l("Go back, reload the page and try again."),
    ),
    401: ErrorText(
        _l("Please sign in first."),
        _l("This page is only for people who are signed in."),
        _l("Sign in, then open it again. Answers waiting on this device are kept."),
    ),
    403: ErrorText(
        _l("This page needs another role."),
        _l("You are signed in, but your account may not open this page."),
        _l("Ask the administrator of your school or of this site for the role."),
    ),
    404: ErrorText(
        _l("There is no page here."),
        _l("It may have moved, or a letter may be missing from the link."),
        _l("Check the address, or start from the list of courses."),
    ),
    405: ErrorText(
        _l("This address cannot do that."),
        _l("The page exists, but it cannot be used in this way."),
        _l("Go back and use the buttons on the page."),
    ),
    409: ErrorText(
        _l("Something changed in the meantime."),
        _l("Another device or person saved first, so nothing was overwritten."),
        _l("Reload the page to see what changed, then decide."),
    ),
    413: ErrorText(
        _l("That is too large."),
        _l("The text or file is larger than this page accepts. Nothing was saved."),
        _l("Make it smaller and send it again."),
    ),
    422: ErrorText(
        _l("Something needs to be corrected."),
        _l("The page understood what was sent, but cannot accept it as it is."),
        _l("Go back, correct it and send it again."),
    ),
    429: ErrorText(
        _l("That was too many times."),
        _l("To keep accounts safe, this can be done only a few times in a row."),
        _l("Wait a little while, then try again."),
    ),
    500: ErrorText(
        _l("Something failed on our side."),
        _l("Every answer that was shown as saved is safe."),
        _l("Try again in a minute. If it keeps failing, send us the request number above."),
    ),
    503: ErrorText(
        _l("The site is busy right now."),
        _l("Nothing was lost, but this request could not be completed."),
        _l("Try again in a few seconds."),
    ),
}
"""Other errors use the text of 400 or 500."""

CSRF_TEXT = ErrorText(
    _l("This form could not be matched to you."),
    _l("Your browser did not confirm that the form came from this site, so nothing was done."),
    _l(
        "Go back, reload the page, check what you typed and send it again. Cookies must be allowed."
    ),
)

MFA_TEXT = ErrorText(
    _l("This needs codes from an app."),
    _l("Your role works only once you sign in with a code from an app, so nothing was done."),
    _l("Set the codes up under “Codes from an app” in your profile, then try again."),
)

HOST_TEXT = ErrorText(
    _l("The site does not use this name."),
    _l("The address you used is not one of the site's own, so nothing was done."),
    _l("Use the address that your provider gave you."),
)

_CLIENT, _SERVER = 400, 500
"""The first status code of client errors and of server errors."""

RETRY_AFTER = 5
"""Seconds to wait after a 503."""

_PLAIN = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Something failed – cpd</title></head>
<body><main><h1>Something failed on our side.</h1>
<p>Every answer that was shown as saved is safe. Try again in a minute.</p></main></body></html>
"""


def init_app(app: Flask) -> None:
    """Answer every error with a page or a JSON object, never with a stack trace."""
    app.register_error_handler(CSRFError, _handle_csrf_failure)
    app.register_error_handler(TypedTextUnsentError, _handle_unsent_text)
    app.register_error_handler(MfaRequiredError, _handle_missing_mfa)
    app.register_error_handler(SecurityError, _handle_foreign_host)
    app.register_error_handler(HTTPException, _handle_http_error)
    app.register_error_handler(InternalServerError, _handle_crash)
    app.register_error_handler(OperationalError, _handle_busy_database)
    app.register_error_handler(PoolTimeoutError, _handle_busy_database)


def add_retry_error(
    form: Form, reason: str, retry_at: datetime, *, now: datetime
) -> dict[str, str]:
    """Say on a form why it was refused and how long to wait; return the Retry-After header."""
    sentence, seconds = _describe_wait(reason, retry_at, now)
    form.form_errors.append(sentence)
    return {"Retry-After": str(seconds)}


def refuse_until(reason: str, retry_at: datetime, *, now: datetime) -> NoReturn:
    """Raise TooManyRequests, which says why and how long to wait."""
    sentence, seconds = _describe_wait(reason, retry_at, now)
    raise TooManyRequests(sentence, retry_after=seconds)


def _describe_wait(reason: str, retry_at: datetime, now: datetime) -> tuple[str, int]:
    seconds = max(1, ceil((retry_at - now).total_seconds()))
    wait = ngettext(
        "Try again in one minute.", "Try again in about %(num)s minutes.", ceil(seconds / 60)
    )
    return f"{reason} {wait}", seconds


def choose_error_text(code: int) -> ErrorText:
    """Return the text for a status code."""
    fallback = _SERVER if code >= _SERVER else _CLIENT
    return TEXTS.get(code, TEXTS[fallback])


def _handle_http_error(error: HTTPException) -> ResponseReturnValue:
    code = error.code or _SERVER  # Flask sends raised responses itself
    description = error.description
    default = default_exceptions.get(code, type(error)).description
    response = _render_error_response(
        code,
        choose_error_text(code),
        description if description and description != default else None,
    )
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After", "WWW-Authenticate"}:
            response.headers[name] = value
    return response


def _handle_csrf_failure(error: CSRFError) -> ResponseReturnValue:
    del error
    if holds_typed_text():
        return render_unsent_form()
    is_signed_out = requires_sign_in() and not current_actor().is_signed_in
    if is_signed_out and not request_wants_json() and (back := build_url_after_sign_in()):
        return redirect_to_sign_in(back)  # its token ended with the session
    return _render_error_response(400, CSRF_TEXT, None)


def _handle_unsent_text(error: TypedTextUnsentError) -> ResponseReturnValue:
    del error
    return render_unsent_form()


def _handle_missing_mfa(error: MfaRequiredError) -> ResponseReturnValue:
    del error
    return _render_error_response(403, MFA_TEXT, None)


def _handle_foreign_host(error: SecurityError) -> ResponseReturnValue:
    del error  # it repeats the host name, which anyone may choose
    return _render_error_response(400, HOST_TEXT, None)


def _handle_crash(error: InternalServerError) -> ResponseReturnValue:
    del error  # logged already, see Site.log_exception
    return _render_error_response(500, TEXTS[500], None)


def _handle_busy_database(error: OperationalError | PoolTimeoutError) -> ResponseReturnValue:
    log.error("database does not respond", exc_info=error)
    response = _render_error_response(503, TEXTS[503], None)
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def _render_error_response(code: int, text: ErrorText, meaning: str | None) -> Response:
    g.pop("cache_seconds", None)
    meaning = meaning or str(text.meaning)
    if request_wants_json():
        body = {
            "status": code,
            "title": str(text.title),
            "meaning": meaning,
            "remedy": str(text.remedy),
        }
        if code >= _SERVER:
            body["request"] = logs.current_request_id()
        return make_response(jsonify(error=body), code)
    try:
        page = render_template(
            "web/error.html",
            code=code,
            text=text,
            meaning=meaning,
            request_id=logs.current_request_id(),
        )
    except Exception:
        log.exception("error page failed")
        page = _PLAIN
    return make_response(page, code)
