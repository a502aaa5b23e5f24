"""A simple case as a row of a table, and the file that a row makes.

A case is simple if nothing of it is lost on the way to a row and back: its steps are of kinds that
fit into a table, each at most once, and all answers lead on to the same step.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from cpd.authoring.files.case import CaseFile
from cpd.authoring.files.part import CoursePart
from cpd.authoring.short.case_text import format_file
from cpd.authoring.short.rules.naming import build_slug
from cpd.cases.kinds.registry import KINDS
from cpd.cases.kinds.step_file import END, import_step_file_schema
from cpd.cases.kinds.table import YES_NO, CellFault, CellReader, StepTable
from cpd.cases.scales import Difficulty, Pool
from cpd.content import splice
from cpd.content.frontmatter import FrontMatter, Path, Place, Places, Value
from cpd.content.schema_faults import build_schema_faults

BODY = "client"
"""The column of the text below the keys."""
_KEYS: Mapping[str, str] = {
    "id": "id",
    "title": "title",
    "section": "section",
    "position": "position",
    "objectives": "objectives",
    "hazards": "safety_cards",
    "family": "family",
    "difficulty": "difficulty",
    "pool": "used_in",
    "red_flag": "warning_sign",
    "open": "open",
    "passage": "passage",
    "author": "author",
}
"""The column of each key of a case but its steps."""
_LISTS = ("objectives", "hazards")
_SWITCHES = ("red_flag", "open")
NEEDED = ("title", BODY, "section", "objectives", "warning_sign", "passage")
"""Columns that each row fills in; the others may be empty, or missing."""
_LEVELS = {level.value: level.value for level in Difficulty}
_POOLS = {pool.value: pool.value for pool in Pool}
_TABLES: Mapping[str, StepTable] = {
    name: table
    for name, kind in KINDS.items()
    if (table := import_step_file_schema(kind).table) is not None
}
"""By kind, in the order in which the steps of a row follow each other."""
COLUMNS: Sequence[str] = (
    *("id", "title", BODY),
    *(column for table in _TABLES.values() for column in table.columns),
    *(column for key, column in _KEYS.items() if key not in ("id", "title")),
)


@dataclass(frozen=True)
class BuiltRow:
    """The case that a row makes."""

    keys: Mapping[str, Value]
    body: str
    file: CaseFile

    @property
    def path(self) -> str:
        """Where its file is in the course."""
        return f"cases/{self.file.id}.md"


def build_row_or_none(case: CoursePart[CaseFile]) -> Sequence[str] | None:
    """Return a case as a row; None if a row cannot hold all of it."""
    cells = _build_cells(case)
    built = build_case_from_cells_or_faults(cells, author="")
    is_same = isinstance(built, BuiltRow) and has_same_content(built, case)
    return [cells.get(column, "") for column in COLUMNS] if is_same else None


def _build_cells(case: CoursePart[CaseFile]) -> dict[str, str]:
    cells = {column: _format_value(getattr(case.file, key)) for key, column in _KEYS.items()}
    cells[BODY] = case.source.body
    for step in case.file.steps:
        cells |= step.table.build_cells(step) if step.table else {}
    return {column: text.strip() for column, text in cells.items()}


def _format_value(value: Any) -> str:
    if isinstance(value, bool):
        return YES_NO["true" if value else "false"]
    if isinstance(value, list):
        return ", ".join(value)
    return "" if value is None else str(value)


def build_case_from_cells_or_faults(
    cells: Mapping[str, str], *, author: str
) -> BuiltRow | list[CellFault]:
    """Return the case that the cells of a row make.

    `author` stands for whoever a row does not name.
    """
    reader = CellReader(cells)
    for column in NEEDED:
        reader.read_needed_text(column)
    keys = _build_keys(reader, author)
    if reader.faults:
        return reader.faults
    body = reader.read_text(BODY)
    try:
        return BuiltRow(keys, body, CaseFile.model_validate(keys))
    except ValidationError as error:
        faults = _find_faults(error, keys)
        written = [fault for fault in faults if not fault.column or cells.get(fault.column)]
        return written or faults  # what was filled in has the fault of what it was made from


def build_text_of_row(built: BuiltRow) -> str:
    """Return the file of a new case, in the layout of the shipped ones."""
    return format_file(built.keys, built.body)


def _build_keys(reader: CellReader, author: str) -> dict[str, Value]:
    case_id = reader.read_text("id") or build_slug(reader.read_text("title")) or "case"
    position = reader.read_text("position")
    keys: dict[str, Value] = {
        "id": case_id,
        "title": reader.read_text("title"),
        "section": reader.read_text("section"),
        **({"position": _read_number(reader, "position")} if position else {}),
        **{key: _read_list(reader, _KEYS[key]) for key in _LISTS},
        "family": reader.read_text("family") or case_id,
        "difficulty": reader.read_word("difficulty", _LEVELS, Difficulty.MEDIUM.value),
        "pool": reader.read_word(
            _KEYS["pool"], _POOLS, (Pool.PRACTICE if position else Pool.EXAM).value
        ),
        **{key: reader.read_yes_no(_KEYS[key]) for key in _SWITCHES},
        "passage": reader.read_text("passage"),
        "author": reader.read_text("author") or author,
    }
    return {**keys, "steps": _build_steps(reader)}


def _read_list(reader: CellReader, column: str) -> list[Value]:
    return [*reader.read_text(column).replace(",", " ").replace(";", " ").split()]


def _read_number(reader: CellReader, column: str) -> Value:
    text = reader.read_text(column)
    if not (text.isascii() and text.isdecimal() and len(text) < len("1000000")):
        message = f"“{text}” is not a whole number."
        reader.faults.append(CellFault(column, message, "Write a number such as 1."))
        return 0
    return int(text)


def _build_steps(reader: CellReader) -> list[Value]:
    """Return the steps of a row, each leading to the one after it."""
    asked = [table for table in _TABLES.values() if reader.read_text(table.asking_column)]
    if not asked:
        columns = [table.asking_column for table in _TABLES.values()]
        remedy = f"Fill in {' or '.join(columns)}."
        reader.faults.append(
            CellFault(columns[0], "The row has neither a decision nor a question.", remedy)
        )
    steps: list[Value] = []
    following: dict[str, Value] = {}
    for table in reversed(asked):
        step = table.build_step(reader, following)
        following = {"leads_to": step["id"]}
        steps.insert(0, step)
    return steps


def _find_faults(error: ValidationError, keys: Mapping[str, Value]) -> list[CellFault]:
    """Return what the schema finds wrong, with the column from which it comes."""
    places = Places("", {path: Place(at, at) for at, path in enumerate(_list_paths(keys))})
    faults = build_schema_faults(error, CaseFile, FrontMatter(dict(keys), places))
    paths = list(places.by_path)
    return [
        CellFault(_find_column_of_path(paths[fault.line], keys), fault.message, fault.remedy)
        for fault in faults
    ]


def _list_paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of a value and of each one below it."""
    yield path
    inner: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    for key, each in inner:
        yield from _list_paths(each, (*path, key))


