"""The forms of reviewers before the key opens."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from cpd.accounts.rules.typed_codes import parse_six_digits
from cpd.accounts.validators import Code, Line
from cpd.web.forms import AlwaysSentField, Form, ValuesField, clean_multiline_text

MOST_CHOICES = 40
LONGEST_TEXT = 4000
TOO_LONG = _l("Use at most 4,000 characters.")


class VisitCodeForm(Form):
    """The code from the newest email."""

    code = StringField(
        _l("Code"),
        [
            InputRequired(_l("Enter the six digits.")),
            Code(parse_six_digits, _l("Type the six digits of the code, such as 123 456.")),
        ],
        description=_l("Six digits, from the email that we just sent."),
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric"},
    )


class StepForm(Form):
    """The answer to one question, and the text that the page showed."""

    shown = AlwaysSentField()
    step = AlwaysSentField()
    choice = ValuesField(at_most=MOST_CHOICES)


class IntroductionForm(Form):
    """Who signs: asked once, before the first signature."""

    name = StringField(
        _l("Your name"),
        [InputRequired(_l("Enter your name.")), Line()],
        description=_l("As it should appear beside what you sign."),
        render_kw={"autocomplete": "name"},
    )
    credentials = StringField(
        _l("Your credentials"),
        [InputRequired(_l("Enter your credentials.")), Line(longest=200)],
        description=_l("Such as “nurse, University Hospital” or “LMT, 12 years”."),
    )
    disclosures = TextAreaField(
        _l("What could influence you"),
        [
            InputRequired(_l("Write what could influence you, or “none”.")),
            Length(max=LONGEST_TEXT, message=TOO_LONG),
        ],
        filters=[clean_multiline_text],
        description=_l(
            "List money, products or employers from the last 24 months that are related to these "
            "cases. If there are none, write “none”."
        ),
        render_kw={"rows": 3},
    )
