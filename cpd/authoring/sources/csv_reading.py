"""Reading CSV files as spreadsheet programs write them: any of their delimiters and encodings."""

import codecs
import csv
import io
import re
from dataclasses import dataclass

from cpd.content.frontmatter import Fault
from cpd.kernel.csv_writing import restore_formula

MOST_ROWS = 200
DELIMITERS = ",;\t"
"""In this order where two divide the first line equally well."""
_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_LETTER_IN_UTF_8 = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")
_SAMPLE = 100_000
_LINE_END = re.compile(r"\r\n|\r|\n")
_DELIMITER_LINE = re.compile(r'"?sep=([,;\t])"?(?:\r\n|\r|\n)', re.IGNORECASE)
"""The first line that Excel reads as the delimiter, and does not show."""


@dataclass(frozen=True)
class CsvRow:
    """A row with its number in a spreadsheet program, and the line on which it begins."""

    number: int
    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class CsvTable:
    """The rows of a file that are not blank, and how it was read."""

    encoding: str
    delimiter: str
    rows: tuple[CsvRow, ...]


def parse_csv_or_fault(file: str, raw: bytes) -> CsvTable | Fault:
    """Return the rows of a file, formulas as the text that they are, or the fault."""
    decoded = _decode_or_fault(file, raw)
    if isinstance(decoded, Fault):
        return decoded
    text, encoding = decoded
    if strange := _CONTROL.search(text):
        line = len(_LINE_END.findall(text, 0, strange.start())) + 1
        message = f"The file has the control character U+{ord(strange.group()):04X}."
        return Fault(file, line, message, "Remove it, or export the table again as CSV.")
    rows: list[CsvRow] = []
    marked = _DELIMITER_LINE.match(text)
    delimiter = marked[1] if marked else guess_delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for number, cells in enumerate(reader, 0 if marked else 1):
            if any(cell.strip() for cell in cells) and number:
                rows.append(CsvRow(number, line, tuple(map(_clean_cell, cells))))
            line = reader.line_num + 1
    except csv.Error:
        message = "The quotation marks of the row that begins here do not match."
        remedy = 'A cell with quotation marks is written as "a ""word"" like this".'
        return Fault(file, line, message, remedy)
    if len(rows) > MOST_ROWS + 1:
        message = f"The file has {len(rows) - 1:,} rows; {MOST_ROWS} are allowed."
        return Fault(file, rows[MOST_ROWS + 1].line, message, "Split it into two files.")
    return CsvTable(encoding, delimiter, tuple(rows))


def _clean_cell(cell: str) -> str:
    return restore_formula(_LINE_END.sub("\n", cell))


def _decode_or_fault(file: str, raw: bytes) -> tuple[str, str] | Fault:
    """Return the text of a file and the name of its encoding."""
    for mark, codec, name in _MARKS:
        if raw.startswith(mark):
            return _decode_as_or_fault(file, raw.removeprefix(mark), codec, name)
    if raw.count(b"\0") * 4 > len(raw):  # every second byte of Western text in UTF-16 is zero
        codec = "utf-16-le" if raw[1::2].count(0) > raw[::2].count(0) else "utf-16-be"
        return _decode_as_or_fault(file, raw, codec, "UTF-16")
    try:
        return raw.decode("utf-8"), "UTF-8"
    except UnicodeDecodeError as error:
        if _LETTER_IN_UTF_8.search(raw):
            line = raw.count(b"\n", 0, error.start) + 1
            message = "The file mixes two encodings, so some letters would be wrong."
            return Fault(file, line, message, "Export the table again as CSV in UTF-8.")
    return _decode_as_or_fault(file, raw, "cp1252", "Windows-1252")


def _decode_as_or_fault(file: str, raw: bytes, codec: str, name: str) -> tuple[str, str] | Fault:
    try:
        return raw.decode(codec), name
    except UnicodeDecodeError:
        return Fault(file, 1, "The file is not text.", "Export the table as CSV in UTF-8.")


def guess_delimiter(text: str) -> str:
    """Return the delimiter that divides the first row into the most cells."""
    return max(DELIMITERS, key=lambda delimiter: _count_cells_of_first_row(text, delimiter))


def _count_cells_of_first_row(text: str, delimiter: str) -> int:
    sample = text[:_SAMPLE]  # shorter than the longest cell that can be read
    return len(next(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter), []))
