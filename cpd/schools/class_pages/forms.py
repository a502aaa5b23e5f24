"""Forms about a class."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired

from cpd.accounts.validators import Line
from cpd.schools.cohorts.models import LONGEST_NAME
from cpd.web.forms import AlwaysSentField, Form, ValuesField

MOST_PEOPLE = 50


class ClassForm(Form):
    """What a class is called."""

    name = StringField(
        _l("What is the class called?"),
        [InputRequired(_l("Enter the name.")), Line(longest=LONGEST_NAME)],
        description=_l("Everyone in the class sees this name, such as “Evening class, fall 2026”."),
        render_kw={"autocomplete": "off"},
    )


class PeopleForm(Form):
    """Members of the school for a class, by the public ids of their memberships."""

    members = ValuesField(at_most=MOST_PEOPLE)


class OnePersonForm(Form):
    """One person of a class."""

    member = AlwaysSentField()
