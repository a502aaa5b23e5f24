"""Our own workbooks: another library reads texts as texts and numbers as numbers."""

import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from cpd.schools.files.rules.table_reading import read_table
from cpd.schools.files.rules.workbook_writing import write_workbook

HOSTILE = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "<b>&amp;",
    "_x0041_",
    " a ",
    "a\nb\r",
    "\x07bell",
    "zoë",
)


def test_another_library_reads_what_was_written() -> None:
    contents = write_workbook(
        "Fall: MT/210", [["id", "score"], ["maya", Decimal("92.50")], ["", None, 3]]
    )
    book = load_workbook(io.BytesIO(contents))
    sheet = book["Fall  MT 210"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["id", "score", None], ["maya", 92.5, None], [None, None, 3],
    ]  # fmt: skip
    assert (sheet["A1"].font.b, sheet["A2"].font.b, sheet.freeze_panes) == (True, False, "A2")


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_stays_text(text: str) -> None:
    contents = write_workbook("", [[text]])
    cell = load_workbook(io.BytesIO(contents)).worksheets[0]["A1"]
    assert cell.data_type in {"s", "inlineStr"}
    assert read_table(contents).rows[0].cells == (text.replace("\x07", ""),)


def test_the_same_rows_make_the_same_file() -> None:
    assert write_workbook("x", [[1]]) == write_workbook("x", [[1]])
