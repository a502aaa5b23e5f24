"""Every table is spoken for: a room says what it knows of people, or that it knows nothing."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
import sqlalchemy as sa

from cpd import app as factory
from cpd.db import Base
from cpd.joints.personal import Erasing, Personal
from cpd.joints.rooms import Room

LEADS = frozenset(
    {"actor", "answered_by", "asked_by", "email", "granted_by", "made_by", "on_behalf_of"}
    | {"enrolment_id", "person_id", "attempt_id", "subject"}
)
"""Columns that lead to a person in whichever table they stand."""


def faults(metadata: sa.MetaData, rooms: Sequence[Room]) -> Iterator[str]:
    """Name the tables and columns of which the rooms speak wrongly, or not at all."""
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
    assert sorted(faults(Base.metadata, factory.rooms())) == []


def test_nothing_is_kept_without_a_reason_and_no_secret_is_given_away() -> None:
    personal = [each for room in factory.rooms() for each in room.personal]
    assert [each.table for each in personal if not (each.keeps and each.columns)] == []
    given = {each.table for each in personal if each.is_exported}
    assert given.isdisjoint({"second_factors", "recovery_codes", "password_links"})


# The controls

VISITS = Personal("visits", ("subject",), Erasing.DELETE, keeps="a day")


def metadata() -> sa.MetaData:
    """Return two tables: who came, and the days."""
    made = sa.MetaData()
    sa.Table("visits", made, sa.Column("subject", sa.String), sa.Column("at", sa.DateTime))
    sa.Table("days", made, sa.Column("day", sa.Date))
    return made


@pytest.mark.parametrize(
    ("rooms", "found"),
    [
        ([Room(personal=(VISITS,)), Room(impersonal=("days",))], []),
        ([Room(personal=(VISITS,))], ["days: no room speaks for it"]),
        ([], ["days: no room speaks for it", "visits: no room speaks for it"]),
        ([Room(impersonal=("days", "visits"))], ["visits.subject: leads to people"]),
        (
            [Room(personal=(VISITS,), impersonal=("days", "visits"))],
            ["visits: spoken for 2 times"],
        ),
        (
            [Room(personal=(VISITS,), impersonal=("days", "nights"))],
            ["nights: there is no such table"],
        ),
        (
            [Room(personal=(replace(VISITS, columns=("subject", "name")),), impersonal=("days",))],
            ["visits.name: there is no such column"],
        ),
    ],
)
def test_what_a_fault_is(rooms: list[Room], found: list[str]) -> None:
    assert sorted(faults(metadata(), rooms)) == found
