"""The shape of what is posted to an exam."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, Form, StringField
from wtforms.validators import InputRequired, Length

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


def read_event(body: Mapping[str, Any], position: int | None = None) -> EventBody:
    """Read a posted answer; answers 400 when a field is missing, repeated, too long or odd."""
    if isinstance(body, MultiDict):
        repeated = [name for name, values in body.lists() if len(values) > 1 and name != "choice"]
        if repeated:
            abort(400)
        choices: Any = body.getlist("choice")
    else:
        choices = body.get("choices", [])
        position = body.get("position")
    after = body.get("after") or None
    if type(position) is not int or not isinstance(choices, list) or len(choices) > MOST_CHOICES:
        abort(400)
    texts = [body.get("event_id"), body.get("step"), *([after] if after else [])]
    if not all(_is_id(text, LONGEST_ID) for text in texts):
        abort(400)
    if not all(_is_id(choice, LONGEST_CHOICE) for choice in choices):
        abort(400)
    return EventBody(
        event_id=str(body["event_id"]),
        position=position,
        step=str(body["step"]),
        after=after,
        choices=tuple(choices),
    )


def _is_id(text: Any, longest: int) -> bool:
    return isinstance(text, str) and 0 < len(text) <= longest and text.isprintable()


class SubmissionForm(Form):
    """What is stated on handing in an exam."""

    name = StringField(
        _l("Your name, as the certificate shall show it"),
        [InputRequired(_l("Enter the name to print.")), Length(max=120)],
    )
    is_mine = BooleanField(
        _l("I answered these cases myself, without help from anyone."),
        [InputRequired(_l("Tick this to hand in: the certificate rests on it."))],
    )
