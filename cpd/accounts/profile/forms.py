"""What people type about accounts, and the sentences that say what to put right."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    EmailField,
    Field,
    HiddenField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, StopValidation
from wtforms.widgets import CheckboxInput, ListWidget

from cpd.access.permissions import SCHOOL_ROLES, Role, Scope
from cpd.accounts.profile import time_zones as zones
from cpd.accounts.people.actions import Grant
from cpd.accounts.rules import addresses
from cpd.accounts.sign_in.rules import password_strength as passwords
from cpd.accounts.sign_in.rules.password_strength import PasswordFault
from cpd.accounts.rules.zones import is_told
from cpd.accounts.validators import Line, Printable
from cpd.organisations.models import School
from cpd.web.forms import Form, choice

ROLE_WORDS: Mapping[Role, Any] = {
    Role.LEARNER: _l("Learner: takes courses and exams"),
    Role.INSTRUCTOR: _l("Instructor: teaches in a school"),
    Role.SCHOOL_ADMIN: _l("School administrator: looks after a school"),
    Role.AUTHOR: _l("Author: writes courses and cases"),
    Role.REVIEWER: _l("Reviewer: answers cases blind and signs them off"),
    Role.ADMINISTRATOR: _l("Administrator: looks after people and the site"),
}
"""What each role is, for those who grant it."""


def role_choices(roles: Iterable[Role] = Role) -> list[Any]:
    """Return roles as choices; all of them, if none are named."""
    return [choice(role.value, ROLE_WORDS[role]) for role in roles]


_PASSWORD_WORDS: Mapping[PasswordFault, Any] = {
    PasswordFault.TOO_SHORT: _l(
        "Use at least %(least)s characters. A short sentence of your own is easy to remember."
    ),
    PasswordFault.TOO_LONG: _l("Use at most %(most)s characters."),
    PasswordFault.EASILY_GUESSED: _l(
        "This would be guessed early: it is mostly common words, repetition, rows such as 12345, "
        "or your own name or address. Add words of your own."
    ),
}


class Address:
    """Validator: an address that a letter can be sent to, kept in its one spelling."""

    def __call__(self, _form: Form, field: Field) -> None:
        """Bring the address into its one spelling, or say what is missing."""
        address = addresses.normalise(field.data or "")
        if len(address) > addresses.LONGEST:
            raise StopValidation(str(_l("An address has at most 254 characters.")))
        if not addresses.is_plausible(address):
            raise StopValidation(
                str(_l("Write the whole address, such as maya@clinic.example, without spaces."))
            )
        field.data = address


class NewPassword:
    """Validator: long enough and not easily guessed, knowing whom it is for."""

    def __call__(self, form: Form, field: Field) -> None:
        """Say what is wrong with the password; `form.about` names the person and the site."""
        fault = passwords.fault(field.data or "", about=getattr(form, "about", ()))
        if fault is not None:
            limits = {"least": passwords.SHORTEST, "most": passwords.LONGEST}
            raise StopValidation(str(_PASSWORD_WORDS[fault]) % limits)


class AddressForm(Form):
    """An address to which a letter is sent."""

    email = EmailField(
        _l("E-mail address"),
        [InputRequired(_l("Enter your address.")), Address()],
        render_kw={"autocomplete": "email"},
    )
    next = HiddenField()


class CodeForm(Form):
    """A code out of a letter."""

    code = StringField(
        _l("Code"),
        [
            InputRequired(_l("Enter the six digits.")),
            Length(max=20, message=_l("The code has six digits.")),
        ],
        description=_l("Six digits, from the letter."),
        filters=[lambda typed: "".join((typed or "").split())],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class SignInForm(Form):
    """Who one is."""

    email = EmailField(
        _l("E-mail address"),
        [
            InputRequired(_l("Enter your address.")),
            Length(max=addresses.LONGEST, message=_l("Use at most 254 characters.")),
        ],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        _l("Password"),
        [
            InputRequired(_l("Enter your password.")),
            Length(max=passwords.LONGEST, message=_l("Use at most 256 characters.")),
        ],
        render_kw={"autocomplete": "current-password"},
    )
    next = HiddenField()


class NewPasswordForm(Form):
    """A password to be set."""

    password = PasswordField(
        _l("New password"),
        [InputRequired(_l("Choose a password.")), NewPassword()],
        description=_l("At least 15 characters of any kind, such as five words of your own."),
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("New password again"),
        [InputRequired(_l("Type the password once more."))],
        render_kw={"autocomplete": "new-password"},
    )

    def __init__(self, *args: Any, about: Iterable[str] = (), **kwargs: Any) -> None:
        self.about = tuple(about)
        super().__init__(*args, **kwargs)

    def validate_again(self, field: Field) -> None:
        """Both must be the same, so that a slip of the finger locks nobody out."""
        if field.data != self.password.data:
            raise ValidationError(str(_l("This differs from the first. Type both once more.")))


class NewAccountForm(NewPasswordForm):
    """Who somebody is who has proven their address."""

    name = StringField(
        _l("Name"),
        [InputRequired(_l("Enter the name that the pages should greet you by.")), Line()],
        description=_l("How the pages greet you. What certificates print is asked later."),
        render_kw={"autocomplete": "nickname"},
    )


class PresentPasswordForm(Form):
    """The password again, from somebody who is signed in."""

    present = PasswordField(
        _l("Current password"),
        [
            InputRequired(_l("Enter your current password.")),
            Length(max=passwords.LONGEST, message=_l("Use at most 256 characters.")),
        ],
        render_kw={"autocomplete": "current-password"},
    )


class ProveForm(PresentPasswordForm):
    """Somebody who is signed in, proving it again."""

    next = HiddenField()


class CodesForm(PresentPasswordForm):
    """What is to become of one's codes from an app."""

    next = HiddenField()
    """The page that needs them."""


