"""Grade files as Canvas, Moodle and a colleague give them out, and workbooks made by hand."""

import io
import zipfile
from collections.abc import Mapping, Sequence

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment

from cpd.schools.files.rules.matching import Learner

LEARNERS = (
    Learner("maya", "Maya Lindqvist", ("maya@harbour.example",), "20260101"),
    Learner("ben", "Ben O’Hara", ("ben@harbour.example",), "20260102"),
    Learner("klara", "Klara Weiß", ("klara@harbour.example", "klara@school.example"), "20260103"),
    Learner("dimitris", "Dimitris Pappas", ("dimitris@harbour.example",), "20260104"),
)

CANVAS = (
    "\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,Intake form (4401),"
    "Massage and MS (4402),Current Score,Final Grade\r\n"
    ",,,,,,Manual Posting,,\r\n"
    "    Points Possible,,,,,10.00,100.00,(read only),(read only)\r\n"
    '"Lindqvist, Maya",71,20260101,maya@harbour.example,MT 210 - Fall,9.00,,90.00,A-\r\n'
    '"O’Hara, Ben",72,20260102,ben@harbour.example,MT 210 - Fall,"=1+1",EX,80.00,B\r\n'
    '"Weiß, Klara",73,20260103,klara@harbour.example,"MT 210 - Fall, MT 210 Eve",10.00,55.00,,\r\n'
    '"Unknown, Una",74,20269999,una@elsewhere.example,MT 210 - Fall,1.00,,,\r\n'
    '"Student, Test",75,,81f2c0,MT 210 - Fall,,,,\r\n'
).encode()
CANVAS_COLUMN = 6

MOODLE = (
    '"First name",Surname,"ID number",Institution,Department,"Email address",'
    '"Quiz: Massage and MS (Real)","Course total (Real)","Last downloaded from this course"\n'
    "Maya,Lindqvist,20260101,,,maya@harbour.example,-,-,1796050000\n"
    'Ben,O’Hara,20260102,"Harbour School",,ben@harbour.example,40.00,40.00,1796050000\n'
    "\n"
    "Klara,Weiß,20260103,,,klara@harbour.example,-,-,1796050000\n"
    "Klara,Weiß,20260103,,,klara@harbour.example,-,-,1796050000\n"
).encode()
MOODLE_COLUMN = 6

SEMICOLONS = (
    "Klasse 3b;;;\r\n"
    "Nachname;Vorname;E-Mail-Adresse;Note\r\n"
    "Weiß;Klara;klara@harbour.example;82,5\r\n"
    "Lindqvist;Maya;maya@harbour.example\r\n"
).encode("cp1252")


def make_colleagues_workbook() -> bytes:
    """Return a workbook with formulas, a chart, a note, a merged title and a second sheet."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "MT 210"
    sheet.append(["Grades of MT 210, fall"])
    sheet.merge_cells("A1:E1")
    sheet.append(["Name", "Email", "Quiz", "Massage & MS", "Total"])
    rows = [("Maya Lindqvist", "maya"), ("Ben O’Hara", "ben"), ("Klara Weiß", "klara"),
            ("Dimitris Pappas", "dimitris")]  # fmt: skip
    for line, (name, user) in enumerate(rows, start=3):
        sheet.append([name, f"{user}@harbour.example", 8, None, f"=C{line}+D{line}"])
    sheet["D4"] = "to come"
    sheet["D5"] = "=C5*10"
    sheet["D6"].comment = Comment("Sat it late", "Omar")
    chart = BarChart()
    chart.add_data(Reference(sheet, min_col=3, min_row=2, max_row=6), titles_from_data=True)
    sheet.add_chart(chart, "G2")
    second = book.create_sheet("Averages")
    second["A1"] = "=AVERAGE('MT 210'!D3:D6)"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

MEMBERS: Mapping[str, str] = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
    "_rels/.rels": "<Relationships>"
    f'<Relationship Id="a" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>",
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="Hidden" sheetId="1" state="hidden" r:id="h"/>'
    '<sheet name="Chart" sheetId="2" r:id="c"/>'
    '<sheet name="Grades" sheetId="3" r:id="g"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": "<Relationships>"
    f'<Relationship Id="h" Type="{_OFFICE}/worksheet" Target="worksheets/hidden.xml"/>'
    f'<Relationship Id="c" Type="{_OFFICE}/chartsheet" Target="chartsheets/one.xml"/>'
    f'<Relationship Id="g" Type="{_OFFICE}/worksheet" Target="/xl/worksheets/grades.xml"/>'
    f'<Relationship Id="s" Type="{_OFFICE}/sharedStrings" Target="../xl/./sharedStrings.xml"/>'
    f'<Relationship Id="x" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    f'<Relationship Id="o" Type="{_OFFICE}/externalLink" Target="../elsewhere.xlsx"'
    ' TargetMode="External"/></Relationships>',
    "xl/worksheets/hidden.xml": "<worksheet><sheetData/></worksheet>",
    "xl/sharedStrings.xml": '<sst count="2"><si><t>Name</t></si>'
    "<si><r><t>Ma</t></r><r><t>ya_x000D_</t></r><rPh><t>maija</t></rPh></si></sst>",
    "xl/styles.xml": '<styleSheet><numFmts><numFmt numFmtId="170" formatCode="0.0%"/></numFmts>'
    '<cellStyleXfs><xf numFmtId="9"/></cellStyleXfs>'
    '<cellXfs><xf/><xf numFmtId="9"/><xf numFmtId="170"/><xf numFmtId="2"/></cellXfs></styleSheet>',
}


def make_workbook(
    data: str, *, before: str = "", after: str = "", others: Mapping[str, str | bytes] | None = None
) -> bytes:
    """Return a workbook whose sheet holds this XML; others replace or add members."""
    sheet = f'<worksheet xmlns="{_MAIN}">{before}<sheetData>{data}</sheetData>{after}</worksheet>'
    return pack({**MEMBERS, "xl/worksheets/grades.xml": sheet, **(others or {})})


def make_sheet(rows: Sequence[Sequence[str]]) -> str:
    """Return the XML of rows of texts, which are inline and stand side by side."""
    return "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in row) + "</row>"
        for row in rows
    )


def pack(members: Mapping[str, str | bytes]) -> bytes:
    """Return an archive of these members."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, held in members.items():
            archive.writestr(name, held)
    return target.getvalue()


def unpack(contents: bytes) -> dict[str, bytes]:
    """Return the members of an archive by their names, in order."""
    with zipfile.ZipFile(io.BytesIO(contents)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
