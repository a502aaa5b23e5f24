"""What a pasted list would change: who is new, changed, moved, missing or refused."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cpd.schools.files.rules.layouts import PersonField
from cpd.schools.files.rules.people import FaultyCell, PeopleRead, Person, RowFault


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody whom the school knows: by its own list, as somebody who belongs to it, or both."""

    key: str
    """The public id of the entry in the list, or of the membership if there is none."""
    name: str
    email: str
    """As the school's list has it; of somebody who is not on it, that of the account."""
    number: str = ""
    is_listed: bool = True
    is_member: bool = False
    is_in_class: bool = False
    other_classes: tuple[str, ...] = ()
    """The names of other classes that they are in, or will enter."""


class RowRefusal(StrEnum):
    """Why a sound row cannot be taken."""

    TWO_PEOPLE = "two_people"
    """Its number belongs to one person of the school, and its address to another."""
    SAME_PERSON = "same_person"
    """Another row is about the same person."""


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that is left out, because of what the school knows already."""

    line: int
    refusal: RowRefusal
    text: str
    other: str = ""
    """The person of the school whom it contradicts, or the other line."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one row does: a new entry, or what becomes of somebody known."""

    person: Person
    known: Known | None = None
    changes: Mapping[PersonField, str] = field(default_factory=dict)
    """New values of what the school's list says; empty cells change nothing."""

    @property
    def is_new(self) -> bool:
        """Whether somebody is to be invited whom the school does not know."""
        return self.known is None

    @property
    def is_moved(self) -> bool:
        """Whether somebody known enters the class."""
        return self.known is not None and not self.known.is_in_class

    @property
    def is_linked(self) -> bool:
        """Whether somebody who belongs to the school gets on its list."""
        return self.known is not None and not self.known.is_listed

    @property
    def is_readdressed(self) -> bool:
        """Whether somebody who has not joined is invited again, at another address."""
        is_waiting = self.known is not None and not self.known.is_member
        return is_waiting and PersonField.EMAIL in self.changes

    @property
    def leaves_as_is(self) -> bool:
        """Whether nothing changes."""
        return self.known is not None and not (self.is_moved or self.is_linked or self.changes)


@dataclass(frozen=True)
class Plan:
    """Everything that a list would do to a class."""

    steps: tuple[Step, ...]
    faults: tuple[FaultyCell, ...]
    refused: tuple[RefusedRow, ...]
    missing: tuple[Known, ...]
    """Who is in the class and not in the list; they stay unless somebody ticks them."""

    @property
    def new(self) -> list[Step]:
        """Who would be invited."""
        return [step for step in self.steps if step.is_new]

    @property
    def moved(self) -> list[Step]:
        """Who is known and would enter the class."""
        return [step for step in self.steps if step.is_moved]

    @property
    def changed(self) -> list[Step]:
        """Of whom the list says something else than before."""
        return [step for step in self.steps if step.changes]

    @property
    def readdressed(self) -> list[Step]:
        """Who would be invited again, at another address."""
        return [step for step in self.steps if step.is_readdressed]

    @property
    def linked(self) -> list[Step]:
        """Who is in the class already, and gets on the list of the school."""
        return [step for step in self.steps if step.is_linked and not step.is_moved]

    @property
    def does_anything(self) -> bool:
        """Whether any row changes anything."""
        return self.same_count < len(self.steps)

    @property
    def same_count(self) -> int:
        """How many people stay as they are."""
        return sum(step.leaves_as_is for step in self.steps)

    @property
    def refused_count(self) -> int:
        """How many rows are left out."""
        lines = {row.line for row in self.refused} | {fault.line for fault in self.faults}
        return len(lines)

    @property
    def digest(self) -> str:
        """Names the plan: another list, or a change in the school meanwhile, gives another one."""
        parts = (self.steps, self.faults, self.refused, self.missing)
        return hashlib.sha256(repr(parts).encode()).hexdigest()


def plan_update(
    read: PeopleRead,
    known: Collection[Known],
    paired: Mapping[int, str] | None = None,
) -> Plan:
    """Match rows with whom the school knows: as paired by hand, by number, then by address."""
    index = _Index(known)
    found: dict[int, Known | None] = {}
    refused: list[RefusedRow] = []
    for person in read.people:
        match = index.find(person, (paired or {}).get(person.line, ""))
        if isinstance(match, RefusedRow):
            refused.append(match)
        else:
            found[person.line] = match
    faults = [fault for fault in read.faults if not _is_excused(fault, found.get(fault.line))]
    faulty = {fault.line for fault in faults}
    doubles = _find_doubles(found, faulty)
    refused += doubles
    left_out = faulty | {row.line for row in refused}
    steps = tuple(
        _build_step(person, found[person.line])
        for person in read.people
        if person.line not in left_out
    )
    named = {match.key for match in found.values() if match is not None}
    return Plan(
        steps,
        tuple(faults),
        tuple(sorted(refused, key=lambda row: row.line)),
        tuple(each for each in known if each.is_in_class and each.key not in named),
    )


class _Index:
    """Whom a school knows, by everything that can identify them."""

    def __init__(self, known: Collection[Known]) -> None:
        self._by_key = {each.key: each for each in known}
        self._by_number = {each.number: each for each in known if each.number}
        others = [each for each in known if not each.is_listed]
        emails = Counter(each.email for each in others)
        self._by_email = {each.email: each for each in others if emails[each.email] == 1}
        self._by_email |= {each.email: each for each in known if each.is_listed}

    def find(self, person: Person, paired: str) -> Known | RefusedRow | None:
        """Return whom a row is about; None for somebody new."""
        numbered = self._by_number.get(person.number) if person.number else None
        addressed = self._by_email.get(person.email) if person.email else None
        if numbered is None and addressed is None:
            return self._by_key.get(paired)
        if numbered and addressed and numbered.key != addressed.key:
            return RefusedRow(person.line, RowRefusal.TWO_PEOPLE, person.name, addressed.name)
        return numbered or addressed


_MAY_BE_EMPTY = frozenset({RowFault.NO_NAME, RowFault.NO_EMAIL})


def _is_excused(fault: FaultyCell, known: Known | None) -> bool:
    """Tell whether an empty cell is no fault, because the school knows what belongs there."""
    return known is not None and fault.fault in _MAY_BE_EMPTY


def _find_doubles(
    found: Mapping[int, Known | None], faulty: Collection[int]
) -> Iterable[RefusedRow]:
    """Return the later rows about a person whom an earlier row is about."""
    first: dict[str, int] = {}
    doubles = []
    for line, match in found.items():
        if match is None or line in faulty:
            continue
        earlier = first.setdefault(match.key, line)
        if earlier != line:
            doubles.append(RefusedRow(line, RowRefusal.SAME_PERSON, match.name, str(earlier)))
    return doubles


def _build_step(person: Person, known: Known | None) -> Step:
    """Return what a row does; only what it says is compared, and half a name says nothing."""
    if known is None or not known.is_listed:
        return Step(person, known)
    said = {
        PersonField.NAME: (person.whole_name, known.name),
        PersonField.EMAIL: (person.email, known.email),
        PersonField.NUMBER: (person.number, known.number),
    }
    changes = {kind: new for kind, (new, old) in said.items() if new and new != old}
    return Step(person, known, changes)
