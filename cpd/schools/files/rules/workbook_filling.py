"""Writing into a column of a workbook: the XML of one sheet is edited inside the archive."""

import re
from collections.abc import Mapping

from cpd.schools.files.rules.cell_writing import render_cell, show_value
from cpd.schools.files.rules.changes import Change, Filling, Grade, Note, replace_pieces
from cpd.schools.files.rules.file_faults import FileFault, FileRefusedError
from cpd.schools.files.rules.matching import Kept, KeptReason
from cpd.schools.files.rules.sheets import Sheet, SheetCell, SheetRow
from cpd.schools.files.rules.tables import label_of_column
from cpd.schools.files.rules.workbooks import Workbook, find_percent_styles, open_workbook

_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")


def fill_workbook(
    contents: bytes, sheet_name: str, column: int, grades: Mapping[int, Grade]
) -> Filling:
    """Return the workbook with the grades written into the column of their lines."""
    workbook = open_workbook(contents, sheet_name)
    _refuse_if_harmed(workbook)
    percent = find_percent_styles(workbook.archive)
    filling, pieces = Filling(contents), []
    for row in workbook.sheet.rows:
        if row.line not in grades or not row.cells:
            continue
        grade, cell = grades[row.line], row.cells.get(column)
        if reason := _find_reason_to_keep(workbook.sheet, row.line, column, cell):
            filling.kept.append(Kept(row.line, reason, _find_first_text(row)))
            continue
        attributes = cell.attributes if cell else _build_attributes(workbook.sheet, row, column)
        pieces.append(_build_piece(row, column, grade, attributes))
        before = cell.text if cell else ""
        filling.changes.append(Change(row.line, column, before, show_value(grade)))
        if attributes.get("s") in percent and not isinstance(grade, str):
            filling.notes.add(Note.SHOWN_AS_PERCENT)
    if filling.changes and _has_formulas(workbook):
        filling.notes.add(Note.FORMULAS_STALE)
    changed = replace_pieces(workbook.contents, pieces)
    filling.contents = workbook.archive.replace(workbook.member, changed)
    return filling


def _refuse_if_harmed(workbook: Workbook) -> None:
    """Refuse a workbook that would not be the same afterwards, or whose owner said no."""
    if workbook.archive.is_signed:
        raise FileRefusedError(FileFault.SIGNED)
    if workbook.sheet.is_protected:
        raise FileRefusedError(FileFault.PROTECTED_SHEET)


def _find_reason_to_keep(
    sheet: Sheet, line: int, column: int, cell: SheetCell | None
) -> KeptReason | None:
    is_formula = cell is not None and cell.has_formula
    if is_formula or any(area.holds(line, column) for area in sheet.formulas):
        return KeptReason.FORMULA
    if any(area.holds(line, column) for area in sheet.merged):
        return KeptReason.MERGED
    return KeptReason.RICH if cell is not None and cell.is_rich else None


def _build_attributes(sheet: Sheet, row: SheetRow, column: int) -> dict[str, str]:
    """Return place and style of a cell that the row lacks: the row's style, or the column's."""
    attributes = {"r": f"{label_of_column(column)}{row.line}"}
    styles = [style for first, last, style in sheet.column_styles if first <= column <= last]
    if row.attributes.get("customFormat") in {"1", "true"} and "s" in row.attributes:
        styles.insert(0, row.attributes["s"])
    return attributes | {"s": styles[0]} if styles else attributes


def _build_piece(
    row: SheetRow, column: int, grade: Grade, attributes: Mapping[str, str]
) -> tuple[int, int, bytes]:
    """Return the place of the cell, or the one where it belongs, and its new XML."""
    if cell := row.cells.get(column):
        return cell.start, cell.end, render_cell(grade, attributes, tag=cell.tag).encode()
    after = [cell for place, cell in row.cells.items() if place > column]
    start = after[0].start if after else row.close
    tag = next(iter(row.cells.values())).tag
    return start, start, render_cell(grade, attributes, tag=tag).encode()


def _find_first_text(row: SheetRow) -> str:
    return next((cell.text for cell in row.cells.values() if cell.text), "")


def _has_formulas(workbook: Workbook) -> bool:
    """Whether any sheet computes something, which is not computed anew before it is opened."""
    sheets = (workbook.archive.read(member) for member in workbook.members)
    return any(map(_FORMULA.search, sheets))
