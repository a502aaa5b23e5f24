"""Forms for administrators: a new account, and the roles of a person."""

from collections.abc import Collection, Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from cpd.access.permissions import SCHOOL_ROLES, Role, Scope
from cpd.accounts.labels import ROLE_DESCRIPTIONS
from cpd.accounts.people.actions import Grant, NewPerson
from cpd.accounts.validators import Address, Line
from cpd.organisations.models import School
from cpd.web.forms import AddressField, Form, build_choice

_NONE_YET = build_choice("", _l("Choose one"))


def build_role_choices(roles: Iterable[Role] = Role) -> list[Any]:
    """Return roles as choices; by default all of them."""
    return [build_choice(role.value, ROLE_DESCRIPTIONS[role]) for role in roles]


class NewPersonForm(Form):
    """A new account."""

    name = StringField(_l("Name"), [InputRequired(_l("Enter the name.")), Line()])
    email = AddressField(
        _l("Email address"),
        [InputRequired(_l("Enter the address.")), Address()],
        render_kw={"autocomplete": "off"},
    )
    roles = SelectMultipleField(
        _l("Roles"),
        [InputRequired(_l("Choose at least one role."))],
        choices=build_role_choices(role for role in Role if role not in SCHOOL_ROLES),
        default=[Role.LEARNER.value],
        description=_l("These roles count everywhere. You can give roles in a school later."),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    @property
    def entered_new_person(self) -> NewPerson:
        """Return what a valid form describes."""
        return NewPerson(
            name=self.name.data or "",
            email=self.email.data or "",
            roles=frozenset(Role(role) for role in self.roles.data or ()),
        )


class GrantRoleForm(Form):
    """A role to grant, and where it counts."""

    role = SelectField(
        _l("Role"),
        [InputRequired(_l("Choose a role."))],
        choices=[_NONE_YET, *build_role_choices()],
    )
    scope = SelectField(_l("Where"), [InputRequired(_l("Choose where the role counts."))])

    def __init__(self, *args: Any, schools: Collection[School], **kwargs: Any) -> None:
        """Offer the schools with none selected; if there are none, a role counts everywhere."""
        super().__init__(*args, **kwargs)
        self.offer_roles(role for role in Role if schools or role not in SCHOOL_ROLES)
        listed = [build_choice(str(school.scope), school.name) for school in schools]
        if not listed:
            del self.scope
            return
        everywhere = build_choice(str(Scope.everywhere), _l("Everywhere"))
        self.scope.choices = [_NONE_YET, everywhere, *listed]

    def offer_roles(self, roles: Iterable[Role]) -> None:
        """Offer only these roles."""
        self.role.choices = [_NONE_YET, *build_role_choices(roles)]

    def validate_scope(self, field: SelectField) -> None:
        """Refuse to let a role that makes sense in a school count everywhere."""
        if field.data == str(Scope.everywhere) and self.role.data in SCHOOL_ROLES:
            raise ValidationError(_l("Choose a school: this role applies only within one."))

    @property
    def requested_grant(self) -> Grant:
        """Return what a valid form describes."""
        scope = self.scope.data if "scope" in self else str(Scope.everywhere)
        return Grant(Role(self.role.data), Scope.parse_text(scope or ""))


class RemoveRoleForm(Form):
    """Where to remove a role; a person can have it in several places."""

    scope = HiddenField(default=str(Scope.everywhere))

    @property
    def parsed_scope(self) -> Scope | None:
        """Return the scope; None if the text is not one."""
        try:
            return Scope.parse_text(self.scope.data or "")
        except ValueError:
            return None
