"""The form in which a learner submits an exam."""

from typing import Self

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import InputRequired

from cpd.accounts.validators import Line
from cpd.quizzes.attempts.statements import hash_statement, translated_statement_text
from cpd.web.forms import AlwaysSentField, Form


class TimeForm(Form):
    """The learner wants more time, and goes back to the page that offered it."""

    until = HiddenField()
    """The end of the attempt, as the page showed it."""
    back = AlwaysSentField()
    """The page: `decisions`, `submission`, or a case."""


class SubmissionForm(Form):
    """What a learner states when submitting an exam."""

    name = StringField(
        _l("Your name, as the certificate will show it"),
        [InputRequired(_l("Enter the name to print.")), Line()],
    )
    is_mine = BooleanField(
        LazyString(translated_statement_text),
        [InputRequired(_l("Check this box to submit: your certificate depends on it."))],
    )
    shown = HiddenField()
    """The hash of the statement that the page showed; only that statement may be stored."""
    asked_about = HiddenField()
    """A name that differs from the profile, and about which the page has already asked."""

    @classmethod
    def with_name_filled_in(cls, *, name: str) -> Self:
        """Return the form with the name filled in, and nothing stated yet."""
        return cls(data={"name": name, "shown": hash_statement(translated_statement_text())})

    def validate_against_profile(self, name_in_profile: str) -> bool:
        """Ask once about a name that differs from the profile: a certificate never changes."""
        name = self.name.data or ""
        if name_in_profile in ("", name) or self.asked_about.data == name:
            return True
        self.asked_about.data = name
        self.name.errors = [
            *self.name.errors,
            _(
                "Your profile has “%(known)s”, and the certificate will show “%(name)s” for good. "
                "If “%(name)s” is right, send this page once more.",
                known=name_in_profile,
                name=name,
            ),
        ]
        return False

    @property
    def statement_has_changed(self) -> bool:
        """Whether the page showed a different statement from the one that would be stored now."""
        return self.shown.data != hash_statement(translated_statement_text())
