"""Files and pasted text become tables, or are refused with a reason."""

import csv
import io

import pytest
from hypothesis import assume, given
from hypothesis import settings as properties
from hypothesis import strategies as st

from cpd.schools.files.rules import archives, tables
from cpd.schools.files.rules.delimited_text import parse_rows
from cpd.schools.files.rules.file_faults import FileFault, FileRefusedError
from cpd.schools.files.rules.table_reading import read_table
from cpd.schools.files.rules.tables import describe_column, label_of_column
from tests.schools.files.grade_files import (
    CANVAS,
    MEMBERS,
    make_colleagues_workbook,
    make_sheet,
    make_workbook,
    pack,
)

ROWS = [["Name", "Grade"], ["Zoë", "1"], ["Jürgen, A.", "2"]]
LINES = "Name{0}Grade\r\nZoë{0}1\r\n{1}Jürgen, A.{1}{0}2\r\n"


def rows_of(contents: bytes, filename: str = "") -> list[list[str]]:
    return [list(row.cells) for row in read_table(contents, filename).rows]


def refusal_of(contents: bytes, **options: str) -> FileRefusedError:
    with pytest.raises(FileRefusedError) as caught:
        read_table(contents, **options)
    return caught.value


# Text


ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252")


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("delimiter", list(",;\t|"))
def test_every_encoding_and_delimiter_is_found(encoding: str, delimiter: str) -> None:
    text = LINES.format(delimiter, '"' if delimiter == "," else "")
    assert rows_of(text.encode(encoding)) == ROWS


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        pytest.param("a,b\rc,d\r", [["a", "b"], ["c", "d"]], id="old Macintosh"),
        pytest.param("a,b\nc,d", [["a", "b"], ["c", "d"]], id="no line end at the end"),
        pytest.param("a,\n", [["a"]], id="empty end"),
        pytest.param('"a ""b"", c",d\n', [['a "b", c', "d"]], id="doubled quotes"),
        pytest.param('"a\r\nb",c\nd,e\n', [["a\r\nb", "c"], ["d", "e"]], id="line end in a cell"),
        pytest.param('"a" b,c"d\ne,f\n', [["a b", 'c"d'], ["e", "f"]], id="stray quotes"),
        pytest.param("a,b\n\n,\nc,d\n", [["a", "b"], [], [], ["c", "d"]], id="blank rows"),
        pytest.param("sep=;\na,1;b\n", [["a,1", "b"]], id="Excel's own line"),
        pytest.param("a@b.example\nc@d.example\n", [["a@b.example"], ["c@d.example"]], id="a list"),
        pytest.param("Lee, Ana\ta@b.example\nOm, Ed\tc@d.example", [
            ["Lee, Ana", "a@b.example"], ["Om, Ed", "c@d.example"]], id="tabs before commas"),
        pytest.param("Name;Note\nA;1,5\nB;2,5\nC;3\n", [
            ["Name", "Note"], ["A", "1,5"], ["B", "2,5"], ["C", "3"]], id="decimal commas"),
        pytest.param("Class\n\nName,Mail,No\nA,b,1\nC,d,2\n", [
            ["Class"], [], ["Name", "Mail", "No"], ["A", "b", "1"], ["C", "d", "2"]], id="title"),
    ],
)  # fmt: skip
def test_text_is_divided_into_rows(text: str, rows: list[list[str]]) -> None:
    assert rows_of(text.encode()) == rows


def test_a_row_has_the_line_that_an_editor_shows() -> None:
    table = read_table(b'sep=,\r\n"a\r\nb",c\r\n\r\nd,e\r\n')
    assert [row.line for row in table.rows] == [2, 4, 5]


def test_the_name_of_a_file_tells_what_one_row_does_not() -> None:
    assert rows_of(b"Lee; Ana", "class.tsv") == [["Lee", " Ana"]]
    assert read_table(b"Ana", "class.TSV").delimiter == "\t"


def test_a_person_may_choose_the_delimiter() -> None:
    assert read_table(b"a;b,c\n", delimiter=";").rows[0].cells == ("a", "b,c")


def test_a_long_file_is_judged_by_its_first_whole_rows() -> None:
    """The sample ends inside a quoted cell, of which the quotation mark stays open."""
    cell = '"' + "word, " * 60 + '"'
    text = f"Name;Note\n{f'x;{cell}{chr(10)}' * 200}"
    assert {len(row) for row in rows_of(text.encode())} == {2}


fields = st.text(st.sampled_from("ab \",;\n\r\té'="), max_size=6)


@given(st.text(st.sampled_from('a",;\n\rb '), max_size=40))
@properties(max_examples=150, deadline=None)
def test_rows_are_those_of_the_csv_module(text: str) -> None:
    try:
        ours = [[field.value for field in row.fields] for row in parse_rows(text, ",")]
    except FileRefusedError:
        assume(False)  # an open quotation mark, which the module closes at the end
    theirs = list(csv.reader(io.StringIO(text, newline="")))
    assert [row or [""] for row in theirs] == ours


@given(st.lists(st.lists(fields, min_size=1, max_size=4), max_size=5), st.sampled_from(",;\t"))
@properties(max_examples=100, deadline=None)
def test_what_the_csv_module_writes_is_read(rows: list[list[str]], delimiter: str) -> None:
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=delimiter).writerows(rows)
    text = target.getvalue()
    read = parse_rows(text, delimiter)
    assert [[field.value for field in row.fields] for row in read] == rows
    raw = "".join(text[field.start : field.end] for row in read for field in row.fields)
    assert len(raw) + sum(map(len, rows)) - len(rows) + 2 * len(rows) == len(text)


@pytest.mark.parametrize(
    ("contents", "fault", "line"),
    [
        (b" \r\n", FileFault.EMPTY, None),
        (b"a" * (tables.MOST_BYTES + 1), FileFault.TOO_LARGE, None),
        (b'a,b\n\n"c,d\ne,f\n', FileFault.OPEN_QUOTE, 3),
        ("ä,ö\n".encode() + b"\xfc,\n", FileFault.MIXED_ENCODINGS, 2),
        (b"\xc3\xff,\xf4\xbf\x81\n", FileFault.UNKNOWN_ENCODING, None),
        (b"\xff\xfea\x00\x00\xd8", FileFault.UNKNOWN_ENCODING, None),
        (b"\xff\xfe\x00\x00a\x00\x00\x00", FileFault.UNKNOWN_ENCODING, None),
        (b"\xef\xbb\xbfa\x00b", FileFault.NO_TEXT, None),
        (b"abcdefghijk\x00lm", FileFault.NO_TEXT, None),
        (b"," * (tables.MOST_COLUMNS + 1), FileFault.TOO_MANY_COLUMNS, None),
        (b"%PDF-1.7", FileFault.OTHER_FORMAT, None),
        (b" <html><table>", FileFault.OTHER_FORMAT, None),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"Workbook", FileFault.OLD_WORKBOOK, None),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
         FileFault.LOCKED, None),
    ],
)  # fmt: skip
def test_other_files_are_refused(contents: bytes, fault: FileFault, line: int | None) -> None:
    refused = refusal_of(contents)
    assert (refused.fault, refused.line) == (fault, line)


def test_too_many_cells_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cpd.schools.files.rules.delimited_text.MOST_CELLS", 5)
    assert refusal_of(b"a,b\n" * 3).fault is FileFault.TOO_MANY_CELLS


# Workbooks

GOOD = '<row r="2"><c r="A2" t="s"><v>0</v></c><c r="C2"><v>7.0000000000000009</v></c></row>'


def test_a_workbook_is_read_as_it_is_shown() -> None:
    table = read_table(make_colleagues_workbook())
    assert (table.sheet, table.sheets) == ("MT 210", ("MT 210", "Averages"))
    assert [row.line for row in table.rows] == [1, 2, 3, 4, 5, 6]
    assert table.rows[1].cells == ("Name", "Email", "Quiz", "Massage & MS", "Total")
    assert table.rows[3].cells == ("Ben O’Hara", "ben@harbour.example", "8", "to come")


def test_another_sheet_can_be_read() -> None:
    contents = make_colleagues_workbook()
    assert read_table(contents, sheet="Averages").sheet == "Averages"
    assert refusal_of(contents, sheet="Gone").fault is FileFault.NO_SHEET


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        (GOOD, [("Name", "", "7")]),
        ('<row><c t="s"><v>1</v></c><c/><c><v>0.1</v></c></row>', [("Maya\r", "", "0.1")]),
        ('<row><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c></row>', [("TRUE", "#N/A")]),
        ('<row><c t="inlineStr"><is><t>a&amp;</t><rPh><t>x</t></rPh></is></c></row>', [("a&",)]),
        ('<row><c t="str"><f>A1</f><v>=b</v></c></row><row/>', [("=b",), ()]),
        ("<row><c><v>20260101</v></c><c><v>1E+20</v></c><c><v>1E+99</v></c><c><v>INF</v></c></row>",
         [("20260101", "100000000000000000000", "1E+99", "INF")]),
    ],
)  # fmt: skip
def test_cells_of_every_kind_are_read(data: str, rows: list[tuple[str, ...]]) -> None:
    assert [row.cells for row in read_table(make_workbook(data)).rows] == rows


def test_prefixes_of_names_do_not_matter() -> None:
    data = "<x:sheetData><x:row><x:c><x:v>5</x:v></x:c></x:row></x:sheetData>"
    xml = f'<x:worksheet xmlns:x="m">{data}</x:worksheet>'
    contents = make_workbook("", others={"xl/worksheets/grades.xml": xml})
    assert read_table(contents).rows[0].cells == ("5",)


LATIN = '<?xml version="1.0" encoding="latin-1"?><sst/>'
ENTITY = '<!DOCTYPE a [<!ENTITY b "bomb">]>'


@pytest.mark.parametrize(
    ("members", "fault"),
    [
        ({"xl/worksheets/grades.xml": f"{ENTITY}<worksheet>&b;</worksheet>"}, FileFault.DAMAGED),
        ({"xl/sharedStrings.xml": f"{ENTITY}<sst/>"}, FileFault.DAMAGED),
        ({"xl/sharedStrings.xml": "<sst>"}, FileFault.DAMAGED),
        ({"xl/sharedStrings.xml": "<a>" * 101 + "</a>" * 101}, FileFault.DAMAGED),
        ({"xl/sharedStrings.xml": LATIN}, FileFault.DAMAGED),
        ({"xl/sharedStrings.xml": "<sst/>".encode("utf-16")}, FileFault.DAMAGED),
        ({"xl/vbaProject.bin": "x"}, FileFault.MACROS),
        ({"[Content_Types].xml": "<Types><Default ContentType='x.macroEnabled.main'/></Types>"},
         FileFault.MACROS),
        ({"xl/workbook.bin": "x"}, FileFault.BINARY_WORKBOOK),
        ({"../../evil": "x"}, FileFault.DAMAGED),
        ({"/evil": "x"}, FileFault.DAMAGED),
        ({"c:evil": "x"}, FileFault.DAMAGED),
        ({"_rels/.rels": '<a><Relationship Type="x/thumbnail"/></a>'}, FileFault.OTHER_FORMAT),
        ({"xl/_rels/workbook.xml.rels": "<a>"}, FileFault.DAMAGED),
        ({"_rels/.rels": MEMBERS["_rels/.rels"].replace("xl/workbook", "word/document")},
         FileFault.OTHER_FORMAT),
        ({"xl/_rels/workbook.xml.rels": "<Relationships/>"}, FileFault.NO_SHEET),
        ({"xl/_rels/workbook.xml.rels": MEMBERS["xl/_rels/workbook.xml.rels"].replace(
            "/xl/worksheets/grades.xml", "../../../gone.xml")}, FileFault.DAMAGED),
        ({f"a{number}": "" for number in range(2001)}, FileFault.DAMAGED),
    ],
)  # fmt: skip
def test_harmful_workbooks_are_refused(members: dict[str, str | bytes], fault: FileFault) -> None:
    assert read_table(make_workbook(GOOD)).rows, "the control: without them it is read"
    assert refusal_of(make_workbook(GOOD, others=members)).fault is fault


def test_what_unpacks_to_too_much_is_refused_before_it_does(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("cpd.schools.files.rules.archives._MOST_UNPACKED", 1_000_000)
    bomb = make_workbook(GOOD, others={"xl/media/bomb.bin": bytes(1_000_000)})
    assert len(bomb) < 10_000
    assert refusal_of(bomb).fault is FileFault.TOO_LARGE


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ('<row r="2"/><row r="2"/>', FileFault.DAMAGED),
        ('<row r="0"/>', FileFault.DAMAGED),
        ('<row r="1048577"/>', FileFault.DAMAGED),
        ('<row r="1"><c r="A2"/></row>', FileFault.DAMAGED),
        ('<row><c r="B1"/><c r="A1"/></row>', FileFault.DAMAGED),
        ('<row><c r="a1"/></row>', FileFault.DAMAGED),
        ('<row><c t="s"><v>2</v></c></row>', FileFault.DAMAGED),
        ('<row><c t="s"><v>x</v></c></row>', FileFault.DAMAGED),
        ('<row><c r="XFD1"><v>1</v></c></row>', FileFault.TOO_MANY_COLUMNS),
        ("<a>" * 99 + "</a>" * 99, FileFault.DAMAGED),
    ],
)
def test_damaged_sheets_are_refused(data: str, fault: FileFault) -> None:
    assert refusal_of(make_workbook(data)).fault is fault


