"""The base of every form: fields are read strictly, and mistakes are shown together with 422."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Self

import wtforms
from flask import request
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest
from wtforms import EmailField, Field, HiddenField, SelectMultipleField
from wtforms import Form as PlainForm

from cpd.kernel import addresses, characters

_MOST_CHOICES = 100

_SelectChoice: Any = vars(wtforms)["SelectChoice"]
"""The class for choices, which the published types of WTForms do not name yet."""


def build_choice(value: str, label: Any, *, group: str | None = None) -> Any:
    """Return a choice for a select or checkboxes, below the name of its group if it has one."""
    return _SelectChoice(value, label, optgroup=group)


def clean_multiline_text(text: str | None) -> str:
    """Filter: return text of several lines as it is stored, or "" if it shows nothing.

    A line break counts as one character.
    """
    text = (text or "").replace("\r\n", "\n").strip()
    return text if characters.has_visible_text(text) else ""


class AddressField(EmailField):
    """An email address; the page shows it with the letters of its domain, however it was sent."""

    def _value(self) -> str:
        return addresses.decode_address(self.data or "")


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


class _Sentences:
    """Says as a sentence what WTForms says of a value that cannot be one of its field."""

    sentences: ClassVar[Mapping[str, Any]] = {
        "Not a valid choice.": _l("Choose one of the answers that are offered."),
        "Not a valid integer value.": _l("Enter a whole number."),
    }

    def gettext(self, text: str) -> str:
        """Return our sentence, or the text of WTForms."""
        return str(self.sentences.get(text, text))

    def ngettext(self, one: str, many: str, number: int) -> str:
        """Return the text of WTForms for a number of things."""
        return one if number == 1 else many


class Form(PlainForm):
    """A form that accepts only its own fields, each once; CSRF is checked before any view."""

    class Meta:
        """What WTForms asks of a form."""

        def get_translations(self, _form: PlainForm) -> _Sentences:
            """Return what puts the texts of WTForms into words."""
            return _Sentences()

    shown_first: ClassVar[Sequence[str]] = ()
    """Fields that the page shows before those of a base class, which would come first."""

    def __iter__(self) -> Iterator[Field]:
        """Yield the fields in the order of the page, which is also that of its mistakes."""
        return iter(sorted(super().__iter__(), key=lambda it: it.name not in self.shown_first))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Allow no `maxlength`: browsers cut pasted text to it without saying so."""
        super().__init__(*args, **kwargs)
        for field in self:
            field.flags.maxlength = False

    @classmethod
    def from_request(cls, **given: Any) -> Self:
        """Return the form as this request fills it in; raises BadRequest as `from_fields` does."""
        return cls.from_fields(request.form, **given)

    @classmethod
    def from_fields(cls, fields: MultiDict[str, str], **given: Any) -> Self:
        """Return the form filled in with fields, such as those in a URL.

        Raises BadRequest for unknown fields, repeated ones, and missing ones that its page always
        sends.
        """
        form = cls(fields, **given)
        _refuse_unknown_fields(fields, form)
        for field in form:
            _refuse_wrong_value_count(fields, field)
        return form


def _refuse_unknown_fields(fields: MultiDict[str, str], form: Form) -> None:
    own_names = {"csrf_token", *(field.name for field in form)}
    for name in fields:
        if name not in own_names:
            raise BadRequest(f"The field “{name[:40]}” does not belong to this form.")


def _refuse_wrong_value_count(fields: MultiDict[str, str], field: Field) -> None:
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
    """A form with only a button."""
