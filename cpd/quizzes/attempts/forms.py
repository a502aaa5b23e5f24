"""The form in which a learner submits an exam."""

from typing import Self

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import InputRequired

from cpd.accounts.validators import Line, Printable
from cpd.quizzes.attempts.statements import hash_statement, translated_statement_text
from cpd.web.forms import Form


class SubmissionForm(Form):
    """What a learner states when submitting an exam."""

    name = StringField(
        _l("Your name, as the certificate will show it"),
        [InputRequired(_l("Enter the name to print.")), Line(), Printable()],
    )
    is_mine = BooleanField(
        LazyString(translated_statement_text),
        [InputRequired(_l("Check this box to hand in: your certificate depends on it."))],
    )
    shown = HiddenField()
    """The hash of the statement that the page showed; only that statement may be stored."""

    @classmethod
    def with_name_filled_in(cls, *, name: str) -> Self:
        """Return the form with the name filled in, and nothing stated yet."""
        return cls(data={"name": name, "shown": hash_statement(translated_statement_text())})

    @property
    def statement_has_changed(self) -> bool:
        """Whether the page showed a different statement from the one that would be stored now."""
        return self.shown.data != hash_statement(translated_statement_text())
