"""What the forms about an uploaded table share: the file itself, its sheet and its columns."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import BadRequest
from wtforms import SelectField

from cpd.schools.files.labels import PERSON_FIELDS
from cpd.schools.files.rules.layouts import Layout, PersonField
from cpd.schools.files.rules.tables import MOST_COLUMNS, Table, describe_column
from cpd.web.forms import AlwaysSentField, Form, build_choice

_MOST_DIGITS = 7


class TableForm(Form):
    """A table again, and which of its sheets and columns to read."""

    contents = AlwaysSentField()
    """The file, in Base64."""
    shown_sheet = AlwaysSentField()
    sheet = SelectField(_l("Which sheet?"), validate_choice=False)
    columns: ClassVar = {field: f"person_{field.value}" for field in PersonField}
    person_name = SelectField(PERSON_FIELDS[PersonField.NAME], validate_choice=False)
    person_first_name = SelectField(PERSON_FIELDS[PersonField.FIRST_NAME], validate_choice=False)
    person_last_name = SelectField(PERSON_FIELDS[PersonField.LAST_NAME], validate_choice=False)
    person_email = SelectField(PERSON_FIELDS[PersonField.EMAIL], validate_choice=False)
    person_number = SelectField(PERSON_FIELDS[PersonField.NUMBER], validate_choice=False)

    @property
    def is_of_another_sheet(self) -> bool:
        """Whether another sheet was chosen: nothing about it was shown yet, so nothing chosen."""
        return bool(self.sheet.data) and self.sheet.data != self.shown_sheet.data

    def read_contents(self) -> bytes:
        """Return the file; raises BadRequest."""
        try:
            return base64.b64decode(self.contents.data, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raise BadRequest(
                "The file in the form is damaged. Go back and start with it again."
            ) from None

    def read_columns(self) -> Mapping[PersonField, int]:
        """Return the columns that were chosen; raises BadRequest."""
        chosen = {field: self[name].data for field, name in self.columns.items()}
        return {field: parse_column(text) for field, text in chosen.items() if text}

    def offer_choices(self, table: Table, layout: Layout) -> None:
        """Offer the sheets and columns of a table."""
        self.sheet.choices = [build_choice(sheet, sheet) for sheet in table.sheets]
        offered = [build_choice("", _l("None")), *label_columns(table, layout)]
        for name in self.columns.values():
            select: Any = self[name]
            select.choices = offered


def build_table_values(contents: bytes, table: Table, layout: Layout) -> dict[str, str]:
    """Return the values of a form about a table, with everything that was guessed or chosen."""
    columns = {
        name: str(layout.columns.get(field, "")) for field, name in TableForm.columns.items()
    }
    encoded = base64.urlsafe_b64encode(contents).decode()
    return {"contents": encoded, "shown_sheet": table.sheet, "sheet": table.sheet, **columns}


def label_columns(table: Table, layout: Layout) -> list[Any]:
    """Return a choice for each column: its letters, and its title or first cell."""
    shown = next(
        (row for row in table.rows if row.line == (layout.header_line or row.line)
         and not row.is_blank), None
    )  # fmt: skip
    return [
        build_choice(str(column), describe_column(column, shown.read_cell(column) if shown else ""))
        for column in range(table.width)
    ]


def parse_column(text: str) -> int:
    """Return the column that a form names; raises BadRequest."""
    if not text.isdecimal() or len(text) > _MOST_DIGITS or int(text) >= MOST_COLUMNS:
        raise BadRequest("This column does not exist. Go back and choose another one.")
    return int(text)


def parse_pair(text: str) -> tuple[int, str]:
    """Return the line and the person of a pair such as `12:mem_...`; raises BadRequest."""
    line, _, key = text.partition(":")
    if not line.isdecimal() or len(line) > _MOST_DIGITS:
        raise BadRequest("This row does not exist. Go back and start with the file again.")
    return int(line), key
