"""One spelling for each public address: lower case, and no slash at the end."""

from urllib.parse import quote

from flask import Flask, redirect, request
from flask.globals import request_ctx
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

LOWER_CASE = frozenset({"address", "hazard", "name", "section", "slug", "tool"})
"""Arguments of routes that are always in lower case. Any other may be an id, a code or a token, so
an address with one is never redirected."""
_QUERY_CHARACTERS = "%/?:@!$&'()*+,;=~"


def init_app(app: Flask) -> None:
    """Redirect other spellings of an address before a view sees them."""
    app.before_request(_redirect_to_usual_spelling)


def _redirect_to_usual_spelling() -> ResponseReturnValue | None:
    usual = request.path.rstrip("/").lower()
    if usual in {request.path, ""} or not usual.isascii():
        return None
    if request.method not in {"GET", "HEAD"} or not _is_page_without_token(usual):
        return None
    query = quote(request.query_string, safe=_QUERY_CHARACTERS)
    return redirect(quote(request.root_path + usual) + (f"?{query}" if query else ""), 308)


def _is_page_without_token(path: str) -> bool:
    adapter = request_ctx.url_adapter
    if adapter is None:
        return False  # the host name was refused
    try:
        rule, _ = adapter.match(path, method="GET", return_rule=True)
    except HTTPException:  # no such page, or the router redirects by itself
        return False
    return rule.arguments <= LOWER_CASE
