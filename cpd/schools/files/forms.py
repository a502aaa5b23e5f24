"""The forms of filling a file."""

import base64
import binascii
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import BadRequest
from wtforms import FileField, SelectField, StringField

from cpd.schools.files.labels import PERSON_FIELDS
from cpd.schools.files.rules.layouts import PersonField
from cpd.schools.files.rules.reviewing import Choices, OpenFile, Review
from cpd.schools.files.rules.scaling import parse_most
from cpd.schools.files.rules.tables import MOST_COLUMNS, describe_column
from cpd.web.forms import AlwaysSentField, Form, ValuesField, build_choice

MOST_PAIRS = 400
"""Fewer than the fields that one form may carry."""
_MOST_DIGITS = 7


class UploadForm(Form):
    """The file."""

    file = FileField(_l("Which file?"))


class ReviewForm(Form):
    """The file again, and what was chosen instead of what was guessed."""

    name = AlwaysSentField()
    contents = AlwaysSentField()
    """The file, in Base64."""
    shown_sheet = AlwaysSentField()
    sheet = SelectField(_l("Which sheet?"), validate_choice=False)
    column = SelectField(
        _l("Which column should be filled?"),
        validate_choice=False,
        description=_l("Nothing else in your file changes."),
    )
    most = StringField(
        _l("How many points are possible?"),
        description=_l("A score of 100% becomes this number. Points are never rounded up."),
    )
    columns: ClassVar = {field: f"person_{field.value}" for field in PersonField}
    person_name = SelectField(PERSON_FIELDS[PersonField.NAME], validate_choice=False)
    person_first_name = SelectField(PERSON_FIELDS[PersonField.FIRST_NAME], validate_choice=False)
    person_last_name = SelectField(PERSON_FIELDS[PersonField.LAST_NAME], validate_choice=False)
    person_email = SelectField(PERSON_FIELDS[PersonField.EMAIL], validate_choice=False)
    person_number = SelectField(PERSON_FIELDS[PersonField.NUMBER], validate_choice=False)
    pair = ValuesField(name="pair[]", at_most=MOST_PAIRS)
    """Line and learner of each row that a person may decide about: `12:mem_...`.

    `12:` says that it is about nobody in the class, and `12` that nothing was decided.
    """

    def read_choices(self) -> Choices:
        """Return what was chosen; the form now says what is wrong, if anything.

        Of another sheet nothing was shown yet, so that nothing about it was chosen.
        """
        if self.sheet.data and self.sheet.data != self.shown_sheet.data:
            return Choices(sheet=self.sheet.data)
        most = parse_most(self.most.data or "")
        if self.most.data and most is None:
            self.most.errors = [_l("Type a number greater than 0, such as 100.")]
        columns = {field: self[name].data for field, name in self.columns.items()}
        return Choices(
            sheet=self.sheet.data or "",
            columns={field: _parse_column(text) for field, text in columns.items() if text},
            column=_parse_column(self.column.data) if self.column.data else None,
            most=most,
            pairs=dict(_parse_pair(text) for text in self.pair.data if ":" in text),
        )

    def read_contents(self) -> bytes:
        """Return the file; raises BadRequest."""
        try:
            return base64.b64decode(self.contents.data, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise BadRequest(
                "The file in the form is damaged. Go back and choose it again."
            ) from None


def build_review_form(opened: OpenFile, review: Review, name: str) -> ReviewForm:
    """Return the form with everything that was guessed or chosen."""
    columns = opened.layout.columns
    form = ReviewForm(
        name=name,
        contents=base64.urlsafe_b64encode(opened.contents).decode(),
        shown_sheet=opened.table.sheet,
        sheet=opened.table.sheet,
        column="" if review.column is None else str(review.column),
        most=f"{review.most:f}",
        **{
            form_name: str(columns.get(field, ""))
            for field, form_name in ReviewForm.columns.items()
        },
    )
    form.sheet.choices = [build_choice(sheet, sheet) for sheet in opened.table.sheets]
    titles = _label_columns(opened)
    form.column.choices = [build_choice("", _l("Choose a column")), *titles]
    for form_name in ReviewForm.columns.values():
        select: Any = form[form_name]
        select.choices = [build_choice("", _l("None")), *titles]
    return form


def _label_columns(opened: OpenFile) -> list[Any]:
    """Return a choice for each column: its letters, and its title where there is one."""
    table = opened.table
    header = next((row for row in table.rows if row.line == opened.layout.header_line), None)
    titles = {column: header.read_cell(column) if header else "" for column in range(table.width)}
    return [
        build_choice(str(column), describe_column(column, title))
        for column, title in titles.items()
    ]


def _parse_column(text: str) -> int:
    if not text.isdecimal() or len(text) > _MOST_DIGITS or int(text) >= MOST_COLUMNS:
        raise BadRequest("This column does not exist. Go back and choose another one.")
    return int(text)


def _parse_pair(text: str) -> tuple[int, str]:
    line, _, key = text.partition(":")
    if not line.isdecimal() or len(line) > _MOST_DIGITS:
        raise BadRequest("This row does not exist. Go back and choose the file again.")
    return int(line), key
