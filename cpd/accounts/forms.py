"""Fields that the forms of several topics share."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from cpd.accounts.validators import Line


def build_name_field(description: Any) -> StringField:
    """Return the field for the name that the site calls a person by."""
    return StringField(
        _l("Name"),
        [InputRequired(_l("Enter the name that the site should call you.")), Line()],
        description=description,
        render_kw={"autocomplete": "nickname"},
    )


def build_six_digits_field(description: Any) -> StringField:
    """Return the field for a six-digit code; spaces in it are ignored."""
    return StringField(
        _l("Code"),
        [
            InputRequired(_l("Enter the six digits.")),
            Length(max=20, message=_l("The code has six digits.")),
        ],
        description=description,
        filters=[lambda typed: "".join((typed or "").split())],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )
