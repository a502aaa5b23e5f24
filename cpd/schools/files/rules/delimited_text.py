"""Text files with delimiters, read so that every field keeps its place in the text."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from typing import cast

from cpd.schools.files.rules.file_faults import FileFault, FileRefusedError
from cpd.schools.files.rules.tables import MOST_CELLS, MOST_COLUMNS

DELIMITERS = "\t;,|:^~"
"""In this order where two divide the text equally well."""

_SAMPLE = 30_000
_MOSTLY = 0.8
_LINE_END = re.compile(r"\r\n|\r|\n")
_SEP_LINE = re.compile(r'"?sep=(?P<delimiter>[^\r\n"])"?(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
"""The first line that Excel reads as "this is the delimiter", and does not show."""


@dataclass(frozen=True, slots=True)
class TextField:
    """A field and its place in the text, quotation marks included."""

    start: int
    end: int
    value: str


@dataclass(frozen=True, slots=True)
class TextRow:
    """The fields of a row; `line` is where it begins."""

    line: int
    fields: tuple[TextField, ...]

    @property
    def is_blank(self) -> bool:
        """Whether no field has any text."""
        return not any(field.value.strip() for field in self.fields)


def guess_delimiter(text: str) -> str:
    """Return the delimiter that divides most rows into the same number of fields."""
    if match := _SEP_LINE.match(text):
        return match["delimiter"]
    best, best_score = ",", (0.0, 1)
    for delimiter in DELIMITERS:
        score = _score_delimiter(text[:_SAMPLE], delimiter)
        if delimiter == "\t" and score[0] >= _MOSTLY:
            return delimiter  # nobody types tabs inside a name
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _score_delimiter(text: str, delimiter: str) -> tuple[float, int]:
    """Return the share of rows with the most frequent number of fields, and that number."""
    widths = Counter(len(row.fields) for row in _read_sample(text, delimiter))
    if not widths:
        return 0.0, 0
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    return (count / widths.total(), width) if width > 1 else (0.0, 0)


def _read_sample(text: str, delimiter: str) -> list[TextRow]:
    """Return the first rows that are not blank, without one that the sample cuts off."""
    rows = list(_split_until_fault(text[:_SAMPLE], delimiter))
    complete = rows[:-1] if len(text) > _SAMPLE else rows
    return [row for row in complete if not row.is_blank]


def _split_until_fault(text: str, delimiter: str) -> Iterator[TextRow]:
    with suppress(FileRefusedError):
        yield from _split(text, delimiter)


def parse_rows(text: str, delimiter: str) -> tuple[TextRow, ...]:
    """Return the rows of a text; raises FileRefusedError."""
    return tuple(_split(text, delimiter))


@cache
def _build_pattern(delimiter: str) -> re.Pattern[str]:
    plain = rf"[^{re.escape(delimiter)}\r\n]*+"
    return re.compile(
        rf'(?:"(?P<quoted>[^"]*+(?:""[^"]*+)*+)"(?P<rest>{plain})|(?P<plain>{plain}))'
        rf"(?P<end>{re.escape(delimiter)}|\r\n|\r|\n|\Z)"
    )


def _split(text: str, delimiter: str) -> Iterator[TextRow]:
    pattern = _build_pattern(delimiter)
    shown = _SEP_LINE.match(text)
    place, line, cells = (shown.end(), 2, 0) if shown else (0, 1, 0)
    while place < len(text):
        fields, end = _read_row(text, place, pattern, line=line)
        cells += len(fields)
        _refuse_excess(len(fields), cells)
        yield TextRow(line, fields)
        line += len(_LINE_END.findall(text, place, end))
        place = end


def _read_row(
    text: str, place: int, pattern: re.Pattern[str], *, line: int
) -> tuple[tuple[TextField, ...], int]:
    """Return the fields of the row that begins here, and where the next one does."""
    fields: list[TextField] = []
    has_ended = False
    while not has_ended:
        match = cast("re.Match[str]", pattern.match(text, place))  # it matches any text
        plain, quoted = match["plain"], match["quoted"]
        if plain is not None and plain.startswith('"'):
            raise FileRefusedError(FileFault.OPEN_QUOTE, line=line)
        value = plain if quoted is None else quoted.replace('""', '"') + match["rest"]
        fields.append(TextField(match.start(), match.start("end"), value))
        place = match.end()
        has_ended = match["end"] in {"\r\n", "\r", "\n", ""}
    return tuple(fields), place


def _refuse_excess(columns: int, cells: int) -> None:
    if columns > MOST_COLUMNS:
        raise FileRefusedError(FileFault.TOO_MANY_COLUMNS)
    if cells > MOST_CELLS:
        raise FileRefusedError(FileFault.TOO_MANY_CELLS)
