"""Forms: writing to a class, and choosing which emails one gets."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Regexp

from cpd.accounts.validators import Line
from cpd.schools.messages.models import LONGEST_TEXT, LONGEST_TITLE
from cpd.schools.messages.rules.timing import MessageTopic
from cpd.web.forms import AlwaysSentField, Form, ValuesField, clean_multiline_text


class AnnouncementForm(Form):
    """What to write to a class."""

    key = AlwaysSentField(validators=[Regexp(r"ann_\w{1,36}\Z")])
    """The id that the announcement will have, so that pressing twice sends it once."""
    title = StringField(
        _l("Subject"),
        [InputRequired(_l("Enter a subject.")), Line(longest=LONGEST_TITLE)],
        render_kw={"autocomplete": "off"},
    )
    text = TextAreaField(
        _l("What do you want to say?"),
        [
            DataRequired(_l("Write something.")),
            Length(max=LONGEST_TEXT, message=_l("Use at most 4,000 characters.")),
        ],
        filters=[clean_multiline_text],
        description=_l(
            "Everyone in the class gets their own email. Do not write about individual people, "
            "their results or their health."
        ),
        render_kw={"rows": 8},
    )


class EmailChoicesForm(Form):
    """Which emails a person wants."""

    topics = ValuesField(at_most=len(MessageTopic))
