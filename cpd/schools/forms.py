"""Forms about a school itself: its name and time zone, and its seats."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, NumberRange, Optional

from cpd.accounts.profile.time_zones import build_zone_choices
from cpd.accounts.validators import Line
from cpd.schools.rules.seats import MOST_SEATS
from cpd.web.forms import Form, build_choice


class SchoolForm(Form):
    """What a school is called, and the zone in which its days begin and end."""

    name = StringField(
        _l("What is it called?"),
        [InputRequired(_l("Enter the name.")), Line()],
        render_kw={"autocomplete": "organization"},
    )
    time_zone = SelectField(
        _l("What time zone is it in?"),
        [InputRequired(_l("Choose a time zone."))],
        description=_l("Due dates are set and shown in this zone."),
    )

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        """Offer all time zones, and the present one even if it was renamed since."""
        super().__init__(*args, **kwargs)
        self.time_zone.choices = [
            build_choice("", _l("Choose one")),
            *build_zone_choices(zone),
        ]


class SeatsForm(Form):
    """How many people may belong to a school."""

    seats = IntegerField(
        _l("How many people can belong to it at a time?"),
        [
            Optional(),
            NumberRange(1, MOST_SEATS, _l("Enter a number from 1 to %(max)s, or leave it empty.")),
        ],
        description=_l(
            "Leave this empty for no limit. Everyone who already belongs to it can stay."
        ),
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
