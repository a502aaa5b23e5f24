"""What differs between a file that was given and the one that is returned."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import AnyStr, TypeAlias

from cpd.schools.files.rules.matching import Kept

Grade: TypeAlias = Decimal | int | str
"""A number, or our own words for a state; never a text from a file."""


class Note(StrEnum):
    """What a person should know about the file that they get back."""

    FORMULAS_STALE = "formulas_stale"
    SHOWN_AS_PERCENT = "shown_as_percent"


@dataclass(frozen=True, slots=True)
class Change:
    """A cell that changes; the texts are what a table that is read from the file shows."""

    line: int
    column: int
    before: str
    after: str


@dataclass
class Filling:
    """The changed file, and exactly what differs from the one that was given."""

    contents: bytes
    changes: list[Change] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    notes: set[Note] = field(default_factory=set)


def replace_pieces(whole: AnyStr, pieces: Iterable[tuple[int, int, AnyStr]]) -> AnyStr:
    """Return a text with pieces of it replaced; the pieces come in order."""
    parts: list[AnyStr] = []
    place = 0
    for start, end, new in pieces:
        parts += (whole[place:start], new)
        place = end
    parts.append(whole[place:])
    return whole[:0].join(parts)
