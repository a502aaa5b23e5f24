"""The form with which people say where they need credit."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Optional

from cpd.accounts.validators import Line
from cpd.credit.day_field import DayField
from cpd.web.forms import Form, build_choice


class HeldLicenseForm(Form):
    """One license."""

    authority = SelectField(_l("Board or association"), [InputRequired(_l("Choose one."))])
    number = StringField(
        _l("License or member number"),
        [
            InputRequired(_l("Enter the number on your license.")),
            Line(longest=30, needs_letter=False),
        ],
        filters=[lambda text: (text or "").upper()],
        description=_l("Exactly as on your license: boards compare the two."),
    )
    cycle_begins = DayField(_l("Your present cycle began on"), [Optional()])
    cycle_ends = DayField(_l("It ends on"), [Optional()])

    def offer_choices(self, authorities: Iterable[tuple[str, str]]) -> None:
        """Offer the authorities."""
        self.authority.choices = [build_choice("", _l("Choose"))] + [
            build_choice(slug, name) for slug, name in authorities
        ]
