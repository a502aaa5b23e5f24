"""The form in which text from a word processor is pasted."""

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from cpd.authoring.pasting.converting import LONGEST
from cpd.web.forms import Form


class PasteForm(Form):
    """What was pasted."""

    pasted = TextAreaField(
        _l("Paste it here"),
        [
            InputRequired(_l("Paste the text that you want to turn into a course text.")),
            Length(max=LONGEST, message=_l("This is too long. Paste it in parts.")),
        ],
        description=_l(
            "Copy it in your word processor, or open a document that was saved as a web page and "
            "paste its HTML code."
        ),
        render_kw={"rows": 12},
    )
