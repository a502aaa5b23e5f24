"""Roles of the release before become assignments, and come back as they were."""

from typing import Any

import pytest
import sqlalchemy as sa

from cpd import migrate
from migrations.refusing import RowsInTheWayError
from tests.support.databases import Database
from tests.support.schemas import connected

BEFORE, AFTER = "0009", "0010"
OLD = "SELECT person_id, role, school_id, granted_at, granted_by FROM person_roles ORDER BY role"
NEW = (
    "SELECT person_id, role, scope_type, scope_id, from_at = granted_at, until_at, granted_by"
    " FROM role_assignments ORDER BY role"
)


def ask(database: Database, sql: str, **values: Any) -> list[tuple[Any, ...]]:
    with connected(database.url) as connection:
        found = connection.execute(sa.text(sql), values)
        rows = [tuple(row) for row in found] if found.returns_rows else []
        connection.commit()
        return rows


@pytest.fixture
def old(empty_database: Database) -> Database:
    """A database of the release before, with somebody who holds three roles."""
    migrate.run(empty_database.url, BEFORE)
    ask(
        empty_database,
        "INSERT INTO persons (id, public_id, subject, email, password_hash, name, legal_name,"
        " time_zone, created_at) VALUES (7, 'per_x', 'sub_x', 'x@example.org', '', 'X', '', '',"
        " '2026-11-01 09:30:00')",
    )
    for role, school in (("author", None), ("instructor", None), ("learner", None)):
        ask(
            empty_database,
            "INSERT INTO person_roles (person_id, role, school_id, granted_at, granted_by)"
            " VALUES (7, :role, :school, '2026-11-01 09:31:00', 'sub_ines')",
            role=role,
            school=school,
        )
    return empty_database


def test_roles_keep_their_people_and_who_gave_them_when(old: Database) -> None:
    """A role in a school, given before there were schools, holds in none of them."""
    before = ask(old, OLD)
    migrate.run(old.url, AFTER)
    assert ask(old, NEW) == [
        (7, "author", "everywhere", "", True, None, "sub_ines"),
        (7, "instructor", "school", "sch_none", True, None, "sub_ines"),
        (7, "learner", "everywhere", "", True, None, "sub_ines"),
    ]
    migrate.run(old.url, BEFORE)
    assert ask(old, OLD) == before


def test_a_role_in_a_school_cannot_go_down(old: Database) -> None:
    migrate.run(old.url, AFTER)
    ask(old, "UPDATE role_assignments SET scope_id = 'sch_5' WHERE scope_type = 'school'")
    with pytest.raises(RowsInTheWayError, match=r"roles in a school or for drafts \(1\)"):
        migrate.run(old.url, BEFORE)


def test_a_role_in_no_school_that_was_given_everywhere_since_goes_down_as_one(
    old: Database,
) -> None:
    migrate.run(old.url, AFTER)
    ask(
        old,
        "INSERT INTO role_assignments (person_id, role, scope_type, scope_id, from_at, granted_at,"
        " granted_by) VALUES (7, 'instructor', 'everywhere', '', '2026-11-02 09:31:00',"
        " '2026-11-02 09:31:00', 'sub_ada')",
    )
    migrate.run(old.url, BEFORE)
    held = [(role, by) for _, role, _, _, by in ask(old, OLD)]
    assert held == [("author", "sub_ines"), ("instructor", "sub_ada"), ("learner", "sub_ines")]
