"""The form with which a résumé is put on file."""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import FileField, SelectField
from wtforms.validators import InputRequired

from cpd.web.forms import Form, build_choice


class ResumeForm(Form):
    """Whose résumé it is, and the file."""

    author = SelectField(_l("Whose résumé is it?"), [InputRequired(_l("Choose one."))])
    resume = FileField(
        _l("The résumé"),
        description=_l("A PDF file of at most 900 kB."),
        render_kw={"accept": "application/pdf"},
    )

    def offer_authors(self, names: Iterable[str]) -> None:
        """Offer the authors of a course."""
        self.author.choices = [
            build_choice("", _l("Choose")),
            *(build_choice(name, name) for name in names),
        ]