def test_a_column_that_says_no_place_is_refused() -> None:
    contents = make_workbook(GOOD, before='<cols><col min="x" max="2" style="1"/></cols>')
    assert refusal_of(contents).fault is FileFault.DAMAGED


def test_cells_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cpd.schools.files.rules.sheets.MOST_CELLS", 1)
    assert refusal_of(make_workbook(GOOD)).fault is FileFault.TOO_MANY_CELLS


def test_tags_merged_cells_and_texts_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text that is stored once can stand in any number of cells."""
    monkeypatch.setattr("cpd.schools.files.rules.xml_reading._MOST_TAGS", 30)
    assert read_table(make_workbook(GOOD)).rows
    assert refusal_of(make_workbook(GOOD + "<row/>" * 30)).fault is FileFault.TOO_MANY_CELLS
    monkeypatch.undo()
    merged = "<mergeCells>" + '<mergeCell ref="A1:B1"/>' * 3 + "</mergeCells>"
    assert read_table(make_workbook(GOOD, after=merged)).rows
    monkeypatch.setattr("cpd.schools.files.rules.sheets._MOST_MERGED", 2)
    refused = refusal_of(make_workbook(GOOD, after=merged))
    assert refused.fault is FileFault.TOO_MANY_CELLS
    long = {"xl/sharedStrings.xml": f"<sst><si><t>{'a' * 60}</t></si></sst>"}
    cells = "".join(f'<row><c t="s" r="A{line}"><v>0</v></c></row>' for line in (1, 2))
    monkeypatch.setattr("cpd.schools.files.rules.sheets.MOST_BYTES", 100)
    assert refusal_of(make_workbook(cells, others=long)).fault is FileFault.TOO_LARGE


def test_rows_that_are_wide_and_nearly_empty_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cpd.schools.files.rules.table_reading.MOST_CELLS", 10)
    data = "".join(f'<row><c r="F{line}"><v>1</v></c></row>' for line in (1, 2, 3))
    assert refusal_of(make_workbook(data)).fault is FileFault.TOO_MANY_CELLS


def test_other_archives_are_refused() -> None:
    no_links = pack({"[Content_Types].xml": "<Types/>"})
    assert refusal_of(no_links).fault is FileFault.OTHER_FORMAT
    assert refusal_of(pack({"a.txt": "x"})).fault is FileFault.OTHER_FORMAT
    document = pack({"mimetype": "application/vnd.oasis", "content.xml": "<a/>"})
    assert refusal_of(document).fault is FileFault.OPEN_DOCUMENT


def test_broken_archives_are_refused() -> None:
    contents = make_workbook(make_sheet([["a"]]))
    assert refusal_of(contents[:200]).fault is FileFault.DAMAGED
    place = contents.index(b"xl/worksheets/grades.xml") + len("xl/worksheets/grades.xml")
    damaged = contents[:place] + bytes(12) + contents[place + 12 :]
    assert refusal_of(damaged).fault is FileFault.DAMAGED
    entry = b"PK\x01\x02\x14\x03\x14\x00"
    locked = contents.replace(entry + b"\x00\x00", entry + b"\x01\x00")
    assert locked != contents
    assert refusal_of(locked).fault is FileFault.LOCKED
    assert archives.is_archive(contents)


def test_a_long_title_is_cut_where_columns_are_chosen() -> None:
    assert describe_column(0, "a" * 61) == f"A: {'a' * 59}…"
    assert (describe_column(1, "Email"), describe_column(2, "")) == ("B: Email", "C")


def test_columns_have_letters() -> None:
    assert [label_of_column(n) for n in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_canvas_is_read_with_its_mark() -> None:
    table = read_table(CANVAS)
    assert table.rows[0].read_cell(0) == "Student"
    assert table.rows[2].read_cell(6) == "100.00"
