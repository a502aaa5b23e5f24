"""The form of the ideas box."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, TextAreaField
from wtforms.validators import DataRequired, Length

from cpd.authoring.ideas.models import LONGEST_STORY
from cpd.web.forms import Form, clean_multiline_text


class IdeaForm(Form):
    """A story, and the word of its author that it names nobody."""

    story = TextAreaField(
        _l("What happened?"),
        [
            DataRequired(_l("Write what happened; a few words are enough.")),
            Length(max=LONGEST_STORY, message=_l("Use at most 2,000 characters.")),
        ],
        filters=[clean_multiline_text],
        description=_l(
            "Begin with the client, such as “A woman of 34 who comes once a month”. Leave out "
            "names, places and dates, and everything else that says who it was."
        ),
        render_kw={"rows": 6},
    )
    names_nobody = BooleanField(_l("I have checked that this does not say who the client is."))
