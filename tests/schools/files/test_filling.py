"""Fill my file: the grades are in, and nothing else is different."""

import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from cpd.schools.files.rules import filling as filling_module
from cpd.schools.files.rules.changes import Change, Filling, Grade, Note
from cpd.schools.files.rules.file_faults import FileFault, FileRefusedError
from cpd.schools.files.rules.filling import choose_grades, fill_column
from cpd.schools.files.rules.layouts import guess_layout
from cpd.schools.files.rules.matching import Kept, KeptReason, match_rows
from cpd.schools.files.rules.table_reading import read_table
from tests.schools.files.grade_files import (
    CANVAS,
    CANVAS_COLUMN,
    LEARNERS,
    MOODLE,
    MOODLE_COLUMN,
    SEMICOLONS,
    make_colleagues_workbook,
    make_workbook,
    unpack,
)

GRADES: dict[str, Grade] = {
    "maya": Decimal("92.5"), "ben": 78, "klara": Decimal("88.00"), "dimitris": "Excused",
}  # fmt: skip


def fill(contents: bytes, column: int, grades: dict[str, Grade] | None = None) -> Filling:
    """Fill a file as the page does: guess, match, write."""
    table = read_table(contents)
    matches = match_rows(table, guess_layout(table), LEARNERS)
    chosen, without = choose_grades(table, matches.found, GRADES if grades is None else grades)
    filling = fill_column(contents, table, column, chosen)
    filling.kept = sorted([*matches.kept, *without, *filling.kept], key=lambda row: row.line)
    return filling


# Text files


def test_canvas_gets_back_its_file_with_the_grades() -> None:
    filling = fill(CANVAS, CANVAS_COLUMN)
    expected = CANVAS.decode()
    for before, after in (
        ("9.00,,90.00", "9.00,92.5,90.00"),
        ('"=1+1",EX,', '"=1+1",78,'),
        ("10.00,55.00", "10.00,88.00"),
    ):
        assert expected.count(before) == 1
        expected = expected.replace(before, after)
    assert filling.contents.decode() == expected
    assert filling.changes == [
        Change(4, 6, "", "92.5"), Change(5, 6, "EX", "78"), Change(6, 6, "55.00", "88.00"),
    ]  # fmt: skip
    assert filling.kept == [
        Kept(2, KeptReason.UNMATCHED, "Manual Posting"),
        Kept(3, KeptReason.TOTALS, "Points Possible"),
        Kept(7, KeptReason.UNMATCHED, "Unknown, Una"),
        Kept(8, KeptReason.UNMATCHED, "Student, Test"),
    ]


def test_moodle_gets_back_its_file_and_double_rows_stay() -> None:
    filling = fill(MOODLE, MOODLE_COLUMN, {"ben": 78})
    assert filling.contents == MOODLE.replace(b".example,40.00,", b".example,78,")
    assert filling.kept == [
        Kept(2, KeptReason.NO_GRADE, "Maya"),
        Kept(4, KeptReason.BLANK, ""),
        Kept(5, KeptReason.DOUBLE, "Klara"),
        Kept(6, KeptReason.DOUBLE, "Klara"),
    ]


