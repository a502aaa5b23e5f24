"""Reading what CE Broker answers, and finding the rows that it is about.

Each record of an answer has an identifier, or a message that says why it was not taken. Answers are
XML, as the web service returns them, or a table with a line of headings, such as a CSV file.
"""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from xml.parsers import expat

from cpd.reporting.rules.roster import COURSE_PREFIX

MOST_BYTES = 900_000
"""Somewhat less than one request may carry."""
MOST_LINES = 5_000
LONGEST_TEXT = 300
_DEEPEST = 20
_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_AMERICAN_DAY = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})\b")
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_IS_ALL = True
_NAMES: Mapping[str, frozenset[str]] = {
    "license": frozenset(
        {
            "license",
            "licensenumber",
            "licenseno",
            "licensee",
            "licenseenumber",
            "statelicenseformat",
        }
    ),
    "course": frozenset({"course", "courseid", "coursenumber", "coursetrackingnumber", "idcourse"}),
    "day": frozenset({"completiondate", "datecompleted", "completed", "dtcompleted"}),
    "reference": frozenset(
        {"id", "identifier", "rosterid", "idroster", "recordid", "confirmation", "idattendee"}
    ),
    "message": frozenset({"message", "error", "errormessage"}),
}
"""The names of each column or attribute, without anything but letters and digits."""


class ReceiptFault(StrEnum):
    """Why a file cannot be read as an answer."""

    EMPTY = "empty"
    TOO_LARGE = "too-large"
    SPREADSHEET = "spreadsheet"
    BROKEN_XML = "broken-xml"
    NO_COLUMNS = "no-columns"
    NO_RECORDS = "no-records"


@dataclass(frozen=True)
class ReceiptLine:
    """What an answer says of one record."""

    number: int
    """Its place among the records of the file, from 1."""
    license: str
    course: str = ""
    """Without “20-”; empty if the record does not say it."""
    day: date | None = None
    reference: str = ""
    message: str = ""

    @property
    def answer(self) -> tuple[str, str]:
        """That the record was taken, or why it was not."""
        return self.reference, self.message


def parse_receipt(content: bytes) -> list[ReceiptLine] | ReceiptFault:
    """Return the records in a file, or why there are none."""
    if not content.strip():
        return ReceiptFault.EMPTY
    if len(content) > MOST_BYTES:
        return ReceiptFault.TOO_LARGE
    if content.startswith(_SPREADSHEETS):
        return ReceiptFault.SPREADSHEET
    is_xml = content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    found = _parse_xml(content) if is_xml else _parse_table(_decode(content))
    return found if isinstance(found, ReceiptFault) else found or ReceiptFault.NO_RECORDS


def _decode(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _parse_table(text: str) -> list[ReceiptLine] | ReceiptFault:
    heading = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=heading.count)
    rows = csv.reader(io.StringIO(text.lstrip()), delimiter=delimiter)
    try:
        names = [_find_meaning(cell) for cell in next(rows, [])]
        if "license" not in names or not {"reference", "message"}.intersection(names):
            return ReceiptFault.NO_COLUMNS
        records = (dict(zip(names, row, strict=False)) for row in rows if any(row))
        return _build_lines(records)
    except csv.Error:
        return ReceiptFault.NO_COLUMNS


def _find_meaning(name: str) -> str:
    """Return what a column or attribute holds, by its name; empty for one that says nothing."""
    bare = re.sub(r"[^a-z0-9]", "", name.casefold())
    return next((meaning for meaning, names in _NAMES.items() if bare in names), "")


class _RefusedError(Exception):
    """Stops reading: a doctype could expand to anything, and no answer is nested so deeply."""