class ChangePasswordForm(PresentPasswordForm, NewPasswordForm):
    """A password to take the place of another."""


class ChangeAddressForm(PresentPasswordForm):
    """An address to take the place of another."""

    email = EmailField(
        _l("New e-mail address"),
        [InputRequired(_l("Enter the new address.")), Address()],
        render_kw={"autocomplete": "email"},
    )


class AppCodeForm(Form):
    """A code from an app, or a recovery code in its place."""

    code = StringField(
        _l("Code"),
        [
            InputRequired(_l("Enter the code.")),
            Length(max=40, message=_l("This is longer than any code.")),
        ],
        description=_l("Six digits from your app, or one of your recovery codes."),
        render_kw={"autocomplete": "one-time-code"},
    )


class FirstAppCodeForm(Form):
    """The first code from an app that has just been given its key."""

    sealed = HiddenField()
    """The key, which is stored only when its first code was right."""
    next = HiddenField()
    code = StringField(
        _l("Code"),
        [
            InputRequired(_l("Enter the six digits.")),
            Length(max=20, message=_l("The code has six digits.")),
        ],
        description=_l("The six digits that the app shows now."),
        filters=[lambda typed: "".join((typed or "").split())],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class ProfileForm(Form):
    """What people say about themselves."""

    name = StringField(
        _l("Name"),
        [InputRequired(_l("Enter the name that the pages should greet you by.")), Line()],
        description=_l("How the pages greet you."),
        render_kw={"autocomplete": "nickname"},
    )
    legal_name = StringField(
        _l("Full legal name"),
        [Line()],
        description=_l(
            "Printed on certificates, exactly so. Boards compare it with your licence. "
            "You can leave it until your first exam."
        ),
        render_kw={"autocomplete": "name"},
    )
    time_zone = SelectField(
        _l("Time zone"),
        description=_l("Times are shown in it, and the date on your certificate follows it."),
    )
    next = HiddenField()
    """Where the person came from to fill this in."""

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        """Offer the zones; who has not told theirs yet may leave that until the first exam."""
        super().__init__(*args, **kwargs)
        self.time_zone.choices = zones.choices(zone)
        if not is_told(zone):
            later = choice("", _l("Not chosen yet: times are in UTC"))
            self.time_zone.choices = [later, *self.time_zone.choices]
        else:
            self.time_zone.validators = [InputRequired(_l("Choose a time zone."))]


class LicenceForm(Form):
    """A professional licence."""

    authority = StringField(
        _l("Given by"),
        [
            InputRequired(_l("Enter who gave the licence, as written on it.")),
            Line(),
            Printable(),
        ],
        description=_l("As written on it, such as “Texas Department of Licensing”."),
    )
    number = StringField(
        _l("Licence number"),
        [
            InputRequired(_l("Enter the number.")),
            Line(longest=60, needs_letter=False),
            Printable(),
        ],
    )


class PrintedForm(Form):
    """What certificates print about somebody, asked before their first exam."""

    legal_name = StringField(
        _l("Full legal name"),
        [InputRequired(_l("Enter the name to print.")), Line(), Printable()],
        description=_l("Exactly as on your licence: boards compare the two."),
        render_kw={"autocomplete": "name"},
    )
    authority = StringField(
        _l("Licence given by"),
        [Line(), Printable()],
        description=_l("As written on it, such as “Texas Department of Licensing”."),
    )
    number = StringField(
        _l("Licence number"),
        [Line(longest=60, needs_letter=False), Printable()],
    )
    without = BooleanField(
        _l("I have no licence"), description=_l("You can add one later, in your profile.")
    )
    time_zone = SelectField(
        _l("Which time zone are you in?"),
        [InputRequired(_l("Choose your time zone."))],
        description=_l("The date on your certificate follows it."),
    )
    next = HiddenField()

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        """Offer the zones, none of them chosen until the person or their browser has said one."""
        super().__init__(*args, **kwargs)
        self.time_zone.choices = [choice("", _l("Choose one")), *zones.choices(zone)]
        self.time_zone.render_kw = {
            "data-suggested": _l("Your browser suggests this one. Change it if it is wrong."),
            "data-former": json.dumps(zones.former_names()),
        }

    def validate_number(self, field: Field) -> None:
        """A licence is whole, or there is said to be none; both at once is neither."""
        given = bool(self.authority.data), bool(field.data)
        if self.without.data and any(given):
            raise ValidationError(str(_l("Leave the licence empty, or take the tick away.")))
        if not self.without.data and not all(given):
            raise ValidationError(
                str(_l("Enter who gave the licence and its number, or tick that you have none."))
            )


class NewPersonForm(Form):
    """Somebody who is to get an account."""

    name = StringField(_l("Name"), [InputRequired(_l("Enter the name.")), Line()])
    email = EmailField(
        _l("E-mail address"),
        [InputRequired(_l("Enter the address.")), Address()],
        render_kw={"autocomplete": "off"},
    )
    roles = SelectMultipleField(
        _l("Roles"),
        [InputRequired(_l("Choose at least one role."))],
        choices=role_choices(role for role in Role if role not in SCHOOL_ROLES),
        default=[Role.LEARNER.value],
        description=_l("They hold everywhere. Roles in a school are given afterwards."),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )


class RoleForm(Form):
    """A role to be granted, and where."""

    role = SelectField(
        _l("Role"),
        [InputRequired(_l("Choose a role."))],
        choices=role_choices(),
    )
    scope = SelectField(_l("Where"), [InputRequired(_l("Choose where the role holds."))])

    def __init__(self, *args: Any, schools: Iterable[School], **kwargs: Any) -> None:
        """Offer the schools, none of them chosen; without any, a role holds everywhere."""
        super().__init__(*args, **kwargs)
        listed = [choice(str(school.scope), school.name) for school in schools]
        if not listed:
            del self.scope
            return
        everywhere = choice(str(Scope.everywhere), _l("Everywhere"))
        self.scope.choices = [choice("", _l("Choose one")), everywhere, *listed]

    @property
    def wanted(self) -> Grant:
        """Return what a form without mistakes says."""
        scope = self.scope.data if "scope" in self else str(Scope.everywhere)
        return Grant(Role(self.role.data), Scope.parse(scope or ""))


class HeldRoleForm(Form):
    """A role to be taken: where it is held, since one can hold it in several places."""

    scope = HiddenField(default=str(Scope.everywhere))
