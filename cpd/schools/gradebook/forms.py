"""Forms of the gradebook: a grade by hand, a try that is changed, hidden names."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import flask_babel
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, TextAreaField
from wtforms.validators import AnyOf, InputRequired, NumberRange, Optional

from cpd.quizzes.rules.attempts import Move
from cpd.schools.gradebook.rules.hand_grades import GradeFault
from cpd.schools.time_fields import WallTimeField, build_choice_field
from cpd.web.forms import AlwaysSentField, Form, build_choice, clean_multiline_text

_: Callable[..., str] = flask_babel.gettext

HIDE, SHOW = "hide", "show"

_GRADE_FAULTS: Mapping[GradeFault, tuple[str, Any]] = {
    GradeFault.OUT_OF_RANGE: ("percent", _l("Enter a number from 0 to 100.")),
    GradeFault.REASON_MISSING: ("reason", _l("Say why, in a few words.")),
    GradeFault.REASON_TOO_LONG: ("reason", _l("Use at most 400 characters.")),
}
_MOVES: Mapping[Move, Any] = {
    Move.EXTEND: _l("Give it more time"),
    Move.REOPEN: _l("Reopen it, so that it can be finished"),
    Move.VOID: _l("Void it, so that it does not count as a try"),
}


class NamesForm(Form):
    """Whether names are hidden."""

    names = AlwaysSentField(validators=[AnyOf([HIDE, SHOW])])


class ReasonForm(Form):
    """What every change by hand needs: a reason."""

    reason = TextAreaField(
        _l("Why?"),
        [InputRequired(_l("Say why, in a few words."))],
        filters=[clean_multiline_text],
        description=_l("Only the learner and people who can change grades can read this."),
    )


class GradeForm(ReasonForm):
    """A grade given by hand."""

    shown_first = ("percent",)

    percent = IntegerField(
        _l("What percentage?"),
        [
            InputRequired(_l("Enter a number from 0 to 100.")),
            NumberRange(0, 100, _l("Enter a number from 0 to 100.")),
        ],
        description=_l(
            "This counts in your gradebook and in the files that you export, instead of the score "
            "of the exam. It is not a pass and does not lead to a certificate."
        ),
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )

    @property
    def score(self) -> Fraction:
        """The grade, from 0 to 1."""
        return Fraction(self.percent.data or 0, 100)

    def add_faults(self, faults: Sequence[GradeFault]) -> None:
        """Say beside the fields what is wrong."""
        for fault in faults:
            name, text = _GRADE_FAULTS[fault]
            self[name].errors = [*self[name].errors, str(text)]


class TryForm(ReasonForm):
    """What is to happen to a try, until when, and why."""

    shown_first = ("move", "until", "until_choice")

    move = RadioField(
        _l("What do you want to do?"),
        [InputRequired(_l("Choose one."))],
        choices=[build_choice(move.value, words) for move, words in _MOVES.items()],
    )
    until = WallTimeField(
        _l("Until when?"),
        [Optional()],
        description=_l(
            "This is needed to give more time, and to reopen a try whose time is over. Leave it "
            "empty to void the try."
        ),
    )
    until_choice = build_choice_field(_l("Which time?"))

    @property
    def chosen_move(self) -> Move:
        """What a valid form asks for."""
        return Move(self.move.data)
