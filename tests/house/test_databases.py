"""Each test has a database of its own, and the template is never touched."""

import pytest
import sqlalchemy as sa

from tests.support.databases import Database, Stores


def _tables(database: Database) -> list[str]:
    engine = sa.create_engine(database.url)
    tables = sa.inspect(engine).get_table_names()
    engine.dispose()
    return tables


@pytest.mark.parametrize("turn", [1, 2])
def test_what_one_test_writes_the_next_does_not_see(database: Database, turn: int) -> None:
    engine = sa.create_engine(database.url)
    with engine.begin() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM marks WHERE name = 'mine'")) == 0
        connection.execute(sa.text("INSERT INTO marks (name) VALUES ('mine')"))
    engine.dispose()
    note = database.instance_dir / "note"
    assert not note.exists()
    note.write_text(str(turn))


def test_a_copy_replaces_one_that_is_still_in_use(database: Database, stores: Stores) -> None:
    engine = sa.create_engine(database.url)
    connection = engine.connect()
    connection.execute(sa.text("SELECT 1"))
    again = stores[database.engine].copy("test")
    connection.invalidate()
    engine.dispose()
    assert "attempts" in _tables(again)


def test_an_empty_database_has_no_table(empty_database: Database) -> None:
    assert _tables(empty_database) == []


def test_both_engines_are_real(database: Database) -> None:
    asked, begins = {
        "sqlite": ("SELECT sqlite_version()", "3."),
        "postgresql": ("SELECT version()", "PostgreSQL"),
    }[database.engine]
    engine = sa.create_engine(database.url)
    with engine.connect() as connection:
        found = connection.scalar(sa.text(asked))
    engine.dispose()
    assert str(found).startswith(begins)
