"""For any file, filling changes the named cells alone, and reading it again gives the preview."""

import io
import re
from decimal import Decimal

from hypothesis import given
from hypothesis import settings as properties
from hypothesis import strategies as st
from openpyxl import Workbook

from cpd.schools.files.rules.changes import Grade
from cpd.schools.files.rules.filling import apply_changes, fill_column, read_cells
from cpd.schools.files.rules.matching import KeptReason
from cpd.schools.files.rules.table_reading import read_table
from tests.schools.files.grade_files import unpack

grades: st.SearchStrategy[Grade] = st.one_of(
    st.integers(-100, 10_000),
    st.decimals(-100, 100, places=2),
    st.text(st.sampled_from("aß=-+@<&;,\"'_x0041 "), min_size=1, max_size=6),
)
wanted = st.dictionaries(st.integers(0, 5), grades, min_size=1)
WIDTH = 4
plain = st.text(st.sampled_from("abÄß=-+@ '<&_x1.9%"), max_size=6)
quoted = st.text(st.sampled_from("abß=@ ',;\t|\n\r1.9"), max_size=6).map(lambda text: f'"{text}"')
said = st.sampled_from(['"say ""x"""', '"="" 1"', '"a"b"', 'a"b"'])
raw_rows = st.lists(
    st.lists(st.one_of(plain, quoted, said), min_size=WIDTH, max_size=WIDTH), min_size=1, max_size=5
)


delimiters = st.sampled_from(",;\t|")
ends = st.sampled_from(["\n", "\r\n", "\r"])
encodings = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"])


@given(raw_rows, wanted, delimiters, ends, encodings, st.integers(0, WIDTH - 1))
@properties(max_examples=50, deadline=None)
def test_a_text_file(
    rows: list[list[str]], wanted: dict[int, Grade], delimiter: str, end: str, encoding: str,
    column: int,
) -> None:  # fmt: skip
    rows = [["Name", "Email", "Größe", "x"], *rows]
    contents = end.join(delimiter.join(row) for row in rows).encode(encoding)
    table = read_table(contents, delimiter=delimiter)
    assert len(table.rows) == len(rows)
    by_line = {table.rows[n].line: grade for n, grade in wanted.items() if n < len(rows)}
    filling = fill_column(contents, table, column, by_line)

    assert {change.line for change in filling.changes} == set(by_line)
    returned = read_table(filling.contents, delimiter=delimiter)
    assert read_cells(returned.rows) == apply_changes(table.rows, filling.changes)
    # Every other byte: the same raw cells, with anything where a grade was written.
    pattern = re.escape(end).join(
        re.escape(delimiter).join(
            ".*" if place == column and table.rows[n].line in by_line else re.escape(raw)
            for place, raw in enumerate(row)
        )
        for n, row in enumerate(rows)
    )
    after = filling.contents.decode(encoding)
    assert re.fullmatch(pattern, after, re.DOTALL)
    assert after.encode(encoding) == filling.contents, "the mark at the start is there too"


cells = st.one_of(
    st.none(), st.integers(-5, 10**9), st.decimals(-100, 100, places=2), st.booleans(),
    st.text(st.sampled_from("aß<&_x \"'\n"), max_size=6), st.just("=A1+1"),
)  # fmt: skip


@given(st.lists(st.lists(cells, min_size=1, max_size=5), min_size=1, max_size=5), wanted,
       st.integers(0, 4))  # fmt: skip
@properties(max_examples=20, deadline=None)
def test_a_workbook(
    rows: list[list[int | Decimal | str | bool | None]], wanted: dict[int, Grade], column: int
) -> None:
    book = Workbook()
    for row in [tuple("abcde"), *map(tuple, rows)]:
        book.worksheets[0].append(row)
    target = io.BytesIO()
    book.save(target)
    contents = target.getvalue()
    table = read_table(contents)
    by_line = {index + 2: grade for index, grade in wanted.items()}
    filling = fill_column(contents, table, column, by_line)

    lines = {row.line for row in table.rows if row.line in by_line}
    formulas = {line for line in lines if (rows[line - 2] + [None] * 5)[column] == "=A1+1"}
    kept = {row.line for row in filling.kept if row.reason is KeptReason.FORMULA}
    assert kept == formulas
    assert {change.line for change in filling.changes} <= lines - formulas
    returned = read_table(filling.contents)
    assert read_cells(returned.rows) == apply_changes(table.rows, filling.changes)
    before, after = unpack(contents), unpack(filling.contents)
    sheet = "xl/worksheets/sheet1.xml"
    assert {name for name in before if before[name] != after[name]} <= {sheet}
    assert list(before) == list(after)
    # The sheet's other XML: with the cells of this column in these lines taken out of both.
    assert _without_cells(before[sheet], column, lines) == _without_cells(
        after[sheet], column, lines
    )


def _without_cells(xml: bytes, column: int, lines: set[int]) -> bytes:
    for line in lines:
        opening = b'<c r="%s%d"' % (b"ABCDE"[column : column + 1], line)
        before, found, rest = xml.partition(opening)
        if found:
            tag, _, below = rest.partition(b">")
            xml = before + (below if tag.endswith(b"/") else below.partition(b"</c>")[2])
    return xml
