"""The base of every form: fields are read strictly, and mistakes are shown together with 422."""

from typing import Any, Self

from flask import request
from wtforms import Form as PlainForm
from wtforms import (  # type: ignore[attr-defined] # types of the release before
    SelectChoice,
    SelectMultipleField,
)

from cpd.kernel import characters
from cpd.web import reading

_MOST_CHOICES = 100


def choice(value: str, label: Any, *, group: str | None = None) -> Any:
    """Return a choice of a select or of boxes, below the name of its group if it has one."""
    return SelectChoice(value, label, optgroup=group)


def plain(text: str | None) -> str:
    """Filter: text of many lines as it is kept; empty where there is nothing in it to see.

    A line end counts as one character.
    """
    text = (text or "").replace("\r\n", "\n").strip()
    return text if characters.has_visible_text(text) else ""


class Form(PlainForm):
    """A form that takes its own fields only, each of them once; CSRF is checked before any view."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Let no field have a `maxlength`: browsers cut what is pasted to it without a word."""
        super().__init__(*args, **kwargs)
        for field in self:
            field.flags.maxlength = False

    @classmethod
    def sent(cls, **given: Any) -> Self:
        """Return the form as this request fills it; raises BadRequest for odd or doubled fields."""
        form = cls(request.form, **given)
        reading.only(request.form, [field.name for field in form])
        for field in form:
            if isinstance(field, SelectMultipleField):
                reading.many(request.form, field.name, at_most=_MOST_CHOICES)
            else:
                reading.one(request.form, field.name, "")
        return form


class NoFields(Form):
    """A button alone."""