@dataclass
class _XmlReader:
    """Collects the elements that name a license."""

    records: list[dict[str, str]] = field(default_factory=list)
    _courses: list[str] = field(default_factory=list)
    """The course of each open element, or of what is around it."""

    def parse(self, content: bytes) -> None:
        parser = expat.ParserCreate()
        parser.StartElementHandler = self._read_start_tag
        parser.EndElementHandler = self._read_end_tag
        parser.StartDoctypeDeclHandler = self._refuse
        parser.Parse(content, _IS_ALL)

    def _refuse(self, *_: object) -> None:
        raise _RefusedError

    def _read_start_tag(self, _name: str, attributes: Mapping[str, str]) -> None:
        if len(self._courses) >= _DEEPEST:
            raise _RefusedError
        record: dict[str, str] = {}
        for name, value in attributes.items():
            meaning = _find_meaning(name)
            record[meaning] = record.get(meaning) or value
        around = self._courses[-1] if self._courses else ""
        self._courses.append(record.get("course") or around)
        if record.get("license"):
            self.records.append({**record, "course": self._courses[-1]})

    def _read_end_tag(self, _name: str) -> None:
        self._courses.pop()


def _parse_xml(content: bytes) -> list[ReceiptLine] | ReceiptFault:
    reader = _XmlReader()
    try:
        reader.parse(content)
    except (_RefusedError, expat.ExpatError, LookupError, ValueError):
        return ReceiptFault.BROKEN_XML
    return _build_lines(reader.records)


def _build_lines(records: Iterable[Mapping[str, str]]) -> list[ReceiptLine] | ReceiptFault:
    lines: list[ReceiptLine] = []
    for number, record in enumerate(records, start=1):
        if number > MOST_LINES:
            return ReceiptFault.TOO_LARGE
        lines.append(
            ReceiptLine(
                number=number,
                license=_clean(record.get("license")),
                course=_clean(record.get("course")).removeprefix(COURSE_PREFIX),
                day=_parse_day(_clean(record.get("day"))),
                reference=_clean(record.get("reference")),
                message=_clean(record.get("message")),
            )
        )
    return [line for line in lines if line.license]


def _clean(text: str | None) -> str:
    """Return one printable line that is not too long."""
    words = "".join(sign if sign.isprintable() else " " for sign in text or "").split()
    return " ".join(words)[:LONGEST_TEXT]


def _parse_day(text: str) -> date | None:
    """Return the day that a text begins with, as CE Broker writes it; None if there is none."""
    american, iso = _AMERICAN_DAY.match(text), _ISO_DAY.match(text)
    if american:
        month, day, year = american.groups()
    elif iso:
        year, month, day = iso.groups()
    else:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


# Finding the rows


@dataclass(frozen=True)
class SentRow:
    """A row of a file that was sent."""

    id: int
    license: str
    course: str
    day: date


class MatchFaultKind(StrEnum):
    """Why an answer does not fit a file."""

    FOREIGN = "foreign"
    """It names a record that the file does not have."""
    AMBIGUOUS = "ambiguous"
    """A record of it fits several rows."""
    CONTRADICTS = "contradicts"
    """Two records of it say different things about one row."""


@dataclass(frozen=True)
class MatchFault:
    """Why an answer does not fit, and the first record that shows it."""

    kind: MatchFaultKind
    line: ReceiptLine


def match_receipt(
    rows: Sequence[SentRow], lines: Iterable[ReceiptLine]
) -> dict[int, ReceiptLine] | MatchFault:
    """Return the record for each row, by its id; rows without one are left out.

    The order does not matter, and neither do spaces, hyphens and capitals in numbers.
    """
    by_license: dict[str, list[SentRow]] = defaultdict(list)
    for row in rows:
        for key in {_build_key(row.license), _keep_digits(row.license)}:
            by_license[key].append(row)
    found: dict[int, ReceiptLine] = {}
    for line in lines:
        matching = [row for row in by_license[_build_key(line.license)] if _fits(row, line)]
        if len(matching) != 1:
            kind = MatchFaultKind.AMBIGUOUS if matching else MatchFaultKind.FOREIGN
            return MatchFault(kind, line)
        (row,) = matching
        before = found.get(row.id)
        if before is not None and before.answer != line.answer:
            return MatchFault(MatchFaultKind.CONTRADICTS, line)
        found[row.id] = line
    return {id_: line for id_, line in found.items() if any(line.answer)}


def _fits(row: SentRow, line: ReceiptLine) -> bool:
    return line.course in {"", row.course} and line.day in {None, row.day}


def _build_key(number: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", number.upper())


def _keep_digits(number: str) -> str:
    """Return the digits: of numbers with letters, CE Broker names only these in some answers."""
    return re.sub(r"[^0-9]", "", number)
