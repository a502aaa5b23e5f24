"""The form that takes a list of codes."""

from flask_babel import lazy_gettext as _l
from wtforms import FileField, TextAreaField

from cpd.web.forms import Form

CSV = "csv"


class CodeListForm(Form):
    """Codes, pasted or as a file, and in which form the answer is wanted."""

    codes = TextAreaField(
        _l("Paste the codes here"),
        description=_l(
            "One on each line, up to 50. Rows copied from a spreadsheet work too, and so do links "
            "to certificates."
        ),
        render_kw={"rows": 8, "autocomplete": "off", "spellcheck": "false"},
    )
    file = FileField(_l("Or choose a file"), description=_l("A CSV or text file."))
