"""The forms of cycles, outside activities and their evidence."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FileField, HiddenField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, NumberRange, Optional, ValidationError

from cpd.accounts.validators import Line
from cpd.credit.authority_loading import load_authorities
from cpd.credit.cycles.actions import Claim, NewActivity
from cpd.credit.cycles.labels import MANNERS
from cpd.credit.cycles.models import OutsideActivity
from cpd.credit.cycles.queries import OwnLicense
from cpd.credit.day_field import DayField
from cpd.credit.rules.activities import Manner, parse_units
from cpd.credit.rules.issue_checks import is_license_number
from cpd.web.forms import Form, build_choice

_MOST_MINUTES = 60_000
NOT_COUNTED, NO_SUBJECT = "no", "any"
_SUBJECT = "subject:"


class CycleForm(Form):
    """Whose rules a license is under, and when it expires."""

    authority = SelectField(
        _l("Whose rules apply?"), [InputRequired(_l("Choose a board or an association."))]
    )
    expires_on = DayField(
        _l("When does it expire, or when is the renewal due?"),
        [Optional()],
        description=_l("The cycle ends on this day. Without it, we cannot say which days count."),
    )
    issued_on = DayField(
        _l("When was it first issued?"),
        [Optional()],
        description=_l("In the first cycle, often less is due."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the authorities whose rules are known here."""
        super().__init__(*args, **kwargs)
        self.authority.choices = [
            build_choice("", _l("Choose one")),
            *(
                build_choice(slug, f"{found.file.short_name} ({found.file.place})")
                for slug, found in load_authorities().items()
            ),
        ]

    def validate_issued_on(self, field: DayField) -> None:
        """Refuse a license that expires before it is issued."""
        ends = self.expires_on.data
        if field.data is not None and ends is not None and ends < field.data:
            raise ValidationError(
                _("It cannot be issued after it expires. Correct one of the two.")
            )


class OwnLicenseForm(CycleForm):
    """A license that is not in the profile yet, with its dates."""

    shown_first = ("authority", "number")

    number = StringField(
        _l("License or member number"),
        [
            InputRequired(_l("Enter the number on your license.")),
            Line(longest=60, needs_letter=False),
        ],
        filters=[lambda text: (text or "").upper()],
        description=_l("Exactly as on your license: boards compare the two."),
    )
    next = HiddenField()

    def validate_number(self, field: StringField) -> None:
        """Refuse what cannot be the number of a license."""
        if not is_license_number(field.data or ""):
            raise ValidationError(
                _(
                    "A number has letters from A to Z and at least one digit. Copy it from your "
                    "license."
                )
            )


class ActivityForm(Form):
    """An outside activity; `build_activity_form_class` adds two fields for each license."""

    title = StringField(
        _l("What is it called?"),
        [InputRequired(_l("Enter the title, as the certificate has it.")), Line(longest=200)],
        description=_l("As its certificate has it."),
    )
    organizer = StringField(
        _l("Who taught or organized it?"),
        [
            InputRequired(_l("Enter the name of a school, a provider or a person.")),
            Line(longest=200),
        ],
    )
    completed_on = DayField(_l("When did you complete it?"), [InputRequired(_l("Enter the day."))])
    minutes = IntegerField(
        _l("How many minutes did it take, without breaks?"),
        [
            InputRequired(_l("Enter the minutes: three hours are 180.")),
            NumberRange(1, _MOST_MINUTES, message=_l("Enter a number from 1 to 60,000.")),
        ],
        render_kw={"inputmode": "numeric"},
    )
    manner = SelectField(
        _l("How was it taught?"),
        [InputRequired(_l("Choose one."))],
        choices=[
            build_choice("", _l("Choose one")),
            *(build_choice(manner.value, label) for manner, label in MANNERS.items()),
        ],
    )

    def __init__(self, *args: Any, today: date, licenses: Sequence[OwnLicense], **kw: Any) -> None:
        super().__init__(*args, **kw)
        self._today = today
        self._licenses = licenses

    def validate_completed_on(self, field: DayField) -> None:
        """Refuse what has not taken place."""
        if field.data is not None and field.data > self._today:
            raise ValidationError(_("This day has yet to come. Add the activity once it is over."))

    def read_activity(self) -> NewActivity:
        """Return what was entered, once the form is valid."""
        if self.completed_on.data is None:
            raise ValueError("the form is not valid")
        return NewActivity(
            title=self.title.data or "",
            organizer=self.organizer.data or "",
            completed_on=self.completed_on.data,
            minutes=int(self.minutes.data or 0),
            manner=Manner(self.manner.data),
            claims=[
                Claim(
                    own.license.id,
                    counts.removeprefix(_SUBJECT) if counts.startswith(_SUBJECT) else "",
                    parse_units(self[f"stated_{own.license.public_id}"].data or ""),
                )
                for own in self._licenses
                if (counts := self[f"counts_{own.license.public_id}"].data or "") != NOT_COUNTED
            ],
        )


