"""Fields that the forms of several topics share."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired

from cpd.accounts.rules.typed_codes import parse_six_digits
from cpd.accounts.validators import Code, Line


def build_name_field(description: Any) -> StringField:
    """Return the field for the name that the site calls a person by."""
    return StringField(
        _l("Name"),
        [InputRequired(_l("Enter the name that the site should call you.")), Line()],
        description=description,
        render_kw={"autocomplete": "nickname"},
    )


def build_six_digits_field(description: Any) -> StringField:
    """Return the field for a six-digit code, however it is written."""
    return StringField(
        _l("Code"),
        [
            InputRequired(_l("Enter the six digits.")),
            Code(parse_six_digits, _l("Type the six digits of the code, such as 123 456.")),
        ],
        description=description,
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )
