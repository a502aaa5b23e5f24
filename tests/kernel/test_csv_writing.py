"""CSV that no spreadsheet program runs, and that reads back as it was."""

import csv
import io
from decimal import Decimal

import pytest

from cpd.kernel.csv_writing import write_csv


def test_values_are_written_as_rfc_4180_says() -> None:
    rows: list[list[str | int | Decimal | None]] = [
        ["a,b", 'say "x"', "two\nlines"],
        [Decimal("1E+2"), -5, None],
    ]
    assert write_csv(rows) == '"a,b","say ""x""","two\nlines"\r\n100,-5,\r\n'


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@a", "\ta", "\ra", "\na", "  =1", "＝1", "＋1"]
)
def test_a_formula_in_a_text_is_neutralized(text: str) -> None:
    (row,) = csv.reader(io.StringIO(write_csv([[text, "x"]]), newline=""))
    assert row == [f"'{text}", "x"]


@pytest.mark.parametrize("text", ["a=1", "5 - 3", "maya@harbour.example", "", "'a"])
def test_other_texts_stay(text: str) -> None:
    assert next(csv.reader([write_csv([[text, "x"]])])) == [text, "x"]
