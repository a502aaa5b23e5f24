"""Writing the rows of a file in the old format of Excel, which CE Broker asks for.

docs/adr/0022-xlwt-for-old-excel-files.md says why with this library.
"""

import io
from collections.abc import Iterable, Sequence

import xlwt

from cpd.kernel.csv_writing import neutralize_formula
from cpd.reporting.rules.roster import Cell

TYPE = "application/octet-stream"
"""No browser opens it, because it must reach CE Broker as it is."""
SHEET = "Completions"
DAY_FORMAT = "M/D/YYYY"


def write_roster_file(rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return the rows as a file; the same rows give the same bytes.

    Every text is a cell of type text, so that a number keeps its leading zeros, and a text that a
    spreadsheet program would run stays text.
    """
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet(SHEET)
    as_day = xlwt.easyxf(num_format_str=DAY_FORMAT)
    for place, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, str) and cell:
                sheet.write(place, column, neutralize_formula(cell))
            elif not isinstance(cell, str):
                sheet.write(place, column, cell, as_day)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