def _find_column_of_path(path: Path, keys: Mapping[str, Value]) -> str:
    match path:
        case ("steps", int(position), *rest):
            steps: Any = keys["steps"]
            return _TABLES[steps[position]["kind"]].find_column(tuple(rest))
        case (str(key),):
            return _KEYS.get(key, "")
    return ""


# Changing a case that is there


def has_same_content(built: BuiltRow, case: CoursePart[CaseFile]) -> bool:
    """Tell whether a row says what a case says, whatever the layout of its file."""
    return _simplify(built.file, built.body) == _simplify(case.file, case.source.body)


def _simplify(file: CaseFile, body: str) -> tuple[Any, str]:
    return _strip(file.model_dump(mode="json", by_alias=True)), body.strip()


def _strip(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _strip(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_strip(inner) for inner in value]
    return value.strip() if isinstance(value, str) else value


def splice_row_into_case(built: BuiltRow, case: CoursePart[CaseFile]) -> str:
    """Return the text of a case with what its row changes; the rest stays byte for byte.

    Raises SpliceError.
    """
    text, data = case.text, case.source.data
    for path, value in _find_changes(data, dict(built.keys)):
        gone = value is None
        text = splice.remove_value(text, path) if gone else splice.set_value(text, path, value)
    if built.body == case.source.body.strip():
        return text
    return splice.replace_body(text, f"{built.body}\n")


def _find_changes(old: Value, new: Value, path: Path = ()) -> Iterator[tuple[Path, Value]]:
    """Yield the smallest values that differ, with their paths; None for those that are gone.

    Line ends around a text, and defaults that are written out, stay as they are.
    """
    if isinstance(old, dict) and isinstance(new, dict):
        for key, value in new.items():
            yield from _find_changes(old.get(key), value, (*path, key))
        for key in sorted(old.keys() - new.keys()):
            if not (old[key] is False or old[key] == END):
                yield (*path, key), None
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for position, pair in enumerate(zip(old, new, strict=True)):
            yield from _find_changes(*pair, (*path, position))
    elif _strip(old) != _strip(new):
        yield path, new
