"""Reading input strictly: one value where one is expected, only text that can be kept."""

import json
from collections.abc import Collection, Iterator
from typing import Any

from flask import Flask, request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

MOST_BYTES = 1024 * 1024
"""The largest body, unless a view asks for more; a larger one is answered 413."""

MOST_PARTS = 500
"""The most fields that one form may carry."""

_DEEPEST = 12


def init_app(app: Flask) -> None:
    """Set the limits of size, and refuse unreadable text before any view sees it."""
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = MOST_BYTES
    app.config["MAX_FORM_PARTS"] = MOST_PARTS
    app.before_request(_refuse_unreadable)


def one(form: MultiDict[str, str], name: str, default: str | None = None) -> str:
    """Return the one value of a field; absent gives the default; raises BadRequest otherwise."""
    values = form.getlist(name)
    if len(values) > 1:
        raise BadRequest(f"The field “{name}” was sent {len(values)} times; it is sent once.")
    if values:
        return values[0]
    if default is None:
        raise BadRequest(f"The field “{name}” is missing. Go back, reload the page and try again.")
    return default


def many(form: MultiDict[str, str], name: str, *, at_most: int) -> list[str]:
    """Return the values of a field that may be sent several times, each once; raises BadRequest."""
    values = form.getlist(name)
    if len(values) > at_most:
        raise BadRequest(f"The field “{name}” was sent more than {at_most} times.")
    if len(set(values)) != len(values):
        raise BadRequest(f"The field “{name}” was sent twice with the same value.")
    return values


def only(form: MultiDict[str, str], names: Collection[str]) -> None:
    """Refuse fields that the form does not have; raises BadRequest naming the first."""
    known = {*names, "csrf_token"}
    for name in form:
        if name not in known:
            raise BadRequest(f"The field “{name[:40]}” does not belong to this form.")


def json_object() -> dict[str, Any]:
    """Return the body as a JSON object; raises BadRequest, also for text that cannot be kept."""
    body = request.get_json()
    if not isinstance(body, dict):
        raise BadRequest("The body must be one JSON object.")
    for text in _texts(body, depth=0):
        _check_text(text)
    json.loads(request.get_data(), object_pairs_hook=_refuse_doubled)
    return body


def _refuse_doubled(pairs: list[tuple[str, Any]]) -> None:
    """Refuse an object that names a field twice: readers differ on which of the two holds."""
    if len({name for name, _ in pairs}) < len(pairs):
        raise BadRequest("The JSON names one field twice.")


def _texts(value: object, *, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        raise BadRequest("The JSON is nested too deeply.")
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from _texts(item, depth=depth + 1)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item, depth=depth + 1)


def _check_text(text: str) -> None:
    if "\0" in text:
        raise BadRequest("The text holds a NUL character, which cannot be kept. Remove it.")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise BadRequest("The text holds half a character, which cannot be kept. Type it again.")


def _refuse_unreadable() -> None:
    _check_text(request.path)
    for fields in (request.args, request.form):
        for name, values in fields.lists():
            _check_text(name)
            for value in values:
                _check_text(value)
