"""The forms of updating a class from a list."""

import base64
import binascii
from collections.abc import Collection
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import BadRequest
from wtforms import FileField, SelectField, TextAreaField

from cpd.schools.files.labels import PERSON_FIELDS
from cpd.schools.files.rules.layouts import Layout, PersonField
from cpd.schools.files.rules.reviewing import Choices
from cpd.schools.files.rules.tables import MOST_COLUMNS, Table, describe_column
from cpd.web.forms import AlwaysSentField, Form, ValuesField, build_choice

MOST_PAIRS = 100
MOST_TICKS = 150
"""Together with the pairs, fewer than the fields that one form may carry."""
_MOST_DIGITS = 7


class ListForm(Form):
    """A list, pasted or as a file."""

    text = TextAreaField(
        _l("Paste the list here"),
        description=_l(
            "Copy the rows from your spreadsheet with their titles. The columns can be in any "
            "order: name, email address, and your own student number if you have one."
        ),
        render_kw={"rows": 10, "autocomplete": "off", "spellcheck": "false"},
    )
    file = FileField(_l("Or choose a file"))


class ListReviewForm(Form):
    """The list again, with what was chosen and ticked."""

    contents = AlwaysSentField()
    """The list, in Base64."""
    digest = AlwaysSentField()
    """Names what the page shows; something else is never done."""
    shown_sheet = AlwaysSentField()
    sheet = SelectField(_l("Which sheet?"), validate_choice=False)
    columns: ClassVar = {field: f"person_{field.value}" for field in PersonField}
    person_name = SelectField(PERSON_FIELDS[PersonField.NAME], validate_choice=False)
    person_first_name = SelectField(PERSON_FIELDS[PersonField.FIRST_NAME], validate_choice=False)
    person_last_name = SelectField(PERSON_FIELDS[PersonField.LAST_NAME], validate_choice=False)
    person_email = SelectField(PERSON_FIELDS[PersonField.EMAIL], validate_choice=False)
    person_number = SelectField(PERSON_FIELDS[PersonField.NUMBER], validate_choice=False)
    pair = ValuesField(name="pair[]", at_most=MOST_PAIRS)
    """Line and person of each row that can be about somebody who has joined: `12:mem_...`."""
    leave = ValuesField(name="leave[]", at_most=MOST_TICKS)
    move = ValuesField(name="move[]", at_most=MOST_TICKS)

    @property
    def ticked(self) -> Collection[str]:
        """Whoever was ticked, in either list."""
        return {*self.leave.data, *self.move.data}

    def read_choices(self) -> Choices:
        """Return what was chosen; of another sheet nothing was shown yet."""
        if self.sheet.data and self.sheet.data != self.shown_sheet.data:
            return Choices(sheet=self.sheet.data)
        columns = {field: self[name].data for field, name in self.columns.items()}
        return Choices(
            sheet=self.sheet.data or "",
            columns={field: _parse_column(text) for field, text in columns.items() if text},
            pairs=dict(_parse_pair(text) for text in self.pair.data if text),
        )

    def read_contents(self) -> bytes:
        """Return the list; raises BadRequest."""
        try:
            return base64.b64decode(self.contents.data, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise BadRequest(
                "The list in the form is damaged. Go back and paste it again."
            ) from None


def build_list_review_form(
    contents: bytes, table: Table, layout: Layout, digest: str
) -> ListReviewForm:
    """Return the form with everything that was guessed or chosen."""
    form = ListReviewForm(
        contents=base64.urlsafe_b64encode(contents).decode(),
        digest=digest,
        shown_sheet=table.sheet,
        sheet=table.sheet,
        **{
            form_name: str(layout.columns.get(field, ""))
            for field, form_name in ListReviewForm.columns.items()
        },
    )
    form.sheet.choices = [build_choice(sheet, sheet) for sheet in table.sheets]
    titles = [build_choice("", _l("None")), *_label_columns(table, layout)]
    for form_name in ListReviewForm.columns.values():
        select: Any = form[form_name]
        select.choices = titles
    return form


def _label_columns(table: Table, layout: Layout) -> Collection[Any]:
    """Return a choice for each column: its letters, and its title or first cell."""
    shown = next(
        (row for row in table.rows if row.line == (layout.header_line or row.line)
         and not row.is_blank), None
    )  # fmt: skip
    return [
        build_choice(str(column), describe_column(column, shown.read_cell(column) if shown else ""))
        for column in range(table.width)
    ]


def _parse_column(text: str) -> int:
    if not text.isdecimal() or len(text) > _MOST_DIGITS or int(text) >= MOST_COLUMNS:
        raise BadRequest("This column does not exist. Go back and choose another one.")
    return int(text)


def _parse_pair(text: str) -> tuple[int, str]:
    line, _, key = text.partition(":")
    if not line.isdecimal() or len(line) > _MOST_DIGITS:
        raise BadRequest("This row does not exist. Go back and paste the list again.")
    return int(line), key
