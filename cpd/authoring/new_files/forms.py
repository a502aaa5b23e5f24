"""The form of a new file: what it is, what it is called, and what its type needs at once."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField
from wtforms.validators import AnyOf, DataRequired, Length

from cpd.web.forms import Form, build_choice

TYPES = {
    "section": _l("A section to read"),
    "case": _l("A case with questions of your own"),
    "hazard": _l("A safety card"),
    "list": _l("A list of signs, which several pages can include"),
    "tool": _l("A sheet to print, fill in or search"),
}
TYPES_WITH_PASSAGE, TYPES_WITH_SUMMARY = ("case", "hazard"), ("section", "tool")


def _clean_line(text: str | None) -> str:
    return " ".join((text or "").split())


class NewFileForm(Form):
    """The type and the title of a file, and what its type needs from the start."""

    type = RadioField(
        _l("What do you want to add?"),
        [AnyOf(list(TYPES), _l("Choose one."))],
        choices=[build_choice(value, words) for value, words in TYPES.items()],
        validate_choice=False,  # AnyOf says it in other words
    )
    file_title = StringField(
        _l("What is it called?"),
        [
            DataRequired(_l("Give it a title.")),
            Length(max=200, message=_l("Use at most 200 characters.")),
        ],
        filters=[_clean_line],
        description=_l("The title of a case must not reveal the answer."),
    )
    summary = StringField(
        _l("What is it about, in a sentence or two?"),
        [Length(max=500, message=_l("Use at most 500 characters."))],
        filters=[_clean_line],
        description=_l("Only a section or a sheet needs this."),
    )
    passage = SelectField(
        _l("Which passage explains it?"),
        choices=[],
        validate_choice=False,
        description=_l("Only a case or a safety card needs this."),
    )
