"""The forms of exports and imports."""

import re

from flask_babel import lazy_gettext as _l
from wtforms import FileField, HiddenField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, Optional, Regexp

from cpd.content.file_schema import MAX_SLUG
from cpd.web.forms import AlwaysSentField, Form, ValuesField, build_choice

NEW_COURSE = ""
"""What is sent instead of a course."""
MOST_CHOSEN = 450
"""Fewer than the fields that one form may carry."""
PUBLISHED, DRAFTS, TABLE = "published", "drafts", "table"


def _strip(text: str | None) -> str:
    return (text or "").strip()


class SelectionForm(Form):
    """The documents and drafts that somebody chose."""

    document = ValuesField(at_most=MOST_CHOSEN)


class ExportForm(Form):
    """Which files of a course to take."""

    what = RadioField(
        _l("What do you want to export?"),
        [InputRequired(_l("Choose one."))],
        choices=[
            build_choice(PUBLISHED, _l("The course as it is published, as a ZIP archive")),
            build_choice(DRAFTS, _l("The course with its open drafts, as a ZIP archive")),
            build_choice(TABLE, _l("The simple cases with their open drafts, as a table (CSV)")),
        ],
        default=PUBLISHED,
    )
    is_known = HiddenField()
    """Whether the page has said which cases the table leaves out."""


class TargetForm(Form):
    """Where the files of an upload go."""

    course = SelectField(_l("Where should the files go?"), validate_choice=False)
    slug = StringField(
        _l("The short name of a new course in web addresses"),
        [
            Optional(),
            Length(max=MAX_SLUG, message=_l("Use at most 80 characters.")),
            Regexp(
                re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z"),
                message=_l("Use lowercase letters and digits, with single hyphens between words."),
            ),
        ],
        filters=[_strip],
        description=_l("Leave it empty to keep the name that the files have."),
    )


class UploadForm(TargetForm):
    """A file, and where its contents go."""

    shown_first = ("file",)
    file = FileField(_l("Which file?"))


class ConfirmationForm(TargetForm):
    """The file again, and what the page showed."""

    contents = AlwaysSentField()
    """The file, in Base64."""
    shown = AlwaysSentField()
    """The digest of the plan."""
