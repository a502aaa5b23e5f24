"""The shape of an answer as it is posted, by the form or by the script."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from cpd.web.reading import many, one, only

LONGEST_ID = 40


LONGEST_CHOICE = 80


MOST_CHOICES = 20


@dataclass(frozen=True)
class EventBody:
    """An answer as it was posted: known to be well-formed, not yet known to be an answer."""

    event_id: str
    position: int
    step: str
    after: str | None
    choices: tuple[str, ...]


def read_form(form: MultiDict[str, str], position: int) -> EventBody:
    """Read an answer from the plain form; answers 400 with a sentence for anything odd."""
    only(form, {"step", "after", "event_id", "choice", "go"})
    return _body(
        event_id=one(form, "event_id"),
        position=position,
        step=one(form, "step"),
        after=one(form, "after", "") or None,
        choices=many(form, "choice", at_most=MOST_CHOICES),
    )


def read_json(body: Mapping[str, Any]) -> EventBody:
    """Read an answer that the page's script sent; answers 400 with a sentence for anything odd."""
    unknown = set(body) - {"event_id", "position", "step", "after", "choices"}
    if unknown:
        abort(400, _("The answer has a field that does not belong to it. Reload the page."))
    return _body(
        event_id=body.get("event_id"),
        position=body.get("position"),
        step=body.get("step"),
        after=body.get("after"),
        choices=body.get("choices"),
    )


def _body(event_id: Any, position: Any, step: Any, after: Any, choices: Any) -> EventBody:
    ids = [event_id, step, *([] if after is None else [after])]
    is_sound = (
        type(position) is int
        and all(_is_id(text, LONGEST_ID) for text in ids)
        and isinstance(choices, list)
        and len(choices) <= MOST_CHOICES
        and all(_is_id(choice, LONGEST_CHOICE) for choice in choices)
    )
    if not is_sound:
        abort(400, _("The answer did not arrive whole. Reload the page and answer again."))
    return EventBody(event_id, position, step, after, tuple(choices))


def _is_id(text: Any, longest: int) -> bool:
    return isinstance(text, str) and 0 < len(text) <= longest and text.isprintable()
