"""The forms with which approvals are entered and withdrawn."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import FileField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from cpd.accounts.validators import Line
from cpd.credit.day_field import DayField
from cpd.credit.rules.approvals import parse_amount
from cpd.web.forms import Form, build_choice

PROVIDER = "provider"
"""What the form sends where no course, but the provider is approved."""


class ApprovalForm(Form):
    """What the letter of an authority says."""

    authority = SelectField(_l("Who approved it?"), [InputRequired(_l("Choose one."))])
    covers = SelectField(_l("What did they approve?"), [InputRequired(_l("Choose one."))])
    number = StringField(
        _l("Number of the approval"),
        [
            InputRequired(_l("Enter the number that the letter gives.")),
            Line(longest=60, needs_letter=False),
        ],
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
    pilot = SelectField(
        _l("Report of a pilot group"),
        description=_l(
            "Needed only where more was approved than the credit worksheet computes. The report "
            "must be about the newest version."
        ),
    )

    def offer_choices(
        self,
        authorities: Iterable[tuple[str, str]],
        courses: Iterable[tuple[str, str]],
        reports: Iterable[tuple[str, str]],
    ) -> None:
        """Offer the authorities, the provider with its courses, and the reports on file."""
        self.pilot.choices = [build_choice("", _l("None"))] + [
            build_choice(public_id, words) for public_id, words in reports
        ]
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
