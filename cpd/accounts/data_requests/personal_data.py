"""The rows about a person, as the rooms declare their personal data: to copy and to erase.

A row is about a person if it names them, or belongs to a row that does, such as an answer to an
attempt. What a person did with rows of others is not about them in this sense.
"""

import json
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.accounts.models import Person
from cpd.db import Base
from cpd.joints.personal import Erasure, PersonalData

_SECRETS = ("_hash", "salt", "sealed_key")
"""How the names of columns end that only help to check something."""


class RowsOfPerson:
    """Statements for the rows about one person, in the tables that the rooms declare."""

    def __init__(self, person: Person, declared: Sequence[PersonalData]) -> None:
        self._person = person
        self._declared = {each.table: each for each in declared}

    def copy_rows(self, session: Session) -> Mapping[str, list[Mapping[str, Any]]]:
        """Return all exported rows by table, without what is kept back or only checks secrets."""
        found: dict[str, list[Mapping[str, Any]]] = {}
        for table, condition in self._conditions.items():
            declared = self._declared[table]
            columns = [
                Base.metadata.tables[table].c[name]
                for name in declared.columns
                if name not in declared.kept_back and not name.endswith(_SECRETS)
            ]
            if declared.is_exported and columns:
                rows = session.execute(sa.select(*columns).where(condition)).mappings()
                found[table] = [dict(row) for row in rows]
        return {table: rows for table, rows in found.items() if rows}

    def copy_as_json(self, session: Session) -> str:
        """Return these rows as a text in JSON; times are in UTC, and files in Base64."""
        rows = self.copy_rows(session)
        return json.dumps(rows, ensure_ascii=False, indent=2, default=_format_for_json)

    def erase_rows(self, session: Session) -> None:
        """Delete the rows that need not be kept as proof, each before what it belongs to."""
        for table in reversed(Base.metadata.sorted_tables):
            condition = self._conditions.get(table.name)
            if condition is not None and self._declared[table.name].erasing is Erasure.DELETE:
                session.execute(sa.delete(table).where(condition))

    @cached_property
    def _conditions(self) -> Mapping[str, sa.ColumnElement[bool]]:
        """Map each table that can hold rows about the person to what is true of them.

        A table comes after those to which its rows belong.
        """
        found: dict[str, sa.ColumnElement[bool]] = {}
        for table in Base.metadata.sorted_tables:
            if table.name in self._declared:
                parts = [
                    *self._build_conditions_of_naming(table),
                    *_build_conditions_of_belonging(table, found),
                ]
                if parts:
                    found[table.name] = sa.or_(*parts)
        return found

    def _build_conditions_of_naming(self, table: sa.Table) -> Iterator[sa.ColumnElement[bool]]:
        if table.name == Person.__tablename__:
            yield table.c.id == self._person.id
            return
        for column, value in (
            ("person_id", self._person.id),
            ("subject", self._person.subject),
            ("email", self._person.email),
        ):
            if column in self._declared[table.name].columns:
                yield table.c[column] == value


def _format_for_json(value: object) -> str:
    return b64encode(value).decode() if isinstance(value, bytes) else str(value)


def _build_conditions_of_belonging(
    table: sa.Table, found: Mapping[str, sa.ColumnElement[bool]]
) -> Iterator[sa.ColumnElement[bool]]:
    for key in table.foreign_keys:
        owner = key.column.table
        if owner.name in found and owner.name != Person.__tablename__:
            yield key.parent.in_(sa.select(key.column).where(found[owner.name]))
