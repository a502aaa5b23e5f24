"""The forms with which approvals are entered and withdrawn."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, FileField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from cpd.accounts.validators import Line
from cpd.credit.rules.approvals import parse_amount, parse_minutes
from cpd.web.forms import Form, build_choice

PROVIDER = "provider"
"""What the form sends where no course, but the provider is approved."""
_YEARS = range(2000, 2100)


class DayField(DateField):
    """A day; one that does not exist gets a sentence."""

    data: date | None

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the day."""
        try:
            super().process_formdata(valuelist)
        except ValueError:
            self.data = None
            raise ValueError(str(_l("There is no such day. Write it like 2026-11-30."))) from None
        if self.data is not None and self.data.year not in _YEARS:
            raise ValueError(str(_l("Choose a year from 2000 to 2099.")))


class ApprovalForm(Form):
    """What the letter of an authority says."""

    authority = SelectField(_l("Who approved it?"), [InputRequired(_l("Choose one."))])
    covers = SelectField(_l("What did they approve?"), [InputRequired(_l("Choose one."))])
    number = StringField(
        _l("Number of the approval"),
        [InputRequired(_l("Enter the number that the letter gives.")), Line(longest=60)],
        description=_l("Exactly as in the letter: boards compare it."),
    )
    title = StringField(
        _l("Title or name as approved"),
        [InputRequired(_l("Enter the title or name that the letter gives.")), Line(longest=200)],
        description=_l(
            "For a course, its title word for word. For the provider, the name as registered."
        ),
    )
    amount = StringField(
        _l("Approved hours or units"),
        filters=[lambda text: (text or "").strip()],
        description=_l("For a course, the number in the letter, such as 1.5."),
        render_kw={"inputmode": "decimal"},
    )
    category = StringField(
        _l("Category"),
        [Optional(strip_whitespace=True), Line(longest=120)],
        description=_l("For a course, if the letter names a subject or category."),
    )
    first_day = DayField(_l("First day"), [InputRequired(_l("Enter the first day."))])
    last_day = DayField(
        _l("Last day"), [Optional()], description=_l("Leave it empty if the letter names no end.")
    )
    letter = FileField(
        _l("The letter"),
        description=_l("A PDF file of at most 900 kB."),
        render_kw={"accept": "application/pdf"},
    )
    pilot = TextAreaField(
        _l("Minutes of a pilot group"),
        [Optional(strip_whitespace=True)],
        description=_l(
            "Needed only where more was approved than the credit worksheet computes: how many "
            "minutes each learner of a pilot group took for the newest version, without names, "
            "such as 62 75 58."
        ),
        render_kw={"rows": 2},
    )

    def offer_choices(
        self, authorities: Iterable[tuple[str, str]], courses: Iterable[tuple[str, str]]
    ) -> None:
        """Offer the authorities, and the provider with its courses."""
        self.authority.choices = [build_choice("", _l("Choose"))] + [
            build_choice(slug, name) for slug, name in authorities
        ]
        self.covers.choices = [
            build_choice("", _l("Choose")),
            build_choice(PROVIDER, _l("This provider")),
            *(build_choice(f"course:{slug}", title) for slug, title in courses),
        ]

    @property
    def course(self) -> str | None:
        """The slug of the course that was chosen; None for the provider."""
        return None if self.covers.data == PROVIDER else self.covers.data.partition(":")[2]

    def validate_amount(self, field: StringField) -> None:
        """Ask for a number for a course, and for none for the provider."""
        if self.covers.data == PROVIDER:
            if field.data:
                raise ValidationError(_l("Leave this empty for the provider."))
        elif not field.data or parse_amount(field.data) is None:
            raise ValidationError(
                _l("Enter the approved number with at most two decimals, such as 1.5.")
            )

    def validate_pilot(self, field: TextAreaField) -> None:
        """Ask for whole minutes."""
        if field.data and parse_minutes(field.data) is None:
            raise ValidationError(
                _l("Enter the whole minutes of each learner, with spaces between them.")
            )


class WithdrawalForm(Form):
    """Why an approval is taken off the file."""

    reason = TextAreaField(
        _l("Why do you withdraw it?"),
        [
            DataRequired(_l("Say why.")),
            Length(max=400, message=_l("Use at most 400 characters.")),
        ],
        filters=[lambda text: " ".join((text or "").split())],
        render_kw={"rows": 2},
    )
