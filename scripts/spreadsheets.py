"""Opens our exports and filled files in LibreOffice: no formula is alive, numbers are numbers.

    python -m scripts.spreadsheets

It needs `soffice`, which Debian has in the package libreoffice-calc-nogui.

Each file is converted to a new workbook by LibreOffice, which is then read by openpyxl. A file with
a formula that nobody neutralized goes the same way and must come alive there, or nothing is proven.
"""

import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

from openpyxl import load_workbook

from cpd.kernel.csv_writing import write_csv
from cpd.schools.files.rules.filling import fill_column
from cpd.schools.files.rules.table_reading import read_table
from cpd.schools.files.rules.workbook_writing import write_workbook
from tests.schools.files.grade_files import (
    CANVAS,
    CANVAS_COLUMN,
    make_colleagues_workbook,
)

Cells: TypeAlias = dict[str, Any]
AS_CSV = "--infilter=CSV:44,34,76,1,,0,false,true,false,false,false,-1,true"
"""Commas, quotation marks, UTF-8, from line 1; numbers are found, and formulas are computed."""
HOSTILE = (
    '=HYPERLINK("http://a.example","b")', "=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1",
    " =1+1", "＝1+1", "=cmd|' /C calc'!A0", 'a",=1+1', "a\n=1+1", "a;=1+1", "'=1+1", "{=1+1}",
)  # fmt: skip
SCORE = Decimal("92.5")


def main() -> int:
    """Try all files, and print what is wrong."""
    if shutil.which("soffice") is None:
        print("This needs soffice. On Debian: apt-get install libreoffice-calc-nogui")
        return 1
    warnings.simplefilter("ignore")  # openpyxl's, about styles that LibreOffice leaves out
    with tempfile.TemporaryDirectory() as folder:
        faults = list(find_faults(Path(folder)))
    print("\n".join(faults) or "No formula is alive, and numbers are numbers.")
    return 1 if faults else 0


def find_faults(folder: Path) -> Iterator[str]:
    """Yield what is wrong with each file."""
    rows: list[list[str | int | Decimal | None]] = [["id", "name", "score"]]
    rows += ([number, text, SCORE] for number, text in enumerate(HOSTILE))
    if not find_formulas(open_in_office(folder, "control.csv", b"id,name\n1,=1+1\n")):
        yield "The control is not alive: this proves nothing."
    exports = {
        "export.csv": write_csv(rows).encode(),
        "export.xlsx": write_workbook("Fall", rows),
    }
    for name, contents in exports.items():
        cells = open_in_office(folder, name, contents)
        yield from (f"{name}: {place} is alive" for place in find_formulas(cells))
        yield from find_wrong_numbers(name, cells, [f"C{n + 2}" for n in range(len(HOSTILE))])
    canvas = fill(CANVAS, CANVAS_COLUMN, {4: SCORE, 5: "=1+1"})
    cells = open_in_office(folder, "canvas.csv", canvas)
    yield from find_wrong_numbers("canvas.csv", cells, ["G4"])
    yield from (f"canvas.csv: {place} is alive" for place in find_formulas(cells) if "G" in place)
    colleague = fill(make_colleagues_workbook(), 3, {3: SCORE, 6: "=1+1"})
    cells = open_in_office(folder, "colleague.xlsx", colleague)
    yield from find_wrong_numbers("colleague.xlsx", cells, ["D3"])
    if find_formulas(cells) != ["D5", "E3", "E4", "E5", "E6"]:
        yield f"colleague.xlsx: these are alive: {find_formulas(cells)}"


def fill(contents: bytes, column: int, grades: dict[int, Decimal | int | str]) -> bytes:
    """Return the file with grades in these lines."""
    return fill_column(contents, read_table(contents), column, grades).contents


def open_in_office(folder: Path, name: str, contents: bytes) -> Cells:
    """Return the cells of the first sheet as LibreOffice has understood the file."""
    given, returned = folder / name, folder / "opened"
    given.write_bytes(contents)
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless",
         *([AS_CSV] if name.endswith(".csv") else []),
         "--convert-to", "xlsx", "--outdir", str(returned), str(given)],
        check=True, capture_output=True,
    )  # fmt: skip
    book = load_workbook(returned / f"{given.stem}.xlsx")
    return {cell.coordinate: cell for row in book.worksheets[0].iter_rows() for cell in row}


def find_formulas(cells: Cells) -> list[str]:
    """Return the places of formulas."""
    return sorted(place for place, cell in cells.items() if cell.data_type == "f")


def find_wrong_numbers(name: str, cells: Cells, places: Sequence[str]) -> Iterator[str]:
    """Yield the places that do not hold the score as a number."""
    for place in places:
        value = cells[place].value
        if isinstance(value, str) or value != SCORE:
            yield f"{name}: {place} is {value!r}, not the number {SCORE}"


if __name__ == "__main__":
    sys.exit(main())
