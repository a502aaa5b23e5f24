"""Which row of a file is about which learner, and which rows are left as they are."""

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from cpd.schools.files.rules.layouts import Layout
from cpd.schools.files.rules.people import Person, read_people
from cpd.schools.files.rules.tables import Row, Table

_TOTALS = frozenset({"points possible", "max points", "maximum points", "maximum grade"})
"""How rows begin that say the most that can be reached: Canvas writes the first."""


class KeptReason(StrEnum):
    """Why a row or a cell stays as it is."""

    BLANK = "blank"
    TOTALS = "totals"
    DOUBLE = "double"
    SAME_NAME = "same_name"
    UNMATCHED = "unmatched"
    NO_GRADE = "no_grade"
    FORMULA = "formula"
    MERGED = "merged"
    RICH = "rich"
    UNWRITABLE = "unwritable"


@dataclass(frozen=True, slots=True)
class Kept:
    """A row that stays as it is."""

    line: int
    reason: KeptReason
    text: str = ""
    """What the row says first, so that a person finds it."""


@dataclass(frozen=True, slots=True)
class Learner:
    """A person whose grades are to be written; `key` is how the caller knows them."""

    key: str
    name: str
    emails: tuple[str, ...] = ()
    """The address of the account, and the one that the school has for them."""
    number: str = ""


class MatchedBy(StrEnum):
    """What a row and a learner have in common."""

    CONFIRMED = "confirmed"
    NUMBER = "number"
    EMAIL = "email"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Match:
    """A row and its learner."""

    line: int
    key: str
    by: MatchedBy


@dataclass(frozen=True)
class Matches:
    """The rows that have a learner, the rows that stay, and the learners without a row."""

    found: tuple[Match, ...]
    kept: tuple[Kept, ...]
    missing: tuple[str, ...]


def match_rows(
    table: Table,
    layout: Layout,
    learners: Collection[Learner],
    confirmed: Mapping[str, str] | None = None,
) -> Matches:
    """Match rows with learners: by what was confirmed, then number, address and whole name.

    `confirmed` maps what identifies a row (see `identify_row`) to a learner's key, or to nothing
    if the row is about nobody here.
    """
    people = {person.line: person for person in read_people(table, layout).people}
    keys = _Keys(learners, confirmed or {}, {person.number for person in people.values()})
    matches, kept = [], []
    for row in table.rows:
        if row.line <= (layout.header_line or 0):
            continue
        match = _find_match(row, people.get(row.line), keys)
        if isinstance(match, Match):
            matches.append(match)
        else:
            kept.append(Kept(row.line, match, find_first_text(row)))
    found, doubles = _split_doubles(matches, table)
    taken = {match.key for match in matches}
    return Matches(
        found=tuple(found),
        kept=tuple(sorted([*kept, *doubles], key=lambda row: row.line)),
        missing=tuple(learner.key for learner in learners if learner.key not in taken),
    )


def identify_row(person: Person) -> str:
    """Return what a file will say of this person again: the number, else the address or name.

    It is empty for a row that says none of these, which nobody can be paired with.
    """
    if person.number:
        return f"number {person.number}"
    if person.email:
        return f"email {person.email}"
    name = simplify_name(person.name)
    return f"name {name}" if name else ""


def find_first_text(row: Row) -> str:
    """Return the first text of a row."""
    return next((cell.strip() for cell in row.cells if cell.strip()), "")


def is_row_of_totals(row: Row) -> bool:
    """Tell whether a row says the most that can be reached, and is about nobody."""
    return find_first_text(row).casefold() in _TOTALS


def simplify_name(name: str) -> str:
    """Return a name in small letters, without accents and signs, to compare it."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(char for char in plain if char.isalnum() or char.isspace())
    return " ".join(letters.split())


class _Keys:
    """The learners by everything that can identify them; what two of them share does not."""

    def __init__(
        self,
        learners: Collection[Learner],
        confirmed: Mapping[str, str],
        numbers: Collection[str],
    ) -> None:
        known = {learner.key for learner in learners} | {""}
        self.confirmed = {row: key for row, key in confirmed.items() if key in known}
        self.by_number = _index((learner.number, learner.key) for learner in learners)
        self.by_email = _index(
            (email.lower(), learner.key) for learner in learners for email in learner.emails
        )
        self.by_name = _index((simplify_name(learner.name), learner.key) for learner in learners)
        self._numbers = {learner.key: learner.number for learner in learners}
        self._has_numbers_of_school = not self.by_number.keys().isdisjoint(numbers)
        self.same_names = {
            name
            for name, count in Counter(simplify_name(learner.name) for learner in learners).items()
            if count > 1
        }

    def has_other_number(self, key: str, number: str) -> bool:
        """Tell whether a learner is known by another number, and so is somebody else.

        If no row has a number of the school, the file has those of another system, which
        contradict nothing.
        """
        known = self._numbers.get(key, "")
        return bool(self._has_numbers_of_school and known and number and known != number)


def _index(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the keys by their texts, without texts that several share."""
    listed = {(text, key) for text, key in pairs if text}
    counts = Counter(text for text, _ in listed)
    return {text: key for text, key in listed if counts[text] == 1}


def _find_match(row: Row, person: Person | None, keys: _Keys) -> Match | KeptReason:
    if person is None:
        return KeptReason.BLANK
    if is_row_of_totals(row):
        return KeptReason.TOTALS
    if keys.confirmed.get(identify_row(person)) == "":
        return KeptReason.UNMATCHED
    name = simplify_name(person.name)
    namesake = keys.by_name.get(name, "")
    if keys.has_other_number(namesake, person.number):
        namesake = ""
    for by, index, text in (
        (MatchedBy.CONFIRMED, keys.confirmed, identify_row(person)),
        (MatchedBy.NUMBER, keys.by_number, person.number),
        (MatchedBy.EMAIL, keys.by_email, person.email),
        (MatchedBy.NAME, {name: namesake}, name),
    ):
        if key := index.get(text):
            return Match(row.line, key, by)
    return KeptReason.SAME_NAME if name in keys.same_names else KeptReason.UNMATCHED


def _split_doubles(matches: list[Match], table: Table) -> tuple[list[Match], list[Kept]]:
    """Return the matches, and the rows that are about a learner of another row too."""
    counts = Counter(match.key for match in matches)
    rows = {row.line: row for row in table.rows}
    doubles = [
        Kept(match.line, KeptReason.DOUBLE, find_first_text(rows[match.line]))
        for match in matches
        if counts[match.key] > 1
    ]
    return [match for match in matches if counts[match.key] == 1], doubles
