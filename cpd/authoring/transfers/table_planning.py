"""Planning the import of a table of simple cases: a new or changed case for each row."""

import difflib
from collections.abc import Mapping, Sequence

from cpd.authoring.files.case import CaseFile
from cpd.authoring.files.part import CoursePart
from cpd.authoring.short.rules.naming import build_slug, choose_free_slug
from cpd.authoring.sources.csv_reading import CsvRow, parse_csv_or_fault
from cpd.authoring.sources.parsing import ParsedFiles
from cpd.authoring.transfers.case_rows import (
    COLUMNS,
    NEEDED,
    BuiltRow,
    build_case_from_cells_or_faults,
    build_row_or_none,
    build_text_of_row,
    has_same_content,
    splice_row_into_case,
)
from cpd.authoring.transfers.plans import (
    Loss,
    Plan,
    PlanInProgress,
    PlannedFile,
    Texts,
    UploadFault,
)
from cpd.cases.kinds.table import CellFault
from cpd.content.frontmatter import Fault
from cpd.content.yaml_writing import SpliceError

_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}


def plan_table(raw: bytes, now: Texts, *, author: str) -> Plan:
    """Plan the import of a table; `author` stands for whoever a row does not name."""
    table = parse_csv_or_fault("", raw)
    if isinstance(table, Fault):
        return Plan(faults=(UploadFault.from_fault(table),))
    read_as = f"{table.encoding} with {_SEPARATORS[table.delimiter]}"
    plan = PlanInProgress()
    if not table.rows[1:]:
        message, remedy = (
            "The table has no rows.",
            "Fill in at least one row below the columns’ names.",
        )
        plan.faults.append(UploadFault("", 0, 1, "", message, remedy))
        return plan.finish(read_as)
    heading, *rows = table.rows
    columns = [_fold_name(cell) for cell in heading.cells]
    _check_columns(heading, columns, plan)
    if not plan.faults:
        planner = _RowPlanner(columns, now, plan, author)
        for row in rows:
            planner.plan_row(row)
    return plan.finish(read_as)


def _fold_name(name: str) -> str:
    return "_".join(name.lower().split())


def _check_columns(heading: CsvRow, columns: Sequence[str], plan: PlanInProgress) -> None:
    """Note columns that are missing or doubled, and those that no case has."""
    if not set(columns) & set(COLUMNS):
        message, remedy = "The first row does not name the columns.", "Start from the template."
        plan.faults.append(UploadFault("", heading.number, heading.line, "", message, remedy))
        return
    for column in NEEDED:
        if column not in columns:
            message, remedy = "The column is missing.", "Add it."
            plan.faults.append(
                UploadFault("", heading.number, heading.line, column, message, remedy)
            )
    for column in sorted({it for it in columns if it and columns.count(it) > 1}):
        message, remedy = "The column is there twice.", "Keep one of the two."
        plan.faults.append(UploadFault("", heading.number, heading.line, column, message, remedy))
    for column in columns:
        if column and column not in COLUMNS:
            close = difflib.get_close_matches(column, COLUMNS, n=1)
            hint = f" Did you mean “{close[0]}”?" if close else ""
            plan.losses.append(
                Loss(column, f"There is no such column, so its cells are left out.{hint}")
            )


class _RowPlanner:
    """Plans rows, one by one."""

    def __init__(
        self, columns: Sequence[str], now: Texts, plan: PlanInProgress, author: str
    ) -> None:
        self.columns, self.now, self.plan = columns, now, plan
        self.author = author
        self.rows: dict[str, int] = {}
        """The number of the row of each case, by its path."""

    def plan_row(self, row: CsvRow) -> None:
        """Note what a row makes of its case, or what is wrong with it."""
        cells = dict(zip(self.columns, row.cells, strict=False))
        if any(cell.strip() for cell in row.cells[len(self.columns) :]):
            message = "The row has more cells than there are columns."
            self._add_fault(
                row, CellFault("", message, "Put text with separators in quotation marks.")
            )
            return
        built = build_case_from_cells_or_faults(self._with_id(cells), author=self.author)
        if isinstance(built, list):
            for fault in built:
                self._add_fault(row, fault)
            return
        if built.path in self.rows:
            message = f"The case is in row {self.rows[built.path]} as well."
            self._add_fault(row, CellFault("id", message, "Give each case its own id."))
            return
        self.rows[built.path] = row.number
        file = self._plan_case_or_fault(built)
        if isinstance(file, CellFault):
            self._add_fault(row, file)
        else:
            self.plan.files.append(file)

    def _with_id(self, cells: Mapping[str, str]) -> Mapping[str, str]:
        """Give a case without an id one from its title that no other case has."""
        if cells.get("id", "").strip():
            return cells
        taken = {path.partition("/")[2].removesuffix(".md") for path in (*self.now, *self.rows)}
        slug = build_slug(cells.get("title", "").replace("’s", "")) or "case"
        return {**cells, "id": choose_free_slug(slug, taken)}

    def _plan_case_or_fault(self, built: BuiltRow) -> PlannedFile | CellFault:
        before = self.now.get(built.path)
        if before is None:
            return PlannedFile(built.path, build_text_of_row(built), None)
        case = _parse_case_or_none(built.path, before)
        if case is None or build_row_or_none(case) is None:
            message = "The case in the course has more than a row can hold."
            return CellFault("id", message, "Leave the row out, and change the case by its form.")
        if has_same_content(built, case):
            return PlannedFile(built.path, before, before)
        try:
            return PlannedFile(built.path, splice_row_into_case(built, case), before)
        except SpliceError as error:
            return CellFault("id", error.message, "Change the case by its form.")

    def _add_fault(self, row: CsvRow, fault: CellFault) -> None:
        self.plan.faults.append(
            UploadFault("", row.number, row.line, fault.column, fault.message, fault.remedy)
        )


def _parse_case_or_none(path: str, text: str) -> CoursePart[CaseFile] | None:
    parsed = ParsedFiles()
    parsed.parse_and_add_file(path, text.encode())
    return parsed.parts[0] if not parsed.faults else None
