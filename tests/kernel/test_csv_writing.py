"""Tables for spreadsheet programs: a formula stays text, and every text comes back as it was."""

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cpd.kernel.csv_writing import neutralize_formula, restore_formula, write_csv

TEXTS = st.text("=+-@＝＋－＠'\"\t\r\n ,;ab1", max_size=8) | st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"])
)


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "＝1+1",
        "\t=1",
        "\r=1",
        " =1",
        "\u00a0=1",
        "'=1",
        "- a point",
    ],
)
def test_a_formula_is_written_as_text(text: str) -> None:
    assert neutralize_formula(text) == f"'{text}"


def test_numbers_and_other_texts_stay_as_they_are() -> None:
    written = write_csv([["a - b", "'tis", "x=1", -5, Decimal("-0.50"), None], ["Ö, “a”", 'b"c']])
    assert written == 'a - b,\'tis,x=1,-5,-0.50,\r\n"Ö, “a”","b""c"\r\n'


@given(st.lists(st.lists(TEXTS, min_size=2, max_size=3), max_size=3))
def test_every_text_comes_back(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO(write_csv(rows), newline=""), strict=True))
    assert not any(cell.lstrip()[:1] in tuple("=+-@＝＋－＠") for row in read for cell in row)
    assert [[restore_formula(cell) for cell in row] for row in read] == rows
