"""Fields that the forms of several topics share."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from cpd.accounts.validators import Line


def name_field(description: Any) -> StringField:
    """Return the field for the name by which the pages greet a person."""
    return StringField(
        _l("Name"),
        [InputRequired(_l("Enter the name that the pages should greet you by.")), Line()],
        description=description,
        render_kw={"autocomplete": "nickname"},
    )


def six_digits_field(description: Any) -> StringField:
    """Return the field for a code of six digits; spaces in it do not matter."""
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
