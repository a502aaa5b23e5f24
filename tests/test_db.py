"""Frozen rows, the unit of work, instants, and a database that cannot lose a write."""

# ruff: noqa: S608 - the table names come from our own list

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta, timezone
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask, render_template
from sqlalchemy.exc import DBAPIError, OperationalError, StatementError

from cpd import db as storage
from cpd.accounts.sign_in import password_hashing
from cpd.certificates.models import Certificate, CertificateFile
from cpd.config import settings_of
from cpd.content import render
from cpd.courses.models import LedgerEntry, Revision
from cpd.db import (
    FROZEN,
    Base,
    DatabaseMark,
    FrozenTable,
    LostTransactionError,
    SchemaWindow,
    UnsafeDatabaseError,
    db,
    unit_of_work,
)
from cpd.evaluations import actions as evaluations
from cpd.hosts.keys import register_keys
from cpd.kernel import clock
from cpd.media import actions as media
from cpd.web import health
from migrations import frozen
from tests.factories import courses, dual_control
from tests.factories.quizzes import Learner
from tests.support.databases import Database
from tests.support.people import MAYA
from tests.support.visitor import Visitor

# Frozen rows


@pytest.fixture
def full(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The app with a row in every frozen table."""
    register_keys(app)
    monkeypatch.setitem(*dual_control.filling(app))
    attempt = Learner(app, MAYA).pass_exam()
    with app.app_context():
        certificate = db.session.scalars(sa.select(Certificate)).one()
        with unit_of_work() as session:
            session.add(
                CertificateFile(
                    certificate_id=certificate.id,
                    format="pdf",
                    content=b"%PDF",
                    content_hash="0" * 64,
                    made_at=clock.now(),
                )
            )
            media.store_media(session, b"PNG", "image/png", now=clock.now())
            dual_control.ask(session, actor=courses.actor_of(MAYA), now=clock.now())
            evaluations.give(
                session,
                certificate.enrolment,
                {"clear": 4},
                "",
                actor=courses.actor_of(MAYA),
                now=clock.now(),
            )
    assert attempt
    return app


def rows(table: str) -> int:
    return db.session.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar() or 0


def refused(sql: str) -> None:
    """Run SQL that the database must refuse because the row is frozen."""
    with pytest.raises(DBAPIError, match="frozen"), unit_of_work() as session:
        session.execute(sa.text(sql))


def fixed_column(table: FrozenTable) -> str:
    """Name a column of the table that may never change."""
    columns = Base.metadata.tables[table.table].columns
    names = ["public_id", "title", "text", "receipt", "at", "key", "key_id", "case_id"]
    free = [c.name for c in columns if c.name not in table.movable and not c.primary_key]
    return next((name for name in names if name in free), free[0])


def test_every_frozen_table_resists(full: Flask) -> None:
    with full.app_context():
        for table in FROZEN:
            _resists(table)


def _resists(table: FrozenTable) -> None:
    count = rows(table.table)
    assert count, f"nothing in {table.table}: the test would prove nothing"
    column = fixed_column(table)
    refused(f"DELETE FROM {table.table}")
    refused(f'UPDATE {table.table} SET "{column}" = {_another(table.table, column)}')
    if db.engine.dialect.name == "sqlite":
        # This deletes silently; recursive triggers make it heard.
        refused(f"INSERT OR REPLACE INTO {table.table} SELECT * FROM {table.table}")
    else:
        refused(f"TRUNCATE {table.table} CASCADE")
    assert rows(table.table) == count


def _another(table: str, column: str) -> str:
    """Return SQL for another value of a column than any row has."""
    kind = Base.metadata.tables[table].columns[column].type
    if isinstance(kind, sa.Integer | sa.Boolean):
        return "-1" if isinstance(kind, sa.Integer) else "NOT passed"
    if isinstance(kind, sa.JSON):
        return "'{\"another\": 1}'"
    if isinstance(kind, sa.DateTime | storage.UtcDateTime):
        return "'1999-01-01 00:00:00.000000'"
    return "'another'"


def test_control_without_recursive_triggers_a_row_is_replaced(full: Flask) -> None:
    with full.app_context():
        if db.engine.dialect.name != "sqlite":
            return
        path = db.engine.url.database or ""
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA recursive_triggers = OFF")
        connection.execute("INSERT OR REPLACE INTO ledger_entries SELECT * FROM ledger_entries")


def test_control_without_its_triggers_a_row_is_deleted(full: Flask) -> None:
    with full.app_context():
        with unit_of_work() as session:
            on = " ON ledger_entries" if db.engine.dialect.name == "postgresql" else ""
            for name in frozen.installed(session.connection(), "ledger_entries"):
                session.execute(sa.text(f"DROP TRIGGER {name}{on}"))
        with unit_of_work() as session:
            session.execute(sa.delete(LedgerEntry))
        assert rows("ledger_entries") == 0


def test_what_may_move_moves_as_allowed_only(full: Flask) -> None:
    with full.app_context():
        refused("UPDATE certificates SET state = 'gone'")
        with unit_of_work() as session:
            session.execute(sa.text("UPDATE certificates SET state = 'revoked'"))
        refused("UPDATE certificates SET state = 'valid'")
        refused("UPDATE attempts SET state = 'submitted'")


# The unit of work


def test_a_unit_of_work_keeps_what_it_returned_from_and_drops_what_it_raised_from(
    app: Flask,
) -> None:
    def mark(name: str, *, fails: bool) -> None:
        with unit_of_work() as session:
            session.add(storage.DatabaseMark(name=name))
            session.flush()
            if fails:
                raise ZeroDivisionError

    with app.app_context():
        mark("kept", fails=False)
        with pytest.raises(ZeroDivisionError):
            mark("dropped", fails=True)
        assert db.session.get(storage.DatabaseMark, "kept") is not None
        assert db.session.get(storage.DatabaseMark, "dropped") is None


def test_units_of_work_do_not_nest(app: Flask) -> None:
    with (
        app.app_context(),
        pytest.raises(RuntimeError, match="do not nest"),
        unit_of_work(),
        unit_of_work(),
    ):
        pass


def _lose(app: Flask) -> None:
    """Write, meet an error that takes the transaction away, and go on as if nothing was."""
    with app.app_context(), unit_of_work() as session:
        session.add(DatabaseMark(name="lost"))
        session.flush()
        is_sqlite = db.engine.dialect.name == "sqlite"
        with suppress(DBAPIError):
            session.connection().exec_driver_sql("ROLLBACK" if is_sqlite else "SELECT 1 / 0")


def test_a_caught_error_does_not_hide_that_nothing_is_left_to_commit(app: Flask) -> None:
    with pytest.raises(LostTransactionError):
        _lose(app)


def test_control_both_drivers_would_commit_nothing_without_a_word(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "_is_lost", lambda _raw: False)
    _lose(app)
    with app.app_context():
        assert db.session.get(DatabaseMark, "lost") is None


SLOW: dict[str, Callable[[], object]] = {
    "argon2": lambda: password_hashing.hash_password("a long walk before breakfast"),
    "Markdown": lambda: render.render(["text"]),
    "a page": lambda: render_template("web/page.html", title="x"),
}


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
        patch.setattr(storage, "monotonic", lambda: next(hours))
        with pytest.raises(OperationalError, match="locked"):
            mark(app)
    mark(app)
    with app.app_context():
        assert db.session.scalar(sa.text("PRAGMA busy_timeout")) == 5000


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_else_is_wrong_is_said_at_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage, "sleep", lambda _: pytest.fail("it waits"))
    with app.app_context(), db.engine.connect() as connection:
        connection.connection.cursor().execute("BEGIN")
        with pytest.raises(OperationalError, match="within a transaction"):
            connection.execution_options(cpd_write=True).begin()


@pytest.mark.parametrize("name", SLOW)
def test_slow_work_is_refused_inside_a_unit_of_work(app: Flask, name: str) -> None:
    """That no PDF is made in one is tested with the PDF."""
    with (
        app.test_request_context(),
        pytest.raises(RuntimeError, match=r"unit of work|write transaction"),
        unit_of_work(),
    ):
        SLOW[name]()


# Instants


def test_instants_come_back_aware_and_in_utc(app: Flask) -> None:
    with app.app_context():
        stored = db.session.scalars(sa.select(Revision)).first()
        assert stored is not None
        assert stored.published_at == clock.now()
        assert stored.published_at.tzinfo is UTC


def test_another_zone_is_the_same_instant(app: Flask) -> None:
    eastern = timezone(timedelta(hours=-5))
    there = datetime(2026, 11, 1, 20, 0, tzinfo=eastern)
    kind = storage.UtcDateTime()
    with app.app_context():
        dialect = db.engine.dialect
        stored = kind.process_bind_param(there, dialect)
        assert kind.process_result_value(stored, dialect) == there


def test_a_naive_instant_is_refused(app: Flask) -> None:
    naive = datetime(2026, 11, 1, 20, 0)  # noqa: DTZ001 - that is the point
    outbox = sa.update(Base.metadata.tables["outbox_items"])
    with (
        app.app_context(),
        pytest.raises(StatementError, match="no time zone"),
        unit_of_work() as session,
    ):
        session.execute(outbox.values(due_at=naive))


# What could lose a write


def test_sqlite_below_full_is_refused(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "x.sqlite")
    connection.execute("PRAGMA journal_mode = WAL")
    for setting in ("OFF", "NORMAL"):
        connection.execute(f"PRAGMA synchronous = {setting}")
        with pytest.raises(UnsafeDatabaseError, match="could be lost in a power cut"):
            storage.check_sqlite(connection)
    for setting in ("FULL", "EXTRA"):
        connection.execute(f"PRAGMA synchronous = {setting}")
        storage.check_sqlite(connection)
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute("PRAGMA synchronous = FULL")
    with pytest.raises(UnsafeDatabaseError):
        storage.check_sqlite(connection)
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
        assert storage.readiness(db.engine) is None


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
        fault = storage.readiness(db.engine)
        assert fault is not None
        assert "synchronous_commit = on" in fault
        admin = sa.create_engine(database.url, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(sa.text(f'ALTER DATABASE "{name}" RESET synchronous_commit'))
        admin.dispose()
        assert storage.readiness(db.engine) is None


def test_a_schema_that_is_not_known_is_not_served(app: Flask) -> None:
    with app.app_context():
        with unit_of_work() as session:
            session.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
            session.execute(sa.update(SchemaWindow).values(oldest="9998"))
        fault = storage.readiness(db.engine)
        assert fault == (
            "The database is at schema 9999, beside which releases from schema 9998 on may run; "
            f"this release is at {storage.SCHEMA} and too old. Install a later one."
        )
    with pytest.raises(SystemExit, match="Install a later one"):
        storage.require_ready(settings_of(app))


def test_a_later_schema_is_served_where_it_says_so(app: Flask) -> None:
    with app.app_context():
        with unit_of_work() as session:
            session.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
        assert health.unready(db.engine) is None
    storage.require_ready(settings_of(app))


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
    options = storage.engine_options(database.url)
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
