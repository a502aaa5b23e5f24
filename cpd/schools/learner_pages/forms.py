"""Forms with which somebody grants a learner extra time, a later date or an excuse."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectField, TextAreaField
from wtforms.validators import InputRequired, NumberRange, Optional

from cpd.schools.accommodations.rules.granting import (
    LARGEST_FACTOR,
    MOST_EXTRA_TRIES,
    Allowance,
    GrantFault,
)
from cpd.schools.time_fields import WallTimeField, build_choice_field
from cpd.web.forms import AlwaysSentField, Form, build_choice, clean_multiline_text

MOST_EXTRA_PERCENT = int((LARGEST_FACTOR - 1) * 100)

_FAULTS: Mapping[GrantFault, tuple[str, Any]] = {
    GrantFault.FACTOR_OUT_OF_RANGE: ("extra_percent", _l("This is too much, or too little.")),
    GrantFault.TRIES_OUT_OF_RANGE: ("extra_tries", _l("This is too many, or too few.")),
    GrantFault.NOTHING_GRANTED: (
        "extra_percent",
        _l("Grant something: more time, no time limit, or more tries."),
    ),
    GrantFault.REASON_MISSING: ("reason", _l("Say why, in a few words.")),
    GrantFault.REASON_TOO_LONG: ("reason", _l("Use at most 400 characters.")),
    GrantFault.NOT_LATER: ("until", _l("This must be later than the due date of the class.")),
}


class GrantForm(Form):
    """What every grant needs: a reason."""

    reason = TextAreaField(
        _l("Why?"),
        [InputRequired(_l("Say why, in a few words."))],
        filters=[clean_multiline_text],
        description=_l(
            "Only people who can grant this see the reason here. The learner can read it in a copy "
            "of their data. Leave out medical details: “A letter is on file” is enough."
        ),
    )

    def add_faults(self, faults: Sequence[GrantFault]) -> None:
        """Say beside the fields what is wrong."""
        for fault in faults:
            name, text = _FAULTS[fault]
            self[name].errors = [*self[name].errors, str(text)]


class AccommodationForm(GrantForm):
    """What a learner is granted in every exam of the school."""

    shown_first = ("extra_percent", "has_no_timer", "extra_tries")

    extra_percent = IntegerField(
        _l("How much more time, in percent?"),
        [
            Optional(),
            NumberRange(0, MOST_EXTRA_PERCENT, _l("Enter a number from %(min)s to %(max)s.")),
        ],
        description=_l("With 50 percent, 30 minutes become 45; with 100 percent, they become 60."),
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    has_no_timer = BooleanField(_l("No time limit at all"))
    extra_tries = IntegerField(
        _l("How many more tries?"),
        [Optional(), NumberRange(0, MOST_EXTRA_TRIES, _l("Enter a number from 0 to %(max)s."))],
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )

    @property
    def entered_allowance(self) -> Allowance:
        """Return what a valid form grants."""
        return Allowance(
            time_factor=1 + Fraction(self.extra_percent.data or 0, 100),
            has_timer=not self.has_no_timer.data,
            extra_attempts=self.extra_tries.data or 0,
        )


class AssignmentGrantForm(GrantForm):
    """What a grant on one assignment needs: the assignment."""

    shown_first: ClassVar[Sequence[str]] = ("assignment",)

    assignment = SelectField(
        _l("For which assignment?"), [InputRequired(_l("Choose one."))], validate_choice=False
    )

    def __init__(self, *args: Any, assignments: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        """Offer the assignments of the learner, by public id and title."""
        super().__init__(*args, **kwargs)
        self.assignment.choices = [
            build_choice("", _l("Choose one")),
            *(build_choice(id_, title) for id_, title in assignments),
        ]


class ExtensionForm(AssignmentGrantForm):
    """A later date for one learner on one assignment."""

    shown_first = ("assignment", "until", "until_choice")

    until = WallTimeField(
        _l("Until when?"),
        [InputRequired(_l("Enter the date and the time."))],
        description=_l("If the assignment closes before this, the closing date moves too."),
    )
    until_choice = build_choice_field(_l("Which time?"))


class ExcuseForm(AssignmentGrantForm):
    """An assignment that one learner need not do."""


class EndGrantForm(Form):
    """On which assignment a grant ends."""

    assignment = AlwaysSentField()
