"""The forms of the editor: a file to start with, its text, an earlier version."""

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, TextAreaField
from wtforms.validators import InputRequired

from cpd.web.forms import AlwaysSentField, Form


class StartForm(Form):
    """The published file that is to be edited."""

    path = AlwaysSentField()


class TextForm(Form):
    """The text of a draft, and the one it was begun with."""

    text = TextAreaField(
        _l("The file"),
        [InputRequired(_l("The file is empty. Write its text, or discard the draft."))],
        description=_l("Keys between two lines of three hyphens, then the text in Markdown."),
        render_kw={"rows": 30, "spellcheck": "true", "class": "source"},
    )
    begun_with = AlwaysSentField()
    """The hash of the text that the page showed."""


class VersionForm(Form):
    """The number of an earlier text."""

    number = IntegerField(validators=[InputRequired()])
