"""The guard of every route: a view is `@public` or `@requires(...)`, or the app does not start."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

from flask import Flask, abort, current_app, flash, g, redirect, request, url_for
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden, HTTPException, NotFound, Unauthorized

from cpd.access.permissions import Actor, Permission, Scope
from cpd.joints.questions import Question

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


who_is_asking: Question[[], Actor] = Question("access.who_is_asking")
"""Who sent this request."""

recently_authenticated: Question[[], bool] = Question("access.recently_authenticated")
"""Whether the person behind this request entered their password recently."""

reader_zone: Question[[], str] = Question("access.reader_zone")
"""The time zone of the person who reads this page, by its IANA name."""

reader_country: Question[[], str] = Question("access.reader_country")
"""The code of the country that the person who reads this page chose; empty without a choice."""

SIGN_IN = "accounts.sign_in.show_form"
REAUTHENTICATE = "accounts.reauthentication.show_form"
SET_UP_MFA = "accounts.mfa.show_settings"

_READING = ("GET", "HEAD")


class MfaRequiredError(Forbidden):
    """The role that grants this works only with codes from an app."""


class TypedTextUnsentError(Unauthorized):
    """A form arrived after its sender was signed out; the answer shows what they wrote."""


# What a view declares


def public(view: View) -> View:
    """Let anyone in."""
    view.__dict__["permission"] = None
    return view


def requires(
    permission: Permission, *, within: Callable[..., Scope | None] | None = None
) -> Callable[[View], View]:
    """Let in people who have the permission; visitors are sent to sign in, others get 403.

    People who lack only codes from an app are sent to set them up. `within` takes what the view
    takes, and returns the scope that the URL names, or None if there is no such scope. The
    permission must count there; people without a role there get 404, as if it did not exist.
    """

    def mark_permission(view: View) -> View:
        view.__dict__["permission"] = permission
        if within is not None:
            view.__dict__["within"] = within
        return view

    return mark_permission


def preserve_form_on_login(form_url: Callable[..., str | None]) -> Callable[[View], View]:
    """Keep what a visitor typed: signing in leads to the URL that `form_url` makes from it.

    `form_url` takes what the view takes, and returns None for a form with nothing worth keeping.
    Without this, a form that arrives after its sender was signed out is lost.
    """

    def mark_preserved_form(view: View) -> View:
        view.__dict__["preserved_form_url"] = form_url
        return view

    return mark_preserved_form


def keeps_typed_text(view: View) -> View:
    """Answer a form whose sender was signed out with a page that holds all they wrote.

    From that page, they send it again once they are signed in. This is for views that take prose.
    """
    view.__dict__["keeps_typed_text"] = True
    return view


def says_on_login(notice: Callable[[], str | None]) -> Callable[[View], View]:
    """Say something above the form to visitors who are sent from this view to sign in.

    `notice` may look at the request, and returns None when there is nothing to say.
    """

    def mark_notice(view: View) -> View:
        view.__dict__["login_notice"] = notice
        return view

    return mark_notice


def requires_recent_login(form_url: Callable[..., str] | None = None) -> Callable[[View], View]:
    """Let in people who entered their password recently; others are asked for it first.

    This goes below `@requires`. If the view takes a form, `form_url` takes what the view takes and
    returns the URL that shows the form again, with what was typed.
    """

    def mark_recent_login(view: View) -> View:
        view.__dict__["recent_login_url"] = form_url or read_requested_path
        return view

    return mark_recent_login


def guard_routes(app: Flask) -> None:
    """Guard every route of the app; raises RuntimeError naming views that declare nothing."""
    bare = [name for name, view in app.view_functions.items() if "permission" not in view.__dict__]
    if bare:
        msg = f"these views have neither @public nor @requires: {', '.join(sorted(bare))}"
        raise RuntimeError(msg)
    app.before_request(_check_access)


# What a view can ask


def current_actor() -> Actor:
    """Return the actor of this request; the question is asked once per request."""
    if "actor" not in g:
        g.actor = who_is_asking()
    actor: Actor = g.actor
    return actor


def current_scope() -> Scope:
    """Return the scope that the URL names, in views that declare `within`."""
    scope: Scope = g.scope
    return scope


def request_wants_json() -> bool:
    """Tell whether the answer should be JSON, because the request is JSON or prefers it."""
    return request.is_json or request.accept_mimetypes.best == "application/json"


def build_url_after_sign_in() -> str | None:
    """Return where a visitor goes after signing in, to be where they were; None if unknown.

    For a form, it is the URL that shows it as it was filled in, or else the page that sent it.
    """
    if request.method in _READING:
        return read_requested_path()
    view = current_app.view_functions[request.endpoint or ""]
    form_url: Callable[..., str | None] | None = view.__dict__.get("preserved_form_url")
    preserved = form_url(**(request.view_args or {})) if form_url else None
    return preserved or _read_url_of_sending_page()


def read_requested_path(**_values: object) -> str:
    """Return the path that is requested, with its query; routes may pass their values."""
    return request.full_path.rstrip("?")


def requires_sign_in() -> bool:
    """Tell whether only people who are signed in may send this request."""
    view = current_app.view_functions[request.endpoint or ""]
    return view.__dict__["permission"] is not None


def holds_typed_text() -> bool:
    """Tell whether this request is a form from a page of ours whose text must not be lost."""
    view = current_app.view_functions[request.endpoint or ""]
    source, own = request.headers.get("Origin") or request.referrer or "", request.host_url
    is_ours = f"{source}/".startswith(own)
    return "keeps_typed_text" in view.__dict__ and is_ours and not request_wants_json()


def redirect_to_sign_in(back: str | None) -> ResponseReturnValue:
    """Send a visitor to sign in and then to `back`, with what the view has to say about it."""
    view = current_app.view_functions[request.endpoint or ""]
    notice: Callable[[], str | None] | None = view.__dict__.get("login_notice")
    if notice is not None and (text := notice()) is not None:
        flash(text, "info")
    return redirect(url_for(SIGN_IN, next=back))


# The guard itself


def _check_access() -> ResponseReturnValue | None:
    """Return None to let the request through to its view, or the response that it gets instead."""
    if request.endpoint is None:
        return None  # no such route: the error handler answers
    declared = current_app.view_functions[request.endpoint].__dict__
    permission = declared["permission"]
    if permission is None:
        return None
    actor = current_actor()
    if not actor.is_signed_in:
        return _redirect_to_sign_in_or_401()
    scope = g.scope = _find_requested_scope(declared)
    if scope is None or not actor.may(permission, within=scope):
        return _redirect_to_mfa_or_refuse(actor, permission, scope)
    return _redirect_unless_recent_login(declared)


def _redirect_to_sign_in_or_401() -> ResponseReturnValue:
    if request_wants_json():
        abort(401)
    if holds_typed_text():
        raise TypedTextUnsentError
    return redirect_to_sign_in(build_url_after_sign_in())


def _redirect_to_mfa_or_refuse(
    actor: Actor, permission: Permission, scope: Scope | None
) -> ResponseReturnValue:
    """Send people who lack only codes from an app to set them up; refuse the others.

    For people without a role in a scope, the scope does not exist.
    """
    if actor.lacks_only_mfa(permission, within=scope or Scope.everywhere):
        if request_wants_json() or request.method not in _READING:
            raise MfaRequiredError
        return redirect(url_for(SET_UP_MFA, next=read_requested_path()), 303)
    if scope == Scope.everywhere or (scope is not None and actor.has_role_in(scope)):
        raise Forbidden
    raise NotFound


def _find_requested_scope(declared: Mapping[str, Any]) -> Scope | None:
    """Return the scope that the URL names; everywhere, if the view declares none."""
    if "within" not in declared:
        return Scope.everywhere
    scope: Scope | None = declared["within"](**(request.view_args or {}))
    return scope


def _redirect_unless_recent_login(declared: Mapping[str, Any]) -> ResponseReturnValue | None:
    """Return None, or the redirect to the page that asks for the password again."""
    if "recent_login_url" not in declared or recently_authenticated():
        return None
    if request_wants_json():
        abort(401)
    url = declared["recent_login_url"](**(request.view_args or {}))
    return redirect(url_for(REAUTHENTICATE, next=url), 303)


def _read_url_of_sending_page() -> str | None:
    """Return the path of the page whose form this request sends, if it is a page of this site.

    Our pages tell their address to no other site, and to this one always.
    """
    try:
        page = urlsplit(request.referrer or "")
        if page.netloc != request.host or request_ctx.url_adapter is None:
            return None
        request_ctx.url_adapter.match(page.path, method="GET")
    except (ValueError, HTTPException):
        return None  # such as a form shown again under the address to which it was sent
    return urlunsplit(("", "", page.path, page.query, ""))
