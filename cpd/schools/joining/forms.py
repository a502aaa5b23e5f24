"""The forms of making codes and joining with them."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, StringField
from wtforms.validators import AnyOf, InputRequired, NumberRange

from cpd.access.permissions import SCHOOL_ROLES
from cpd.schools.joining.rules.join_codes import (
    MOST_DAYS,
    MOST_SEATS,
    USUAL_DAYS,
    USUAL_SEATS,
    parse_join_code,
)
from cpd.web.forms import AlwaysSentField, Form

_NUMBER = {"inputmode": "numeric", "autocomplete": "off"}
_RANGE = _l("Enter a number from 1 to %(max)s.")


class MakeCodeForm(Form):
    """For how many people and how long a code works."""

    seats = IntegerField(
        _l("How many people can use it?"),
        [InputRequired(_l("Enter a number.")), NumberRange(1, MOST_SEATS, _RANGE)],
        default=USUAL_SEATS,
        render_kw=_NUMBER,
    )
    days = IntegerField(
        _l("For how many days should it work?"),
        [InputRequired(_l("Enter a number.")), NumberRange(1, MOST_DAYS, _RANGE)],
        default=USUAL_DAYS,
        render_kw=_NUMBER,
    )


class EnterCodeForm(Form):
    """A code, as somebody types it."""

    code = StringField(
        _l("Code"),
        [InputRequired(_l("Enter the code."))],
        description=_l("Eight letters and digits. Spaces and hyphens do not matter."),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"},
    )

    @property
    def entered_code(self) -> str | None:
        """The code, or None if what was typed cannot be one."""
        return parse_join_code(self.code.data or "")


class EndRoleForm(Form):
    """A role in a school, and who has it."""

    person = AlwaysSentField()
    role = AlwaysSentField(validators=[AnyOf(sorted(SCHOOL_ROLES))])
