"""CSV files from spreadsheet programs: every delimiter and encoding, and what cannot be read."""

import csv
import io

import pytest

from cpd.authoring.sources.csv_reading import CsvTable, parse_csv_or_fault
from cpd.content.frontmatter import Fault
from cpd.kernel.csv_writing import write_csv

ROWS = (("id", "title", "client"), ("mina", "Mina’s visit; first, of two", 'She says: "Ä"\nTwice.'))


def written(delimiter: str = ",", line_end: str = "\r\n") -> str:
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=delimiter, lineterminator=line_end).writerows(ROWS)
    return target.getvalue()


def read(raw: bytes) -> CsvTable:
    table = parse_csv_or_fault("cases.csv", raw)
    assert isinstance(table, CsvTable), table
    return table


def fault_in(raw: bytes) -> Fault:
    fault = parse_csv_or_fault("cases.csv", raw)
    assert isinstance(fault, Fault), fault
    assert fault.remedy
    return fault


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\r\n", "\n", "\r"])
def test_delimiters_and_line_ends(delimiter: str, line_end: str) -> None:
    table = read(written(delimiter, line_end).encode())
    assert (table.delimiter, tuple(row.cells for row in table.rows)) == (delimiter, ROWS)
    assert [row.line for row in table.rows] == [1, 2]


@pytest.mark.parametrize(
    ("codec", "name"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("cp1252", "Windows-1252"),
    ],
)
def test_encodings(codec: str, name: str) -> None:
    table = read(written(";").encode(codec))
    assert (table.encoding, table.rows[1].cells) == (name, ROWS[1])


def test_the_delimiter_that_excel_writes_into_the_first_line() -> None:
    table = read(b'"sep=;"\r\nid,a;title\r\n1;2\r\n')
    assert [(row.number, row.line) for row in table.rows] == [(1, 2), (2, 3)]
    assert [(row.line, row.cells) for row in table.rows] == [
        (2, ("id,a", "title")),
        (3, ("1", "2")),
    ]


def test_blank_rows_are_left_out_and_lines_are_counted() -> None:
    table = read(b'id,title\n\n,,\n"a\nb",c\nd,e\n')
    assert [(row.number, row.line) for row in table.rows] == [(1, 1), (4, 4), (5, 6)]


def test_a_formula_is_text_and_one_of_ours_comes_back() -> None:
    table = read(b"id,title\n=1+1,'=HYPERLINK(1)\n")
    assert table.rows[1].cells == ("=1+1", "=HYPERLINK(1)")
    assert read(write_csv([["- one"]]).encode()).rows[0].cells == ("- one",)


@pytest.mark.parametrize(
    ("raw", "line", "says"),
    [
        (b'id,title\na,"b', 2, "quotation marks"),
        (b'id,title\na,"b"c\nd,e', 2, "quotation marks"),
        (b"id,title\na,b\x00\n", 2, "U+0000"),
        (b"id,title\na,b\x07\n", 2, "U+0007"),
        ("id\nä".encode() + b"\xff", 2, "mixes two encodings"),
        (b"id,title\na,\x81\n", 1, "not text"),
        (b"PK\x03\x04\x14\x00\x81", 1, "not text"),
        (b"id\n" + b"a\n" * 201, 202, "201 rows"),
        (b"id\n" + b"a" * 200_000, 2, "quotation marks"),
    ],
    ids=["open", "behind", "null", "bell", "mixed", "undefined", "archive", "long", "wide"],
)
def test_what_cannot_be_read(raw: bytes, line: int, says: str) -> None:
    fault = fault_in(raw)
    assert (fault.line, says in fault.message) == (line, True), fault
