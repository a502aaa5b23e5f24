"""Forms for a person's own account."""

import json
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    SelectField,
    StringField,
    ValidationError,
)
from wtforms.validators import InputRequired

from cpd.accounts.forms import build_name_field
from cpd.accounts.profile import time_zones
from cpd.accounts.rules import zones
from cpd.accounts.rules.countries import ELSEWHERE, NOT_CHOSEN
from cpd.accounts.sign_in.forms import CurrentPasswordForm
from cpd.accounts.validators import Address, Line
from cpd.content.country_loading import load_countries
from cpd.web.forms import AddressField, Form, build_choice

_AUTHORITY_EXAMPLE = _l("As written on it, such as “Texas Department of Licensing”.")
_NUMBER = Line(longest=60, needs_letter=False)


class ProfileForm(Form):
    """What people say about themselves."""

    name = build_name_field(_l("What the site calls you."))
    legal_name = StringField(
        _l("Full legal name"),
        [Line()],
        description=_l(
            "Printed on certificates exactly as you type it. Boards compare it with your license. "
            "You can leave it until your first exam."
        ),
        render_kw={"autocomplete": "name"},
    )
    time_zone = SelectField(
        _l("Time zone"),
        description=_l("Used for the times you see and for the date on your certificate."),
    )
    country = SelectField(
        _l("Country"),
        description=_l("Used for the numbers to call, some words and the order of temperatures."),
    )
    next = HiddenField()
    """The page to go to afterwards."""

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        """Offer the time zones; someone who has not chosen one can wait until the first exam."""
        super().__init__(*args, **kwargs)
        self.time_zone.choices = time_zones.build_zone_choices(zone)
        self.country.choices = build_country_choices(_l("Not chosen yet"))
        if not zones.is_zone_chosen(zone):
            later = build_choice("", _l("Not chosen yet: times are shown in UTC"))
            self.time_zone.choices = [later, *self.time_zone.choices]
        else:
            self.time_zone.validators = [InputRequired(_l("Choose a time zone."))]


class CountryForm(Form):
    """The country whose numbers to call pages show."""

    country = SelectField(
        _l("Where do you work?"), [InputRequired(_l("Choose a country, or “Another country”."))]
    )
    next = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the countries; none is selected, because nothing says which it is."""
        super().__init__(*args, **kwargs)
        self.country.choices = build_country_choices(_l("Choose one"))


def build_country_choices(nothing: Any) -> list[Any]:
    """Return every country that the site has numbers for, and any other, below `nothing`."""
    return [
        build_choice(NOT_CHOSEN, nothing),
        *(build_choice(country.code, country.short_name) for country in load_countries().values()),
        build_choice(ELSEWHERE, _l("Another country")),
    ]


class PostponeForm(Form):
    """The same form with its other button: whatever is chosen does not count."""

    country = HiddenField()
    next = HiddenField()


class LicenseForm(Form):
    """A professional license."""

    authority = StringField(
        _l("Issued by"),
        [
            InputRequired(_l("Enter who issued the license, as written on it.")),
            Line(),
        ],
        description=_AUTHORITY_EXAMPLE,
    )
    number = StringField(
        _l("License number"),
        [InputRequired(_l("Enter the number.")), _NUMBER],
    )


class CertificateDetailsForm(Form):
    """What certificates print about a person, asked before their first exam."""

    legal_name = StringField(
        _l("Full legal name"),
        [InputRequired(_l("Enter the name to print.")), Line()],
        description=_l("Exactly as on your license: boards compare the two."),
        render_kw={"autocomplete": "name"},
    )
    authority = StringField(_l("License issued by"), [Line()], description=_AUTHORITY_EXAMPLE)
    number = StringField(_l("License number"), [_NUMBER])
    without = BooleanField(
        _l("I have no license"), description=_l("You can add one later, in your profile.")
    )
    removes = BooleanField(
        _l("Remove the licenses in my profile"),
        description=_l(
            "Check this only if you no longer have any. Their dates, and what counts for them, "
            "are removed too."
        ),
    )
    time_zone = SelectField(
        _l("Which time zone are you in?"),
        [InputRequired(_l("Choose your time zone."))],
        description=_l("The date on your certificate follows it."),
    )
    next = HiddenField()

    def __init__(self, *args: Any, zone: str, license_count: int, **kwargs: Any) -> None:
        """Offer the time zones; none is selected until the person or their browser chooses one.

        Whoever has licenses is asked whether saying that they have none shall remove them.
        """
        super().__init__(*args, **kwargs)
        self._license_count = license_count
        if not license_count:
            del self.removes
        self.time_zone.choices = [
            build_choice("", _l("Choose one")),
            *time_zones.build_zone_choices(zone),
        ]
        self.time_zone.render_kw = {
            "data-suggested": _l("Your browser suggests this one. Change it if it is wrong."),
            "data-former": json.dumps(time_zones.map_former_zone_names()),
        }

    def validate_number(self, field: Field) -> None:
        """Require either a whole license or the statement that there is none."""
        filled_in = bool(self.authority.data), bool(field.data)
        if self.without.data and any(filled_in):
            raise ValidationError(str(_l("Leave the license empty, or clear the checkbox.")))
        if not self.without.data and not all(filled_in):
            raise ValidationError(
                str(_l("Enter who issued the license and its number, or check that you have none."))
            )

    def validate_without(self, field: Field) -> None:
        """Warn before licenses are removed with what rests on them."""
        if field.data and self._license_count and not self.removes.data:
            raise ValidationError(
                ngettext(
                    "Your profile has a license. If you no longer have one, check the box to "
                    "remove it. If you do not need credit, keep it here and say so at the exam.",
                    "Your profile has %(num)s licenses. If you no longer have any, check the box "
                    "to remove them. If you do not need credit, keep them here and say so at the "
                    "exam.",
                    self._license_count,
                )
            )


class ChangeAddressForm(CurrentPasswordForm):
    """A new address to replace the current one."""

    shown_first = ("email",)

    email = AddressField(
        _l("New email address"),
        [InputRequired(_l("Enter the new address.")), Address()],
        render_kw={"autocomplete": "email"},
    )
