"""The people in a table: who is in which row, and what is wrong with a row."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from cpd.kernel.addresses import encode_address, is_mail_address
from cpd.kernel.single_line import LineFault, clean_line
from cpd.schools.files.rules.layouts import Layout, PersonField
from cpd.schools.files.rules.tables import Row, Table

LONGEST_NUMBER = 40


class RowFault(StrEnum):
    """What is wrong with one cell of a row."""

    NO_NAME = "no_name"
    BAD_NAME = "bad_name"
    NO_EMAIL = "no_email"
    BAD_EMAIL = "bad_email"
    BAD_NUMBER = "bad_number"
    DOUBLE_EMAIL = "double_email"
    DOUBLE_NUMBER = "double_number"


@dataclass(frozen=True, slots=True)
class Person:
    """Who a row is about, as the file says it."""

    line: int
    name: str = ""
    email: str = ""
    number: str = ""
    has_whole_name: bool = True
    """False if only the first or only the last name is given, and the other cell is empty."""

    @property
    def whole_name(self) -> str:
        """The name, or nothing if the file gives only half of it."""
        return self.name if self.has_whole_name else ""


@dataclass(frozen=True, slots=True)
class FaultyCell:
    """Where the fault is, and what stands there."""

    line: int
    column: int | None
    fault: RowFault
    text: str = ""
    other_line: int | None = None
    """The line that says the same of somebody, if that is the fault."""


@dataclass(frozen=True)
class PeopleRead:
    """The people of a table, and the faults in its rows."""

    people: tuple[Person, ...]
    faults: tuple[FaultyCell, ...]

    @property
    def sound(self) -> tuple[Person, ...]:
        """The people in whose rows nothing is wrong."""
        faulty = {fault.line for fault in self.faults}
        return tuple(person for person in self.people if person.line not in faulty)


def read_people(table: Table, layout: Layout) -> PeopleRead:
    """Return who is in the rows below the titles, and every fault, in the order of the file."""
    rows = rows_of_people(table, layout)
    people = tuple(_read_person(row, layout) for row in rows)
    faults = [
        *(fault for row, person in zip(rows, people, strict=True)
          for fault in _find_faults(row, person, layout)),
        *_find_doubles(people, layout),
    ]  # fmt: skip
    return PeopleRead(people, tuple(sorted(faults, key=lambda fault: fault.line)))


def rows_of_people(table: Table, layout: Layout) -> list[Row]:
    """Return the rows below the titles that are not blank."""
    start = layout.header_line or 0
    return [row for row in table.rows if row.line > start and not row.is_blank]


def _read_person(row: Row, layout: Layout) -> Person:
    def read(field: PersonField) -> str:
        return row.read_cell(layout.columns.get(field))

    parts = (read(PersonField.FIRST_NAME), read(PersonField.LAST_NAME))
    name = " ".join(filter(None, parts)) or put_first_name_first(read(PersonField.NAME))
    email = encode_address(read(PersonField.EMAIL)).lower()
    return Person(
        row.line,
        clean_line(name).text,
        email,
        read(PersonField.NUMBER),
        has_whole_name=all(parts) or not any(parts),
    )


def put_first_name_first(name: str) -> str:
    """Return "Ada Lovelace" for "Lovelace, Ada", as many systems write names."""
    last, comma, first = name.partition(",")
    if not comma or "," in first or not first.strip():
        return name
    return f"{first.strip()} {last.strip()}"


def _find_faults(row: Row, person: Person, layout: Layout) -> Iterator[FaultyCell]:
    def found(fault: RowFault, *fields: PersonField) -> FaultyCell:
        columns = [layout.columns[field] for field in fields if field in layout.columns]
        column = columns[0] if columns else None
        return FaultyCell(row.line, column, fault, row.read_cell(column))

    names = (PersonField.NAME, PersonField.LAST_NAME, PersonField.FIRST_NAME)
    name = clean_line(person.name)
    if name.fault is not None:
        is_empty = name.fault is LineFault.EMPTY
        yield found(RowFault.NO_NAME if is_empty else RowFault.BAD_NAME, *names)
    if not person.email:
        yield found(RowFault.NO_EMAIL, PersonField.EMAIL)
    elif not is_mail_address(person.email):
        yield found(RowFault.BAD_EMAIL, PersonField.EMAIL)
    number = clean_line(person.number, longest=LONGEST_NUMBER, needs_letter=False)
    if number.fault not in {None, LineFault.EMPTY}:
        yield found(RowFault.BAD_NUMBER, PersonField.NUMBER)


def _find_doubles(people: tuple[Person, ...], layout: Layout) -> Iterator[FaultyCell]:
    emails: dict[str, int] = {}
    numbers: dict[str, int] = {}
    for person in people:
        for text, seen, fault, field in (
            (person.email, emails, RowFault.DOUBLE_EMAIL, PersonField.EMAIL),
            (person.number, numbers, RowFault.DOUBLE_NUMBER, PersonField.NUMBER),
        ):
            first = seen.setdefault(text, person.line) if text else person.line
            if first != person.line:
                column = layout.columns.get(field)
                yield FaultyCell(person.line, column, fault, text, first)
