"""Fill my file: grades into one column of a file that somebody gave out, and nothing else."""

from collections.abc import Mapping, Sequence

from cpd.schools.files.rules.changes import Change, Filling, Grade
from cpd.schools.files.rules.file_faults import FileFault, FileRefusedError
from cpd.schools.files.rules.matching import Kept, KeptReason, Match, find_first_text
from cpd.schools.files.rules.table_reading import read_table
from cpd.schools.files.rules.tables import Row, Source, Table, strip_empty_end
from cpd.schools.files.rules.text_filling import fill_text
from cpd.schools.files.rules.workbook_filling import fill_workbook


def fill_column(contents: bytes, table: Table, column: int, grades: Mapping[int, Grade]) -> Filling:
    """Write grades into the cells of a column, by the line of their row; raises FileRefusedError.

    The table is the one that was read from these bytes. What is returned is read again, and must
    be that table with exactly these changes: the preview and the file cannot differ.
    """
    if column >= table.width:
        raise FileRefusedError(FileFault.NO_SUCH_COLUMN)
    if table.source is Source.WORKBOOK:
        filling = fill_workbook(contents, table.sheet, column, grades)
    else:
        filling = fill_text(contents, table.delimiter, column, grades)
    returned = read_table(filling.contents, sheet=table.sheet, delimiter=table.delimiter)
    if read_cells(returned.rows) != apply_changes(table.rows, filling.changes):
        raise FileRefusedError(FileFault.WOULD_CHANGE_MORE)
    return filling


def read_cells(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    """Return the cells of rows, whose lines move up where a cell had several lines."""
    return [row.cells for row in rows]


def apply_changes(rows: Sequence[Row], changes: Sequence[Change]) -> list[tuple[str, ...]]:
    """Return the cells of rows after these changes."""
    by_line = {change.line: change for change in changes}
    return [_apply(row, by_line.get(row.line)) for row in rows]


def _apply(row: Row, change: Change | None) -> tuple[str, ...]:
    if change is None:
        return row.cells
    cells = list(row.cells) + [""] * (change.column + 1 - len(row.cells))
    cells[change.column] = change.after
    return strip_empty_end(cells)


def choose_grades(
    table: Table, matches: Sequence[Match], grades: Mapping[str, Grade]
) -> tuple[dict[int, Grade], list[Kept]]:
    """Return the grades by line, and the rows of learners who have none yet."""
    rows = {row.line: row for row in table.rows}
    chosen, kept = {}, []
    for match in matches:
        if match.key in grades:
            chosen[match.line] = grades[match.key]
        else:
            text = find_first_text(rows[match.line])
            kept.append(Kept(match.line, KeptReason.NO_GRADE, text))
    return chosen, kept