def build_activity_form_class(licenses: Iterable[OwnLicense]) -> type[ActivityForm]:
    """Return the form with a choice of subjects and a number of units for each license."""
    fields: dict[str, Any] = {}
    for own in licenses:
        if own.authority is None:
            continue
        name = f"{own.authority.file.short_name}, {own.license.number}"
        rules = own.authority.file.rules
        label = rules.unit[0].label if rules.unit else str(_("units"))
        is_time = bool(rules.unit) and rules.unit[0].hours is not None
        fields[f"counts_{own.license.public_id}"] = SelectField(
            _("Should it count for %(license)s?", license=name),
            choices=[
                build_choice(NO_SUBJECT, _("Yes, in no particular subject")),
                *(
                    build_choice(f"{_SUBJECT}{subject}", _("Yes, as: %(subject)s", subject=subject))
                    for subject in dict.fromkeys(one.name for one in rules.categories)
                ),
                build_choice(NOT_COUNTED, _("No")),
            ],
            default=NO_SUBJECT,
        )
        fields[f"stated_{own.license.public_id}"] = StringField(
            _(
                "How many %(unit)s does its certificate state for %(license)s?",
                unit=label,
                license=name,
            ),
            [Optional(), _require_units],
            description=_("You can leave this empty. The lower of this and the minutes counts.")
            if is_time
            else _("They are no length of time, so nothing counts without this number."),
            render_kw={"inputmode": "decimal"},
        )
    return type("OwnActivityForm", (ActivityForm,), fields)


def _require_units(_form: Form, field: StringField) -> None:
    if parse_units((field.data or "").strip()) is None:
        raise ValidationError(_("Enter a number with at most two decimals, such as 2.5."))
    field.data = (field.data or "").strip()


def build_activity_values(row: OutsideActivity, licenses: Sequence[OwnLicense]) -> dict[str, Any]:
    """Return what the form shows of a stored activity."""
    claims = {claim.licence_id: claim for claim in row.claims}
    values: dict[str, Any] = {
        "title": row.title,
        "organizer": row.organizer,
        "completed_on": row.completed_on,
        "minutes": row.minutes,
        "manner": row.manner.value,
    }
    for own in licenses:
        claim, name = claims.get(own.license.id), own.license.public_id
        values[f"counts_{name}"] = (
            NOT_COUNTED
            if claim is None
            else f"{_SUBJECT}{claim.category}"
            if claim.category
            else NO_SUBJECT
        )
        if claim is not None and claim.hundredths is not None:
            values[f"stated_{name}"] = f"{Decimal(claim.hundredths).scaleb(-2).normalize():f}"
    return values


class EvidenceForm(Form):
    """A file that shows that an activity took place."""

    evidence = FileField(
        _l("Which file?"),
        description=_l("A PDF, or a PNG, JPEG or WebP picture, of at most 900 kB."),
        render_kw={"accept": "application/pdf,image/png,image/jpeg,image/webp"},
    )
