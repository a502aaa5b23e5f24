"""Connections: writes that wait, a database that cannot lose a write, a server that restarts."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import OperationalError

from cpd.config import settings_of_app
from cpd.db import DatabaseMark, SchemaWindow, db, unit_of_work
from cpd.engine import UnsafeDatabaseError, build_engine_options, refuse_undurable_sqlite
from cpd.schema import SCHEMA, check_database_or_exit, find_database_fault
from cpd.web import health
from tests.support.databases import Database
from tests.support.visitor import Visitor


@contextmanager
def another_write(database: Database) -> Iterator[None]:
    """Let somebody else write, until the end of the block."""
    with closing(sqlite3.connect(str(sa.make_url(database.url).database))) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def mark(app: Flask) -> None:
    """Write something."""
    with app.app_context(), unit_of_work() as session:
        session.add(DatabaseMark(name="written"))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_write_waits_until_another_one_has_ended(app: Flask, database: Database) -> None:
    with ThreadPoolExecutor() as threads:
        with another_write(database):
            written = threads.submit(mark, app)
            with pytest.raises(TimeoutError):
                written.result(timeout=0.2)
        written.result(timeout=4)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_write_that_waited_too_long_fails_and_the_next_one_waits_again(
    app: Flask, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    hours = count(step=3600)
    with monkeypatch.context() as patch, another_write(database):
        patch.setattr("cpd.engine.monotonic", lambda: next(hours))
        with pytest.raises(OperationalError, match="locked"):
            mark(app)
    mark(app)
    with app.app_context():
        assert db.session.scalar(sa.text("PRAGMA busy_timeout")) == 5000


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_else_is_wrong_is_said_at_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cpd.engine.sleep", lambda _: pytest.fail("it waits"))
    with app.app_context(), db.engine.connect() as connection:
        connection.connection.cursor().execute("BEGIN")
        with pytest.raises(OperationalError, match="within a transaction"):
            connection.execution_options(cpd_write=True).begin()


# What could lose a write


def test_sqlite_below_full_is_refused(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "x.sqlite")
    connection.execute("PRAGMA journal_mode = WAL")
    for setting in ("OFF", "NORMAL"):
        connection.execute(f"PRAGMA synchronous = {setting}")
        with pytest.raises(UnsafeDatabaseError, match="could be lost in a power cut"):
            refuse_undurable_sqlite(connection)
    for setting in ("FULL", "EXTRA"):
        connection.execute(f"PRAGMA synchronous = {setting}")
        refuse_undurable_sqlite(connection)
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute("PRAGMA synchronous = FULL")
    with pytest.raises(UnsafeDatabaseError):
        refuse_undurable_sqlite(connection)
    connection.close()


def test_the_apps_own_connections_are_safe(app: Flask) -> None:
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            pragmas = {
                name: db.session.execute(sa.text(f"PRAGMA {name}")).scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers")
            }
            assert pragmas == {
                "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "recursive_triggers": 1,
            }  # fmt: skip
        assert find_database_fault(db.engine) is None


def test_postgresql_that_may_lose_a_commit_makes_readiness_red_until_it_holds(
    database: Database, app: Flask
) -> None:
    if database.engine != "postgresql":
        return
    name = sa.make_url(database.url).database
    with app.app_context():
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text(f'ALTER DATABASE "{name}" SET synchronous_commit = off'))
        db.engine.dispose()
        fault = find_database_fault(db.engine)
        assert fault is not None
        assert "synchronous_commit = on" in fault
        admin = sa.create_engine(database.url, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(sa.text(f'ALTER DATABASE "{name}" RESET synchronous_commit'))
        admin.dispose()
        assert find_database_fault(db.engine) is None


def test_a_schema_that_is_not_known_is_not_served(app: Flask) -> None:
    with app.app_context():
        with unit_of_work() as session:
            session.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
            session.execute(sa.update(SchemaWindow).values(oldest="9998"))
        fault = find_database_fault(db.engine)
        assert fault == (
            "The database is at schema 9999, which releases from schema 9998 on may use. "
            f"This release is at {SCHEMA} and too old. Install a later one."
        )
    with pytest.raises(SystemExit, match="Install a later one"):
        check_database_or_exit(settings_of_app(app))


def test_a_later_schema_is_served_where_it_says_so(app: Flask) -> None:
    with app.app_context():
        with unit_of_work() as session:
            session.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
        assert health.probe_database(db.engine) is None
    check_database_or_exit(settings_of_app(app))


# A server that comes and goes


def kill_connections(database: Database) -> int:
    """End every connection to a database, as a server does that is started anew; count them."""
    url = sa.make_url(database.url)
    admin = sa.create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    every = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = :name"
    with admin.connect() as connection:
        ended = connection.scalars(sa.text(every), {"name": url.database}).all()
    admin.dispose()
    return len(ended)


def hold_open(engine: sa.Engine, count: int) -> None:
    """Let the pool keep so many connections."""
    with ExitStack() as stack:
        for _ in range(count):
            stack.enter_context(engine.connect()).execute(sa.text("SELECT 1"))


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_the_next_request_answers_though_the_server_ended_every_connection(
    app: Flask, database: Database, stranger: Visitor
) -> None:
    stranger.get("/")
    with app.app_context():
        hold_open(db.engine, 4)
    assert kill_connections(database) >= 4
    for _ in range(4):
        stranger.get("/")
    kill_connections(database)
    mark(app)


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_control_without_a_test_a_dead_connection_is_used(database: Database) -> None:
    options = build_engine_options(database.url)
    tested, untested = (
        sa.create_engine(database.url, **options | {"pool_pre_ping": is_tested})
        for is_tested in (True, False)
    )
    for engine in (tested, untested):
        hold_open(engine, 2)
    assert kill_connections(database) == 4
    hold_open(tested, 2)
    with pytest.raises(OperationalError):
        hold_open(untested, 2)
    tested.dispose()
    untested.dispose()


def test_each_of_many_threads_has_a_connection(app: Flask) -> None:
    """More than SQLAlchemy's fifteen, with which the others would wait and then fail."""
    with app.app_context(), ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(db.engine.connect())
