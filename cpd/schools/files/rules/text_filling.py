"""Writing into a column of a text file: its delimiter, quotation marks and encoding stay."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal

from cpd.kernel.csv_writing import neutralize_formula
from cpd.schools.files.rules.changes import Change, Filling, Grade, replace_pieces
from cpd.schools.files.rules.delimited_text import TextRow, parse_rows
from cpd.schools.files.rules.matching import Kept, KeptReason
from cpd.schools.files.rules.text_encodings import DecodedText, decode_text

_WITH_DECIMALS = re.compile(r"-?\d+(?P<sign>[.,])\d{1,2}%?")


def fill_text(contents: bytes, delimiter: str, column: int, grades: Mapping[int, Grade]) -> Filling:
    """Return the file with the grades written into the column of their lines."""
    decoded = decode_text(contents)
    rows = parse_rows(decoded.text, delimiter)
    sign = _guess_decimal_sign(rows, column, delimiter)
    filling, pieces = Filling(contents), []
    for row in rows:
        if row.line not in grades:
            continue
        value = _format_grade(grades[row.line], sign)
        if not _is_writable(value, decoded):
            filling.kept.append(Kept(row.line, KeptReason.UNWRITABLE, row.fields[0].value))
            continue
        pieces.append(_build_piece(row, column, value, delimiter))
        before = row.fields[column].value if column < len(row.fields) else ""
        filling.changes.append(Change(row.line, column, before, value))
    filling.contents = decoded.encode(replace_pieces(decoded.text, pieces))
    return filling


def _format_grade(grade: Grade, sign: str) -> str:
    """Return a grade as this file writes numbers; a text of ours never as a formula."""
    if isinstance(grade, str):
        return neutralize_formula(grade)
    return f"{Decimal(grade):f}".replace(".", sign)


def _guess_decimal_sign(rows: Sequence[TextRow], column: int, delimiter: str) -> str:
    """Return how the file writes decimals: in this column, else in all, else as its kind does."""
    in_column = (row.fields[column].value for row in rows if column < len(row.fields))
    in_all = (field.value for row in rows for field in row.fields)
    for values in (in_column, in_all):
        found = (_WITH_DECIMALS.fullmatch(value.strip()) for value in values)
        signs = Counter(match["sign"] for match in found if match)
        if signs:
            return signs.most_common(1)[0][0]
    return "," if delimiter == ";" else "."


def _build_piece(row: TextRow, column: int, value: str, delimiter: str) -> tuple[int, int, str]:
    """Return the place of a field, which a short row may lack, and what replaces it."""
    quoted = '"' + value.replace('"', '""') + '"'
    needs_quotes = any(char in value for char in (delimiter, '"', "\r", "\n"))
    if column >= len(row.fields):
        end = row.fields[-1].end
        added = delimiter * (column - len(row.fields) + 1)
        return end, end, added + (quoted if needs_quotes else value)
    field = row.fields[column]
    was_quoted = field.end - field.start > len(field.value)
    return field.start, field.end, quoted if needs_quotes or was_quoted else value


def _is_writable(value: str, decoded: DecodedText) -> bool:
    try:
        decoded.encode(value)
    except UnicodeEncodeError:
        return False
    return True
