"""Strict reading of what is not a form: JSON, files, query values, and text that can be stored."""

import json
import re
from collections.abc import Iterator
from math import isfinite
from typing import Any, Never

from flask import Flask, abort, request
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge, UnsupportedMediaType

MOST_BYTES = 1024 * 1024
"""The largest body unless a view allows more; a larger one gets 413."""

MOST_PARTS = 500
"""The most fields that one form may carry."""

_DEEPEST = 12
_TOO_DEEP = "The JSON is nested too deeply."
_MOST_DIGITS = 18
"""Digits of a whole number: both databases store these, but not every longer number."""

_HALF_CHARACTER = re.compile("[\ud800-\udfff]")
_MOST_PAGE_DIGITS = 6
"""No site has a longer list."""


def init_app(app: Flask) -> None:
    """Set the size limits, and refuse unreadable text before any view sees it."""
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = MOST_BYTES
    app.config["MAX_FORM_PARTS"] = MOST_PARTS
    app.before_request(_refuse_unreadable_request)


def read_query_value(name: str) -> str:
    """Return the value of a query parameter, empty if absent; raises BadRequest for several."""
    values = request.args.getlist(name)
    if len(values) > 1:
        raise BadRequest(f"The field “{name}” was sent {len(values)} times; it is sent once.")
    return values[0] if values else ""


def read_page_number() -> int:
    """Return the number of the page that the query asks for, 1 if absent; 404 if it is none."""
    number = read_query_value("page") if "page" in request.args else "1"
    if not (number.isascii() and number.isdecimal() and len(number) <= _MOST_PAGE_DIGITS):
        abort(404)
    return int(number)


MOST_CARRIED = 700_000
"""Bytes of a file that a form carries on in Base64: about as large as a form may be."""


def read_uploaded_file(field: str) -> bytes:
    """Return the bytes of a file that a form brings, empty if none; raises BadRequest for several.

    What the file is called stays unread: its name may say more than its sender meant to.
    """
    return read_uploaded_file_and_name(field)[1]


def read_uploaded_file_and_name(field: str) -> tuple[str, bytes]:
    """Return also what the file is called, for a page that gives it back under its name."""
    uploads = request.files.getlist(field)
    if len(uploads) > 1:
        raise BadRequest(f"The field “{field}” was sent {len(uploads)} times; it is sent once.")
    if not uploads:
        return "", b""
    return (uploads[0].filename or "").rpartition("/")[2], uploads[0].stream.read()


def read_json_object() -> dict[str, Any]:
    """Return the body as a JSON object; raises BadRequest, also for what cannot be stored."""
    if not request.is_json:
        raise UnsupportedMediaType("The body must be JSON, sent as application/json.")
    try:
        body = json.loads(
            request.get_data(),
            object_pairs_hook=_refuse_repeated_names,
            parse_constant=_refuse_unstorable_number,
            parse_float=_parse_finite_float,
            parse_int=_parse_whole_number,
        )
    except RecursionError:
        raise BadRequest(_TOO_DEEP) from None
    except ValueError:
        raise BadRequest("The body is not JSON.") from None
    if not isinstance(body, dict):
        raise BadRequest("The body must be one JSON object.")
    for text in _collect_texts_in(body, depth=0):
        _refuse_unstorable_text(text)
    return body


def _refuse_repeated_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse an object that names a field twice: parsers differ on which value counts."""
    read = dict(pairs)
    if len(read) < len(pairs):
        raise BadRequest("The JSON names one field twice.")
    return read


def _refuse_unstorable_number(_text: str) -> Never:
    raise BadRequest("The JSON has a number that cannot be stored: it is not finite, or too large.")


def _parse_finite_float(text: str) -> float:
    number = float(text)
    return number if isfinite(number) else _refuse_unstorable_number(text)


def _parse_whole_number(text: str) -> int:
    return int(text) if len(text) <= _MOST_DIGITS else _refuse_unstorable_number(text)


def _collect_texts_in(value: object, *, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        raise BadRequest(_TOO_DEEP)
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from _collect_texts_in(item, depth=depth + 1)
    elif isinstance(value, list):
        for item in value:
            yield from _collect_texts_in(item, depth=depth + 1)


def _refuse_unstorable_text(text: str) -> None:
    if "\0" in text:
        raise BadRequest("The text has a NUL character, which cannot be stored. Remove it.")
    if _HALF_CHARACTER.search(text):
        raise BadRequest("The text has half a character, which cannot be stored. Type it again.")


def _refuse_unreadable_request() -> None:
    _refuse_unstorable_text(request.path)
    _refuse_too_many_fields()
    for fields in (request.args, request.form):
        for name, values in fields.lists():
            _refuse_unstorable_text(name)
            for value in values:
                _refuse_unstorable_text(value)


def _refuse_too_many_fields() -> None:
    """Count the fields of a plain form before it is parsed; Werkzeug counts those of the others."""
    if request.mimetype != "application/x-www-form-urlencoded":
        return
    if request.get_data(parse_form_data=False).count(b"&") >= MOST_PARTS:
        raise RequestEntityTooLarge(f"The form has more than {MOST_PARTS} fields.")
