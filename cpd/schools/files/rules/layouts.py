"""Which column of a table holds what about a person: guessed here, confirmed by a person."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import islice

from cpd.kernel.addresses import is_mail_address
from cpd.schools.files.rules.tables import Row, Table


class PersonField(StrEnum):
    """What a column can say about a person."""

    NAME = "name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    EMAIL = "email"
    NUMBER = "number"


@dataclass(frozen=True)
class Layout:
    """The line with the titles, if there is one, and the column of each field."""

    header_line: int | None = None
    columns: Mapping[PersonField, int] = field(default_factory=dict)


_TITLES: Mapping[PersonField, Sequence[str]] = {
    PersonField.EMAIL: (
        "email", "emailaddress", "mail", "mailaddress", "studentemail", "schoolemail",
        "emailadresse", "adressemail", "courriel", "correoelectronico", "correo",
        "sisloginid", "loginid", "login", "username",
    ),
    PersonField.NUMBER: (
        "studentnumber", "studentno", "studentid", "sisuserid", "idnumber", "orgdefinedid",
        "membernumber", "number", "no", "matriculationnumber", "matrikelnummer", "studentnummer",
        "nummer", "id",
    ),
    PersonField.FIRST_NAME: (
        "firstname", "first", "givenname", "givennames", "forename", "vorname", "voornaam",
        "prenom", "nombre",
    ),
    PersonField.LAST_NAME: (
        "lastname", "last", "surname", "familyname", "nachname", "achternaam", "nomdefamille",
        "apellidos", "apellido",
    ),
    PersonField.NAME: (
        "name", "student", "studentname", "fullname", "learner", "participant", "displayname",
        "nom", "naam",
    ),
}  # fmt: skip
"""Titles of columns without spaces and signs; the best one of each field first."""

Fits = Callable[[str], bool]

_HEADER_LINES = 20
_SAMPLE = 200
_MOSTLY = 0.6
_FEWEST_DIGITS = 3


def guess_layout(table: Table) -> Layout:
    """Return the titles' line and the columns of a table, as far as they can be guessed."""
    header = _find_header(table)
    columns = _guess_by_titles(header) if header else {}
    start = header.line if header else 0
    below = (row for row in table.rows if row.line > start and not row.is_blank)
    sample = list(islice(below, _SAMPLE))
    if sample:
        columns = _keep_plausible(columns, sample)
        _add_by_contents(columns, sample)
    return Layout(header.line if header else None, columns)


def _find_header(table: Table) -> Row | None:
    """Return the row with most known titles; without any, a first row that is not a person."""
    rows = list(islice((row for row in table.rows if not row.is_blank), _HEADER_LINES))
    if not rows:
        return None
    best = max(rows, key=lambda row: (len(_guess_by_titles(row)), -row.line))
    if _guess_by_titles(best) and not any(map(is_mail_address, best.cells)):
        return best
    has_person = any(is_mail_address(cell) or cell.isdecimal() for cell in rows[0].cells)
    return None if has_person or len(rows) == 1 else rows[0]


def simplify_title(text: str) -> str:
    """Return a title in small letters, without accents, spaces and signs."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.sub(r"[\W_]|[\u0300-\u036f]", "", plain)


def _guess_by_titles(header: Row) -> dict[PersonField, int]:
    titles = [simplify_title(cell) for cell in header.cells]
    found: dict[PersonField, int] = {}
    for kind, known in _TITLES.items():
        match = next((title for title in known if title in titles), None)
        if match is not None:
            found[kind] = titles.index(match)
    return found


def _keep_plausible(columns: Mapping[PersonField, int], rows: list[Row]) -> dict[PersonField, int]:
    """Return the columns without one that is called a login but holds no addresses."""
    email = columns.get(PersonField.EMAIL)
    if email is None or _has_share(rows, email, is_mail_address):
        return dict(columns)
    return {kind: column for kind, column in columns.items() if kind is not PersonField.EMAIL}


def _add_by_contents(columns: dict[PersonField, int], rows: list[Row]) -> None:
    """Find the columns of addresses, names and numbers whose titles say nothing."""
    width = max(len(row.cells) for row in rows)
    free = [column for column in range(width) if column not in columns.values()]
    for kind, fits in _LOOKS.items():
        if kind in columns or (kind is PersonField.NAME and _NAME_PARTS & columns.keys()):
            continue
        found = next((column for column in free if _has_share(rows, column, fits)), None)
        if found is not None:
            columns[kind] = found
            free.remove(found)


def _has_share(rows: list[Row], column: int, fits: Fits) -> bool:
    texts = [text for row in rows if (text := row.read_cell(column))]
    return bool(texts) and sum(map(fits, texts)) >= _MOSTLY * len(texts)


def _looks_like_name(text: str) -> bool:
    return " " in text and not any(char.isdigit() or char in "@:/" for char in text)


def _looks_like_number(text: str) -> bool:
    has_digits = sum(map(str.isdigit, text)) >= _FEWEST_DIGITS
    return has_digits and re.fullmatch(r"[\w-]+", text) is not None


_NAME_PARTS = frozenset({PersonField.FIRST_NAME, PersonField.LAST_NAME})
_LOOKS: Mapping[PersonField, Fits] = {
    PersonField.EMAIL: is_mail_address,
    PersonField.NAME: _looks_like_name,
    PersonField.NUMBER: _looks_like_number,
}
