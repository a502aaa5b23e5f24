"""The forms of the editor: a file to start with, its text, an earlier version."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, SearchField, TextAreaField
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
        description=_l(
            "The settings stand between two lines of three hyphens. The text follows in Markdown."
        ),
        render_kw={"rows": 30, "spellcheck": "true", "class": "source"},
    )
    begun_with = AlwaysSentField()
    """The hash of the text that the page showed."""


class AnswersForm(Form):
    """What the form of a draft sends beside its answers."""

    text = AlwaysSentField()
    """The text that the form was made of."""
    begun_with = AlwaysSentField()
    """The hash of that text."""
    act = HiddenField()
    """What the button that was pressed does; see `Change.from_button`."""
    cite_in = HiddenField()
    """The name of the field in which a source that was found is cited."""
    words = SearchField(_l("Author, words from the title, or year"))


class SearchForm(Form):
    """The words of a search for sources."""

    words = SearchField()


class VersionForm(Form):
    """The number of an earlier text."""

    number = IntegerField(validators=[InputRequired()])
