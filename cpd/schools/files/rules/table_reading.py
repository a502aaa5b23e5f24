"""From the bytes of a file, or pasted text, to a table."""

from collections.abc import Iterable

from cpd.schools.files.rules.archives import is_archive
from cpd.schools.files.rules.delimited_text import guess_delimiter, parse_rows
from cpd.schools.files.rules.file_faults import FileFault, FileRefusedError
from cpd.schools.files.rules.sheets import SheetRow
from cpd.schools.files.rules.tables import (
    MOST_BYTES,
    MOST_CELLS,
    Row,
    Source,
    Table,
    strip_empty_end,
)
from cpd.schools.files.rules.text_encodings import DecodedText, decode_text
from cpd.schools.files.rules.workbooks import open_workbook


def read_table(
    contents: bytes, filename: str = "", *, sheet: str = "", delimiter: str = ""
) -> Table:
    """Return the table in a CSV, TSV or XLSX file or in pasted text; raises FileRefusedError.

    What is in the file decides what it is; its name is used only where there is nothing to see.
    Without a sheet it is the first visible one, and without a delimiter the one that fits best.
    """
    _refuse_empty_or_large(contents)
    if is_archive(contents):
        return _read_workbook(contents, sheet)
    decoded = decode_text(contents)
    return _read_text(decoded, delimiter or _choose_delimiter(decoded.text, filename))


def _refuse_empty_or_large(contents: bytes) -> None:
    """Raise FileRefusedError for a file with nothing in it, or with more than we read."""
    if not contents.strip():
        raise FileRefusedError(FileFault.EMPTY)
    if len(contents) > MOST_BYTES:
        raise FileRefusedError(FileFault.TOO_LARGE)


def _read_workbook(contents: bytes, sheet: str) -> Table:
    workbook = open_workbook(contents, sheet)
    _refuse_wide_rows(workbook.sheet.rows)
    rows = tuple(Row(row.line, _read_cells(row)) for row in workbook.sheet.rows)
    return Table(Source.WORKBOOK, rows, sheet=workbook.sheet_name, sheets=workbook.sheets)


def _refuse_wide_rows(rows: Iterable[SheetRow]) -> None:
    """Refuse rows of which each has one cell far out: they become huge when they are read."""
    if sum(max(row.cells, default=0) for row in rows) > MOST_CELLS:
        raise FileRefusedError(FileFault.TOO_MANY_CELLS)


def _read_cells(row: SheetRow) -> tuple[str, ...]:
    """Return the texts of a row of a sheet, with empty ones where it has no cell."""
    last = max((column for column, cell in row.cells.items() if cell.text), default=-1)
    return tuple(
        row.cells[column].text if column in row.cells else "" for column in range(last + 1)
    )


def _read_text(decoded: DecodedText, delimiter: str) -> Table:
    rows = tuple(
        Row(row.line, strip_empty_end(field.value for field in row.fields))
        for row in parse_rows(decoded.text, delimiter)
    )
    return Table(Source.TEXT, rows, encoding=decoded.encoding, delimiter=delimiter)


def _choose_delimiter(text: str, filename: str) -> str:
    """Return the delimiter of a text; a tab where only the file's name tells."""
    delimiter = guess_delimiter(text)
    is_tabbed = filename.lower().endswith((".tsv", ".tab"))
    return "\t" if is_tabbed and delimiter not in text else delimiter
