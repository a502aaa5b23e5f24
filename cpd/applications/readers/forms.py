"""The form with which somebody from an authority is invited to read."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired

from cpd.accounts.validators import Address, Line
from cpd.applications.rules.reading import PeriodFault
from cpd.credit.day_field import DayField
from cpd.web.forms import AddressField, Form, build_choice

PERIOD_FAULTS = {
    PeriodFault.PAST: _l("This date has passed. Choose a later one."),
    PeriodFault.TOO_LONG: _l("Choose a day within the next 90 days."),
}


class ReaderForm(Form):
    """Who reads, for whom, and until when."""

    authority = SelectField(
        _l("Which board or association do they review for?"), [InputRequired(_l("Choose one."))]
    )
    name = StringField(_l("Name"), [InputRequired(_l("Enter the name.")), Line()])
    email = AddressField(
        _l("Email address"),
        [InputRequired(_l("Enter the address.")), Address()],
        render_kw={"autocomplete": "off"},
    )
    last_day = DayField(
        _l("Last day"),
        [InputRequired(_l("Enter the last day."))],
        description=_l("At most 90 days from today. They can read until this day ends."),
    )

    def offer_authorities(self, authorities: Iterable[tuple[str, str]]) -> None:
        """Offer the authorities by their names."""
        self.authority.choices = [
            build_choice("", _l("Choose")),
            *(build_choice(slug, name) for slug, name in authorities),
        ]
