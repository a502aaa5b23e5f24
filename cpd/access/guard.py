"""The guard of every route: a view is `@public` or `@requires(...)`, or the app does not start."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Forbidden, NotFound

from cpd.access.permissions import Actor, Permission, Scope
from cpd.joints.questions import Question

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])


who_is_asking: Question[[], Actor] = Question("access.who_is_asking")
"""Who sent this request."""

recently_authenticated: Question[[], bool] = Question("access.proven_lately")
"""Whether this session has proven a short while ago whose it is."""

reader_zone: Question[[], str] = Question("access.reader_zone")
"""The time zone of whoever reads this page, by its IANA name."""

SIGN_IN = "accounts.sign_in"
REAUTHENTICATE = "accounts.prove.ask"
SECOND_FACTOR = "accounts.second_factor.show"


_READING = ("GET", "HEAD")


class MfaRequiredError(Forbidden):
    """The role that would let in works only with a second factor."""


def public(view: View) -> View:
    """Let anybody in."""
    view.__dict__["permission"] = None
    return view


def requires(
    permission: Permission, *, within: Callable[..., Scope | None] | None = None
) -> Callable[[View], View]:
    """Let in who has the permission; visitors are sent to sign in, others get 403.

    Who would have it with a second factor is sent to set one up. `within` takes what the view
    takes and returns the scope that the address names, or None where there is none. The permission
    must hold there; whoever has no role there gets a 404, as for a scope that does not exist.
    """

    def mark(view: View) -> View:
        view.__dict__["permission"] = permission
        if within is not None:
            view.__dict__["within"] = within
        return view

    return mark


def preserve_form_on_login(offer: Callable[..., str | None]) -> Callable[[View], View]:
    """Keep what a visitor's form held: signing in leads to the address that `offer` makes of it.

    `offer` takes what the view takes, and returns None for a form with nothing to keep. Without
    this, a form that comes after its sender was signed out is lost.
    """

    def mark(view: View) -> View:
        view.__dict__["comes_back"] = offer
        return view

    return mark


def requires_recent_login(offer: Callable[..., str] | None = None) -> Callable[[View], View]:
    """Let in only who has proven a short while ago that it is they; others are asked first.

    Stands below `@requires`. Where the view takes a form, `offer` takes what the view takes and
    returns the address that shows the form again, with what was typed.
    """

    def mark(view: View) -> View:
        view.__dict__["asks_again"] = offer or _present
        return view

    return mark


def _present(**_values: object) -> str:
    return request.full_path.rstrip("?")


def current_actor() -> Actor:
    """Return whose eyes and hands this request uses; asked once a request."""
    if "actor" not in g:
        g.actor = who_is_asking()
    actor: Actor = g.actor
    return actor


def current_scope() -> Scope:
    """Return the scope that the address names, in views that say how to find it."""
    scope: Scope = g.scope
    return scope


def wants_json() -> bool:
    """Tell whether the request speaks JSON, and so wants its answer in it."""
    return request.is_json or request.accept_mimetypes.best == "application/json"


def _admit() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None  # no such route: the error handler answers
    marks = current_app.view_functions[request.endpoint].__dict__
    permission = marks["permission"]
    if permission is None:
        return None
    actor = current_actor()
    if not actor.is_signed_in:
        if wants_json():
            abort(401)
        back = request.full_path.rstrip("?") if request.method == "GET" else form_kept()
        return redirect(url_for(SIGN_IN, next=back))
    scope = g.scope = _scope(marks)
    if scope is not None and actor.may(permission, within=scope):
        return _ask_again(marks["asks_again"]) if "asks_again" in marks else None
    return _keep_out(actor, permission, scope)


def _keep_out(actor: Actor, permission: Permission, scope: Scope | None) -> ResponseReturnValue:
    """Send whoever lacks only a second factor to set it up; refuse the others.

    A scope in which the actor holds no role does not exist for them.
    """
    if actor.may_with_codes(permission, within=scope or Scope.everywhere):
        if wants_json() or request.method not in _READING:
            raise MfaRequiredError
        return redirect(url_for(SECOND_FACTOR, next=request.full_path.rstrip("?")), 303)
    if scope == Scope.everywhere or (scope is not None and actor.holds_in(scope)):
        raise Forbidden
    raise NotFound


def _scope(marks: Mapping[str, Any]) -> Scope | None:
    """Return the scope that the address names; everywhere, where a view names none."""
    if "within" not in marks:
        return Scope.everywhere
    found: Scope | None = marks["within"](**(request.view_args or {}))
    return found


def _ask_again(offer: Callable[..., str]) -> ResponseReturnValue | None:
    if recently_authenticated():
        return None
    if wants_json():
        abort(401)
    return redirect(url_for(REAUTHENTICATE, next=offer(**(request.view_args or {}))), 303)


def form_kept() -> str | None:
    """Return the address that offers the form of this request again, if it holds something."""
    view = current_app.view_functions[request.endpoint or ""]
    offer: Callable[..., str | None] | None = view.__dict__.get("comes_back")
    return offer(**(request.view_args or {})) if offer else None


def protect(app: Flask) -> None:
    """Guard every route of the app; raises RuntimeError naming views that declare nothing."""
    bare = [name for name, view in app.view_functions.items() if "permission" not in view.__dict__]
    if bare:
        msg = f"these views wear neither @public nor @requires: {', '.join(sorted(bare))}"
        raise RuntimeError(msg)
    app.before_request(_admit)