def test_a_file_with_decimal_commas_gets_them_and_a_short_row_its_cells() -> None:
    filling = fill(SEMICOLONS, 3)
    assert filling.contents.decode("cp1252").splitlines()[2:] == [
        "Weiß;Klara;klara@harbour.example;88,00", "Lindqvist;Maya;maya@harbour.example;92,5",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "after"),
    [
        pytest.param('n,m,g,h\n1,,"",""\n', 'n,m,g,h\n1,,"92.5",""\n', id="quoted stays quoted"),
        pytest.param("n\tm\tg\n1\t2\t\n", "n\tm\tg\n1\t2\t92.5\n", id="tabs"),
        pytest.param("n;m;g\n1;2.5;\n", "n;m;g\n1;2.5;92.5\n", id="points in another column"),
        pytest.param("n;m;g\n1;2;\n", "n;m;g\n1;2;92,5\n", id="commas of its kind"),
        pytest.param('n,m,g\n1,2,\n2,,"7,5"\n', 'n,m,g\n1,2,"92,5"\n2,,"7,5"\n', id="quoted comma"),
        pytest.param("n,m,g\n1\n2,1,1\n3,1,1\n", "n,m,g\n1,,92.5\n2,1,1\n3,1,1\n", id="short row"),
        pytest.param("sep=,\r\nn,m,g\r1,2,\n", "sep=,\r\nn,m,g\r1,2,92.5\n", id="mixed line ends"),
        pytest.param("n,m,g\r\n1,2,3", "n,m,g\r\n1,2,92.5", id="no line end at the end"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_text_file_keeps_its_ways(text: str, after: str, encoding: str) -> None:
    contents = text.encode(encoding)
    table = read_table(contents)
    line = next(row.line for row in table.rows if row.cells[:1] == ("1",))
    filling = fill_column(contents, table, 2, {line: Decimal("92.5")})
    assert filling.contents == after.encode(encoding)


@pytest.mark.parametrize("word", ["=1+1", "+1", "-x", "@SUM(A1)", "\t=1", " =1", "＝1"])
def test_foreign_formulas_stay_and_ours_never_become_one(word: str) -> None:
    contents = b'n,m,g\n1,=HYPERLINK(0),x\n2,"+1",-\n'
    table = read_table(contents)
    filling = fill_column(contents, table, 2, {2: word})
    assert filling.contents.decode() == f'n,m,g\n1,=HYPERLINK(0),\'{word}\n2,"+1",-\n'
    assert filling.changes == [Change(2, 2, "x", f"'{word}")]


def test_a_number_below_zero_is_a_number() -> None:
    contents = b"n,m,g\n1,1,1\n"
    assert fill_column(contents, read_table(contents), 2, {2: -5}).contents.endswith(b",-5\n")


def test_what_the_encoding_cannot_say_is_named() -> None:
    contents = "n,m,g\nZoë,1,\n".encode("cp1252")
    filling = fill_column(contents, read_table(contents), 2, {2: "Ważne"})
    assert (filling.contents, filling.changes) == (contents, [])
    assert filling.kept == [Kept(2, KeptReason.UNWRITABLE, "Zoë")]


def test_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(FileRefusedError) as caught:
        fill_column(CANVAS, read_table(CANVAS), 9, {})
    assert caught.value.fault is FileFault.NO_SUCH_COLUMN


def test_a_result_that_reads_differently_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control of the last guard: an engine that also changes something else."""

    def fill_wrongly(*_: object) -> Filling:
        return Filling(CANVAS.replace(b"90.00", b"91.00"))

    monkeypatch.setattr(filling_module, "fill_text", fill_wrongly)
    with pytest.raises(FileRefusedError) as caught:
        fill_column(CANVAS, read_table(CANVAS), CANVAS_COLUMN, {})
    assert caught.value.fault is FileFault.WOULD_CHANGE_MORE


# Workbooks


def test_a_colleagues_workbook_keeps_everything_else() -> None:
    contents = make_colleagues_workbook()
    filling = fill(contents, 3)
    before, after = unpack(contents), unpack(filling.contents)
    assert list(before) == list(after)
    assert [name for name in before if before[name] != after[name]] == ["xl/worksheets/sheet1.xml"]
    assert filling.changes == [
        Change(3, 3, "", "92.5"), Change(4, 3, "to come", "78"), Change(6, 3, "", "Excused"),
    ]  # fmt: skip
    assert filling.kept == [Kept(5, KeptReason.FORMULA, "Klara Weiß")]
    assert filling.notes == {Note.FORMULAS_STALE}
    sheet = load_workbook(io.BytesIO(filling.contents))["MT 210"]
    assert [sheet[f"D{line}"].value for line in range(3, 7)] == [92.5, 78, "=C5*10", "Excused"]
    assert [sheet[f"E{line}"].value for line in (3, 6)] == ["=C3+D3", "=C6+D6"]
    assert sheet["D6"].data_type == "s"
    assert sheet["D6"].comment is not None


def fill_data(data: str, grade: Grade, *, before: str = "", after: str = "") -> tuple[str, Filling]:
    """Fill row 1 of a sheet and return the XML of its rows."""
    contents = make_workbook(data, before=before, after=after)
    filling = fill_column(contents, read_table(contents), 1, {1: grade})
    xml = unpack(filling.contents)["xl/worksheets/grades.xml"].decode()
    return xml.partition("<sheetData>")[2].partition("</sheetData>")[0], filling


A = '<c r="A1"><v>1</v></c>'
C = '<c r="C1"><v>3</v></c>'
INLINE = (
    f'<row r="1">{A}<c r="B1" t="inlineStr"><is><t xml:space="preserve">'
    f'&lt;&amp;"_x005F_x000D__x000D_]]&gt;</t></is></c>{C}</row>'
)
STYLED = f'<row r="1" s="9" customFormat="1">{A}%s</row>'


@pytest.mark.parametrize(
    ("data", "grade", "after"),
    [
        (f'<row r="1">{A}<c r="B1" s="3" t="s"><v>0</v></c>{C}</row>', 5,
         f'<row r="1">{A}<c r="B1" s="3"><v>5</v></c>{C}</row>'),
        (f'<row r="1">{A}<c r="B1" s="3"/>{C}</row>', Decimal("5.50"),
         f'<row r="1">{A}<c r="B1" s="3"><v>5.50</v></c>{C}</row>'),
        (f'<row r="1">{A}{C}</row>', '<&"_x000D_\r]]>',
         INLINE),
        (f'<row r="1">{C}</row>', 5, f'<row r="1"><c r="B1"><v>5</v></c>{C}</row>'),
        (STYLED % "" + "<row><c/><c><v>1</v></c></row>", 5,
         STYLED % '<c r="B1" s="9"><v>5</v></c>' + "<row><c/><c><v>1</v></c></row>"),
        ("<row><c><v>1</v></c><c><v>2</v></c></row >", 5,
         "<row><c><v>1</v></c><c><v>5</v></c></row >"),
        ('<row><c><v>1</v></c><c foo="&quot;&lt;"><!-- / --><v>2</v></c ></row>', 5,
         '<row><c><v>1</v></c><c foo="&quot;&lt;"><v>5</v></c></row>'),
    ],
)  # fmt: skip
def test_only_the_cell_of_the_sheet_changes(data: str, grade: Grade, after: str) -> None:
    assert fill_data(data, grade)[0] == after


def test_a_new_cell_looks_as_its_column_says() -> None:
    columns = '<cols><col min="1" max="1" style="4"/><col min="2" max="3" style="6"/></cols>'
    assert '<c r="B1" s="6"><v>5</v></c>' in fill_data(f"<row>{A}{C}</row>", 5, before=columns)[0]


def test_prefixes_stay() -> None:
    xml = (
        '<x:worksheet xmlns:x="m"><x:sheetData><x:row><x:c><x:v>5</x:v></x:c>'
        '<x:c r="C1"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    contents = make_workbook("", others={"xl/worksheets/grades.xml": xml})
    filling = fill_column(contents, read_table(contents), 1, {1: "a"})
    after = unpack(filling.contents)["xl/worksheets/grades.xml"].decode()
    cell = '<x:c r="B1" t="inlineStr"><x:is><x:t xml:space="preserve">a</x:t></x:is></x:c>'
    assert after == xml.replace('<x:c r="C1">', f'{cell}<x:c r="C1">')


B = '<c r="B1"><v>2</v></c>'


@pytest.mark.parametrize(
    ("data", "after", "reason"),
    [
        (f'<row>{A}<c r="B1"><f>A1</f><v>1</v></c></row>', "", KeptReason.FORMULA),
        (f'<row>{A}<c r="B1"><f t="shared" si="0"/><v>1</v></c></row>', "", KeptReason.FORMULA),
        (f'<row><c r="A1"><f t="array" ref="A1:B2">X</f><v>1</v></c>{B}</row>', "",
         KeptReason.FORMULA),
        (f"<row>{A}{B}</row>", '<mergeCells><mergeCell ref="A1:B1"/></mergeCells>',
         KeptReason.MERGED),
        (f'<row>{A}<c r="B1" vm="1"><v>2</v></c></row>', "", KeptReason.RICH),
        (f'<row>{A}<c r="B1"><v>2</v><extLst/></c></row>', "", KeptReason.RICH),
    ],
)  # fmt: skip
def test_a_cell_that_would_break_is_kept_and_named(
    data: str, after: str, reason: KeptReason
) -> None:
    xml, filling = fill_data(data, 5, after=after)
    assert xml == data
    assert (filling.changes, filling.kept) == ([], [Kept(1, reason, "1")])
    assert fill_data(f"<row>{A}{B}</row>", 5)[1].changes, "the control"


@pytest.mark.parametrize(("style", "noted"), [("1", True), ("2", True), ("3", False)])
def test_cells_that_show_percent_are_noted(style: str, noted: bool) -> None:
    data = f'<row>{A}<c r="B1" s="{style}"/><c><v>1</v></c></row>'
    assert (Note.SHOWN_AS_PERCENT in fill_data(data, 5)[1].notes) is noted
    assert Note.SHOWN_AS_PERCENT not in fill_data(data, "Excused")[1].notes


def test_a_workbook_without_styles_is_filled() -> None:
    links = ('<Relationships><Relationship Id="g" Type="x/worksheet"'
             ' Target="worksheets/grades.xml"/></Relationships>')  # fmt: skip
    contents = make_workbook(f"<row>{A}{B}</row>", others={"xl/_rels/workbook.xml.rels": links})
    assert fill_column(contents, read_table(contents), 1, {1: 5, 7: 5}).changes


@pytest.mark.parametrize(
    ("after", "members", "fault"),
    [
        ('<sheetProtection sheet="1"/>', {}, FileFault.PROTECTED_SHEET),
        ("", {"_xmlsignatures/sig1.xml": "<a/>"}, FileFault.SIGNED),
    ],
)
def test_a_workbook_that_cannot_be_returned_unharmed_is_refused(
    after: str, members: dict[str, str | bytes], fault: FileFault
) -> None:
    contents = make_workbook(f"<row>{A}{B}</row>", after=after, others=members)
    with pytest.raises(FileRefusedError) as caught:
        fill_column(contents, read_table(contents), 1, {1: 5})
    assert caught.value.fault is fault
