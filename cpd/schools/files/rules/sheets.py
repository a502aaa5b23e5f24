"""A sheet of a workbook, read so that every cell keeps its place in the sheet's XML."""

import re
from dataclasses import dataclass, field
from decimal import Context, InvalidOperation

from cpd.schools.files.rules.file_faults import FileFault, FileRefusedError
from cpd.schools.files.rules.tables import MOST_BYTES, MOST_CELLS, MOST_COLUMNS
from cpd.schools.files.rules.xml_reading import XmlReader, local_name, unescape_text

_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?([1-9][0-9]{0,6})")
_MOST_ROWS = 1_048_576
_MOST_MERGED = 10_000
_SHOWN_DIGITS = Context(prec=15)
"""A spreadsheet program shows no more digits than these, and stores 0.1 as it can."""
_LONGEST_NUMBER = 30
_BOOLEANS = {"0": "FALSE", "1": "TRUE"}
_RICH_VALUES = frozenset({"vm", "cm"})
"""Attributes of cells whose shown value comes from elsewhere: pictures, stocks, spilled arrays."""


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells, both ends inside; columns count from 0, lines from 1."""

    top: int
    left: int
    bottom: int
    right: int

    def holds(self, line: int, column: int) -> bool:
        """Tell whether a cell is inside."""
        return self.top <= line <= self.bottom and self.left <= column <= self.right


@dataclass(slots=True)
class SheetCell:
    """A cell and its place in the XML; `end` is after its last byte."""

    tag: str
    attributes: dict[str, str]
    start: int
    end: int = 0
    text: str = ""
    has_formula: bool = False
    is_rich: bool = False


@dataclass(slots=True)
class SheetRow:
    """A row and its place in the XML; `close` is where its end tag begins."""

    line: int
    tag: str
    attributes: dict[str, str]
    close: int = 0
    cells: dict[int, SheetCell] = field(default_factory=dict)


@dataclass(slots=True)
class Sheet:
    """What a sheet holds, as far as reading it and writing one column needs."""

    rows: list[SheetRow] = field(default_factory=list)
    merged: list[Area] = field(default_factory=list)
    formulas: list[Area] = field(default_factory=list)
    """Areas that one formula fills; only its first cell shows the formula."""
    column_styles: list[tuple[int, int, str]] = field(default_factory=list)
    """First and last column, and the style of their empty cells."""
    is_protected: bool = False


def parse_area(reference: str) -> Area:
    """Return the area of `B2:D5` or `B2`; raises FileRefusedError."""
    first, _, last = reference.partition(":")
    (top, left), (bottom, right) = parse_reference(first), parse_reference(last or first)
    return Area(top, left, bottom, right)


def parse_reference(reference: str) -> tuple[int, int]:
    """Return line and column of `B2`; raises FileRefusedError."""
    match = _REFERENCE.fullmatch(reference)
    if match is None or int(match[2]) > _MOST_ROWS:
        raise FileRefusedError(FileFault.DAMAGED)
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]), column - 1


def format_number(text: str) -> str:
    """Return a stored number as a spreadsheet program shows it; other texts as they are."""
    try:
        number = _SHOWN_DIGITS.create_decimal(text)
    except InvalidOperation:
        return text
    shown = f"{number.normalize(_SHOWN_DIGITS):f}" if number.is_finite() else text
    return shown if len(shown) <= _LONGEST_NUMBER else text


def parse_sheet(contents: bytes, shared_texts: list[str]) -> Sheet:
    """Return what a sheet holds; raises FileRefusedError."""
    reader = _SheetReader(contents, shared_texts)
    reader.run()
    return reader.sheet


class _SheetReader(XmlReader):
    def __init__(self, contents: bytes, shared_texts: list[str]) -> None:
        super().__init__(contents)
        self.sheet = Sheet()
        self._shared_texts = shared_texts
        self._path: list[str] = []
        self._row: SheetRow | None = None
        self._cells: dict[int, SheetCell] = {}
        self._cell: SheetCell | None = None
        self._column = -1
        self._cell_count, self._length = 0, 0
        self._texts: list[str] = []

    def open_tag(self, tag: str, attributes: dict[str, str]) -> None:
        name = local_name(tag)
        self._path.append(name)
        if self._cell is not None:
            self._open_in_cell(name, attributes)
        elif name == "c" and self._row is not None:
            self._open_cell(self._row, tag, attributes)
        elif self._path[1:] == ["sheetData", "row"]:
            self._open_row(tag, attributes)
        elif self._path[1:] == ["cols", "col"] and "style" in attributes:
            self._add_column_style(attributes)
        elif self._path[1:] == ["mergeCells", "mergeCell"]:
            self._add_merged(attributes.get("ref", ""))
        elif self._path[1:] == ["sheetProtection"]:
            self.sheet.is_protected = attributes.get("sheet") in {"1", "true"}

    def close_tag(self, tag: str) -> None:
        del tag
        name = self._path.pop()
        if self._cell is not None and name == "c":
            self._close_cell(self._cell)
        elif self._row is not None and name == "row":
            self._row.close = self.place
            self._row = None

    def take_text(self, text: str) -> None:
        if self._cell is not None and self._path[-1] in {"v", "t"} and "rPh" not in self._path:
            self._texts.append(text)

    def _open_row(self, tag: str, attributes: dict[str, str]) -> None:
        before = self.sheet.rows[-1].line if self.sheet.rows else 0
        line, _ = parse_reference(f"A{attributes.get('r', before + 1)}")
        if line <= before:
            raise FileRefusedError(FileFault.DAMAGED)
        self._row, self._column = SheetRow(line, tag, attributes), -1
        self._cells = self._row.cells
        self.sheet.rows.append(self._row)

    def _open_cell(self, row: SheetRow, tag: str, attributes: dict[str, str]) -> None:
        line, column = row.line, self._column + 1
        if "r" in attributes:
            line, column = parse_reference(attributes["r"])
        if line != row.line or column <= self._column:
            raise FileRefusedError(FileFault.DAMAGED)
        self._column, self._cell_count = column, self._cell_count + 1
        if self._cell_count > MOST_CELLS:
            raise FileRefusedError(FileFault.TOO_MANY_CELLS)
        self._cell = SheetCell(tag, attributes, self.place)
        self._cell.is_rich = not _RICH_VALUES.isdisjoint(attributes)
        self._texts = []

    def _open_in_cell(self, name: str, attributes: dict[str, str]) -> None:
        cell = self._cell
        if cell is None or self._path[-2] != "c":
            return
        if name == "f":
            cell.has_formula = True
            if attributes.get("t") in {"array", "dataTable"}:
                self.sheet.formulas.append(parse_area(attributes.get("ref", "")))
        elif name not in {"v", "is"}:
            cell.is_rich = True

    def _close_cell(self, cell: SheetCell) -> None:
        cell.end = self._find_end(cell.start)
        cell.text = self._format_value("".join(self._texts), cell.attributes.get("t", "n"))
        self._length += len(cell.text)
        if self._length > MOST_BYTES:  # many cells can name the same long text
            raise FileRefusedError(FileFault.TOO_LARGE)
        if cell.text and self._column >= MOST_COLUMNS:
            raise FileRefusedError(FileFault.TOO_MANY_COLUMNS)
        self._cells[self._column] = cell
        self._cell = None

    def _find_end(self, start: int) -> int:
        """Return where the element that is being closed has ended."""
        is_empty = self.contents[start : self.place].count(b"<") == 1
        if is_empty and self.contents[self.place - 2 : self.place] == b"/>":
            return self.place
        return self.contents.index(b">", self.place) + 1

    def _format_value(self, text: str, kind: str) -> str:
        if kind == "s":
            return self._find_shared_text(text.strip())
        if kind == "b":
            return _BOOLEANS.get(text.strip(), text)
        return format_number(text.strip()) if kind == "n" else unescape_text(text)

    def _find_shared_text(self, index: str) -> str:
        if not index.isdecimal() or int(index) >= len(self._shared_texts):
            raise FileRefusedError(FileFault.DAMAGED)
        return self._shared_texts[int(index)]

    def _add_merged(self, reference: str) -> None:
        if len(self.sheet.merged) >= _MOST_MERGED:
            raise FileRefusedError(FileFault.TOO_MANY_CELLS)
        self.sheet.merged.append(parse_area(reference))

    def _add_column_style(self, attributes: dict[str, str]) -> None:
        first, last = attributes.get("min", ""), attributes.get("max", "")
        if not (first.isdecimal() and last.isdecimal()):
            raise FileRefusedError(FileFault.DAMAGED)
        self.sheet.column_styles.append((int(first) - 1, int(last) - 1, attributes["style"]))
