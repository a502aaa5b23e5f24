"""The one writer of workbooks: texts are texts, numbers are numbers, and there is no formula."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from decimal import Decimal
from html import escape

from cpd.schools.files.rules.cell_writing import render_cell
from cpd.schools.files.rules.tables import label_of_column
from cpd.schools.files.rules.xml_reading import escape_text

_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_MADE_AT = (1980, 1, 1, 0, 0, 0)
"""The first time that an archive can state: the same rows make the same file."""
_NOT_IN_TITLES = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_LONGEST_TITLE = 31

_MEMBERS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Default Extension="rels"'
    ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>",
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    "<borders><border><left/><right/><top/><bottom/><diagonal/></border></borders>"
    '<cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf xfId="0"/><xf xfId="0" fontId="1" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>",
}
_BOLD = {"s": "1"}


def write_workbook(
    title: str, rows: Iterable[Sequence[str | int | Decimal | None]], *, header_rows: int = 1
) -> bytes:
    """Return a workbook with one sheet; the rows of titles are bold and stay in view."""
    sheet = "".join(
        f'<row r="{line}">{_render_row(row, line, is_header=line <= header_rows)}</row>'
        for line, row in enumerate(rows, start=1)
    )
    pane = (
        f'<sheetViews><sheetView workbookViewId="0"><pane ySplit="{header_rows}"'
        f' topLeftCell="A{header_rows + 1}" activePane="bottomLeft" state="frozen"/>'
        "</sheetView></sheetViews>"
    )
    members = _MEMBERS | {
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        f'<sheet name="{escape(_shorten_title(title))}" sheetId="1" r:id="rId1"/>'
        "</sheets></workbook>",
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{_MAIN}">{pane}'
        f"<sheetData>{sheet}</sheetData></worksheet>",
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            entry = zipfile.ZipInfo(name, _MADE_AT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, _DECLARATION + text)
    return target.getvalue()


def _render_row(row: Sequence[str | int | Decimal | None], line: int, *, is_header: bool) -> str:
    style = _BOLD if is_header else {}
    return "".join(
        render_cell(value, {"r": f"{label_of_column(column)}{line}", **style})
        for column, value in enumerate(row)
        if value is not None and value != ""
    )


def _shorten_title(title: str) -> str:
    """Return a title that a sheet may have."""
    return escape_text(title.translate(_NOT_IN_TITLES)).strip()[:_LONGEST_TITLE] or "1"
