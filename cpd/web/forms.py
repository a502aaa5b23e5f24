"""The base of every form: fields are read strictly, and mistakes are shown together with 422."""

from collections.abc import Sequence
from typing import Any, Self

import wtforms
from flask import request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest
from wtforms import Field, HiddenField, SelectMultipleField
from wtforms import Form as PlainForm

from cpd.kernel import characters

_MOST_CHOICES = 100

_SelectChoice: Any = vars(wtforms)["SelectChoice"]
"""The class for choices, which the published types of WTForms do not name yet."""


def choice(value: str, label: Any, *, group: str | None = None) -> Any:
    """Return a choice of a select or of boxes, below the name of its group if it has one."""
    return _SelectChoice(value, label, optgroup=group)


def plain(text: str | None) -> str:
    """Filter: text of many lines as it is kept; empty where there is nothing in it to see.

    A line end counts as one character.
    """
    text = (text or "").replace("\r\n", "\n").strip()
    return text if characters.has_visible_text(text) else ""


class AlwaysSentField(HiddenField):
    """A hidden field that its page always sends: a request without it is refused."""

    data: str


class ValuesField(Field):
    """Any values sent under one name, each once; what they mean is decided elsewhere."""

    data: Sequence[str]

    def __init__(self, *, at_most: int, **options: Any) -> None:
        super().__init__(**options | {"default": ()})
        self.at_most = at_most

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take all values as they were sent."""
        self.data = valuelist


class Form(PlainForm):
    """A form that takes its own fields only, each of them once; CSRF is checked before any view."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Let no field have a `maxlength`: browsers cut what is pasted to it without a word."""
        super().__init__(*args, **kwargs)
        for field in self:
            field.flags.maxlength = False

    @classmethod
    def sent(cls, **given: Any) -> Self:
        """Return the form as this request fills it in; raises BadRequest for odd fields."""
        return cls.read(request.form, **given)

    @classmethod
    def read(cls, fields: MultiDict[str, str], **given: Any) -> Self:
        """Return the form filled in with fields, such as those of an address.

        Raises BadRequest for unknown fields, for doubled ones, and for missing ones that its page
        always sends.
        """
        form = cls(fields, **given)
        _refuse_unknown(fields, form)
        for field in form:
            _refuse_wrong_count(fields, field)
        return form


def _refuse_unknown(fields: MultiDict[str, str], form: Form) -> None:
    known = {"csrf_token", *(field.name for field in form)}
    for name in fields:
        if name not in known:
            raise BadRequest(f"The field “{name[:40]}” does not belong to this form.")


def _refuse_wrong_count(fields: MultiDict[str, str], field: Field) -> None:
    name, values = field.name, fields.getlist(field.name)
    if isinstance(field, SelectMultipleField | ValuesField):
        most = field.at_most if isinstance(field, ValuesField) else _MOST_CHOICES
        if len(values) > most:
            raise BadRequest(f"The field “{name}” was sent more than {most} times.")
        if len(set(values)) != len(values):
            raise BadRequest(f"The field “{name}” was sent twice with the same value.")
    elif len(values) > 1:
        raise BadRequest(f"The field “{name}” was sent {len(values)} times; it is sent once.")
    elif not values and isinstance(field, AlwaysSentField):
        raise BadRequest(f"The field “{name}” is missing. Go back, reload the page and try again.")


class NoFields(Form):
    """A button alone."""
