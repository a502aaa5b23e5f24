"""Forms for signing in, and for passwords."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, PasswordField, ValidationError
from wtforms.validators import InputRequired, Length, StopValidation

from cpd.accounts.rules import addresses
from cpd.accounts.sign_in.rules import password_strength
from cpd.accounts.sign_in.rules.password_strength import PasswordFault
from cpd.accounts.validators import Address
from cpd.web.forms import AddressField, Form

_PASSWORD_FAULTS: Mapping[PasswordFault, Any] = {
    PasswordFault.TOO_SHORT: _l(
        "Use at least %(least)s characters. A short sentence of your own is easy to remember."
    ),
    PasswordFault.TOO_LONG: _l("Use at most %(most)s characters."),
    PasswordFault.EASILY_GUESSED: _l(
        "This is easy to guess: it is mostly common words, repetition, runs such as 12345, "
        "or your own name or address. Add words of your own."
    ),
}


class NewPassword:
    """Accepts a password that is long enough and not easily guessed."""

    def __call__(self, form: Form, field: Field) -> None:
        """Say what is wrong with the password; `form.about` names the person and the site."""
        fault = password_strength.password_fault(field.data or "", about=getattr(form, "about", ()))
        if fault is not None:
            limits = {"least": password_strength.SHORTEST, "most": password_strength.LONGEST}
            raise StopValidation(str(_PASSWORD_FAULTS[fault]) % limits)


class AddressForm(Form):
    """An address to which an email is sent."""

    email = AddressField(
        _l("Email address"),
        [InputRequired(_l("Enter your address.")), Address()],
        render_kw={"autocomplete": "email"},
    )
    next = HiddenField()


_LONGEST_PASSWORD = Length(max=password_strength.LONGEST, message=_l("Use at most 256 characters."))


class SignInForm(Form):
    """An address and a password."""

    email = AddressField(
        _l("Email address"),
        [
            InputRequired(_l("Enter your address.")),
            Length(max=addresses.LONGEST, message=_l("Use at most 254 characters.")),
        ],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        _l("Password"),
        [InputRequired(_l("Enter your password.")), _LONGEST_PASSWORD],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()


class NewPasswordForm(Form):
    """A new password, typed twice."""

    password = PasswordField(
        _l("New password"),
        [InputRequired(_l("Choose a password.")), NewPassword()],
        description=_l("At least 15 characters of any kind, such as five words of your own."),
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("New password again"),
        [InputRequired(_l("Type the password again."))],
        render_kw={"autocomplete": "new-password"},
    )

    def __init__(self, *args: Any, about: Iterable[str] = (), **kwargs: Any) -> None:
        """Store what the password must not consist of, such as the person's name."""
        self.about = tuple(about)
        super().__init__(*args, **kwargs)

    def validate_again(self, field: Field) -> None:
        """Require the same password twice, so that a typing mistake locks nobody out."""
        if field.data != self.password.data:
            raise ValidationError(str(_l("The two passwords differ. Type both again.")))


class CurrentPasswordForm(Form):
    """The password again, from someone who is signed in."""

    present = PasswordField(
        _l("Current password"),
        [InputRequired(_l("Enter your current password.")), _LONGEST_PASSWORD],
        render_kw={"autocomplete": "current-password"},
    )


class ReauthenticationForm(CurrentPasswordForm):
    """The password again, on the way to a page that needs it."""

    next = HiddenField()
    """The page to go to afterwards."""


class ChangePasswordForm(CurrentPasswordForm, NewPasswordForm):
    """A new password, and the current one."""

    shown_first = ("present",)
