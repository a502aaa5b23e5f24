"""Every table is declared: a room says what it knows about people, or that it knows nothing."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
import sqlalchemy as sa

from cpd import app as factory
from cpd.db import Base
from cpd.joints.rooms import Room
from tests.support.bell.models import METADATA
from tests.support.bell.room import ROOM as BELL

LEADS = frozenset(
    {"actor", "answered_by", "asked_by", "email", "granted_by", "made_by", "on_behalf_of"}
    | {"enrolment_id", "person_id", "attempt_id", "subject"}
)
"""Columns that lead to a person in any table."""


def faults(metadata: sa.MetaData, rooms: Sequence[Room]) -> Iterator[str]:
    """Yield the tables and columns that rooms declare wrongly, or not at all."""
    personal = [each for room in rooms for each in room.personal]
    impersonal = [table for room in rooms for table in room.impersonal]
    named = Counter([*impersonal, *(each.table for each in personal)])
    yield from (f"{table}: no room speaks for it" for table in metadata.tables.keys() - named)
    yield from (f"{table}: there is no such table" for table in named.keys() - metadata.tables)
    yield from (f"{table}: spoken for {count} times" for table, count in named.items() if count > 1)
    said = {table: frozenset[str]() for table in impersonal}
    said |= {each.table: frozenset(each.columns) for each in personal}
    for table in said.keys() & metadata.tables.keys():
        there = set(metadata.tables[table].columns.keys())
        yield from (f"{table}.{name}: there is no such column" for name in said[table] - there)
        yield from (f"{table}.{name}: leads to people" for name in there & LEADS - said[table])


def test_every_table_is_spoken_for_by_one_room() -> None:
    assert sorted(faults(Base.metadata, factory.import_rooms())) == []


def test_nothing_is_kept_without_a_reason_and_no_secret_is_given_away() -> None:
    personal = [each for room in factory.import_rooms() for each in room.personal]
    assert [each.table for each in personal if not (each.retention and each.columns)] == []
    given = {each.table for each in personal if each.is_exported}
    assert given.isdisjoint({"second_factors", "recovery_codes", "password_links"})


# The controls

(RINGS,) = BELL.personal


@pytest.mark.parametrize(
    ("rooms", "found"),
    [
        ([BELL], []),
        ([], ["rings: no room speaks for it"]),
        ([Room(impersonal=("rings",))], ["rings.subject: leads to people"]),
        ([BELL, Room(impersonal=("rings",))], ["rings: spoken for 2 times"]),
        ([BELL, Room(impersonal=("days",))], ["days: there is no such table"]),
        (
            [Room(personal=(replace(RINGS, columns=("subject", "name")),))],
            ["rings.name: there is no such column"],
        ),
    ],
)
def test_what_a_fault_is(rooms: list[Room], found: list[str]) -> None:
    assert sorted(faults(METADATA, rooms)) == found
