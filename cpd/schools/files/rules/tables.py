"""A table as it was read from a file: rows of texts, each with its line in the file."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

MOST_BYTES = 5 * 1024 * 1024
MOST_COLUMNS = 1000
MOST_CELLS = 500_000
LONGEST_TITLE = 60
"""Of a column, where one is chosen: each title is shown several times."""


class Source(StrEnum):
    """What kind of file a table comes from."""

    TEXT = "text"
    WORKBOOK = "workbook"


@dataclass(frozen=True, slots=True)
class Row:
    """A row; `line` is what a spreadsheet or text editor shows beside it."""

    line: int
    cells: tuple[str, ...]

    def read_cell(self, column: int | None) -> str:
        """Return the text of a cell without spaces around it; empty beyond the row's end."""
        if column is None or column >= len(self.cells):
            return ""
        return self.cells[column].strip()

    @property
    def is_blank(self) -> bool:
        """Whether no cell has any text."""
        return not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True)
class Table:
    """Every row of a file, blank ones too, and how the file was understood."""

    source: Source
    rows: tuple[Row, ...]
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """The number of columns of the widest row."""
        return max((len(row.cells) for row in self.rows), default=0)


def label_of_column(column: int) -> str:
    """Return the letters that a spreadsheet program shows above a column: A, B ... Z, AA."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters


def describe_column(column: int, title: str) -> str:
    """Return the letters of a column, and its title where there is one; a long one is cut."""
    if len(title) > LONGEST_TITLE:
        title = f"{title[: LONGEST_TITLE - 1]}…"
    letters = label_of_column(column)
    return f"{letters}: {title}" if title else letters


def strip_empty_end(cells: Iterable[str]) -> tuple[str, ...]:
    """Return the cells without the empty ones at the end."""
    kept = list(cells)
    while kept and not kept[-1]:
        kept.pop()
    return tuple(kept)
