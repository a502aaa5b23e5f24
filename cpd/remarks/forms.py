"""The forms of remarks: what is wrong, and what was done about it."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, RadioField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, StopValidation

from cpd.accounts.rules import addresses
from cpd.remarks.models import LONGEST_ANSWER, LONGEST_NOTE, LONGEST_TEXT, RemarkState
from cpd.web.forms import AddressField, Form, build_choice, clean_multiline_text

STATE_WORDS: Mapping[RemarkState, Any] = {
    RemarkState.OPEN: _l("Open"),
    RemarkState.ANSWERED: _l("Answered"),
    RemarkState.CLOSED: _l("Closed"),
}


class OptionalAddress:
    """Validator: nothing, or an address that an email can be sent to."""

    def __call__(self, _form: Form, field: Field) -> None:
        """Normalize the address, or say what is missing."""
        field.data = addresses.normalize_address(field.data or "")
        if field.data and not addresses.is_plausible_address(field.data):
            raise StopValidation(
                str(_l("Write the whole address, such as maya@clinic.example, or leave it empty."))
            )


class RemarkForm(Form):
    """What is wrong with a page."""

    text = TextAreaField(
        _l("What is wrong"),
        [
            DataRequired(_l("Write what is wrong; a few words are enough.")),
            Length(
                max=LONGEST_TEXT, message=_l("Use at most 2,000 characters, or send it in parts.")
            ),
        ],
        filters=[clean_multiline_text],
        description=_l(
            "A mistake, a broken link, a sentence that is hard to understand. Do not name a "
            "client or mention anyone’s health."
        ),
        render_kw={"rows": 6},
    )
    email = AddressField(
        _l("Your email address"),
        [OptionalAddress()],
        description=_l("Only if you want an answer."),
        render_kw={"autocomplete": "email"},
    )
    page = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email.flags.optional = True


class AnswerForm(Form):
    """What the sender of a remark is told."""

    answer = TextAreaField(
        _l("Your answer"),
        [
            DataRequired(_l("Write the answer.")),
            Length(max=LONGEST_ANSWER, message=_l("Use at most 2,000 characters.")),
        ],
        filters=[clean_multiline_text],
        render_kw={"rows": 5},
    )


class MoveForm(Form):
    """The state of a remark, and a note."""

    state = RadioField(
        _l("State"),
        [InputRequired(_l("Choose a state."))],
        choices=[build_choice(state.value, words) for state, words in STATE_WORDS.items()],
    )
    note = TextAreaField(
        _l("What was done"),
        [
            DataRequired(_l("Say in a sentence what was done, or why nothing was.")),
            Length(max=LONGEST_NOTE, message=_l("Use at most 1,000 characters.")),
        ],
        filters=[clean_multiline_text],
        description=_l("Seen by those who answer remarks, not by the sender."),
        render_kw={"rows": 3},
    )
