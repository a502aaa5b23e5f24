"""Probes: any name is answered, and red says why, on databases that really cannot be written."""

import errno
import http.client
import io
import logging
import os
import resource
import socket
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import event

from cpd.db import DatabaseMark, db, unit_of_work
from cpd.engine import open_existing_sqlite_file
from cpd.web import health
from tests.support.databases import Database
from tests.support.moved_clock import MovedClock
from tests.support.prepared import disconnect
from tests.support.server import LiveServer
from tests.web.conftest import MakeShell

MakeApp = Callable[..., Flask]
ON_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
ON_POSTGRESQL = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
GREEN = (200, {"ready": True, "reason": None})
LONGEST = health.LONGEST_SECONDS + 1


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "REMEMBER_SECONDS", 0)


def ask(app: Flask, path: str = "/readyz", **options: Any) -> tuple[int, Any]:
    answer = app.test_client().get(path, **options)
    return answer.status_code, answer.get_json()


def red(reason: str) -> tuple[int, dict[str, Any]]:
    return 503, {"ready": False, "reason": reason}


def path_of(database: Database) -> Path:
    return Path(sa.make_url(database.url).database or "")


def written(app: Flask) -> None:
    """Write as everybody does, and close what was used."""
    with app.app_context(), unit_of_work() as session:
        session.add(DatabaseMark(name="written"))
    with app.app_context(), unit_of_work() as session:
        session.execute(sa.delete(DatabaseMark).where(DatabaseMark.name == "written"))


# Alive


def test_alive_needs_no_database(make_shell: MakeShell) -> None:
    shell = make_shell(database_url="sqlite:////nowhere/at/all.sqlite")
    assert ask(shell, "/healthz") == (200, {"alive": True})
    assert ask(shell) == red("The database does not respond.")


def test_alive_asks_nothing_of_a_database_that_is_there(app: Flask) -> None:
    asked: list[str] = []
    with app.app_context():
        engine = db.engine
    listener = ("before_cursor_execute", lambda *given: asked.append(given[2]))
    event.listen(engine, *listener)
    assert ask(app, "/healthz")[0] == 200
    assert asked == []
    assert ask(app) == GREEN
    event.remove(engine, *listener)
    assert any("INSERT INTO marks" in sql for sql in asked)


# By any name


LOCAL = ("127.0.0.1:8000", "[::1]:8000", "10.1.2.3", "cpd-7f9c.pod:80", "cpd_web_1", "?!", "")


@pytest.mark.parametrize("proxies", [0, 1])
@pytest.mark.parametrize("public_url", ["http://localhost", "https://cpd.example.org"])
@ON_SQLITE
def test_a_probe_is_answered_under_any_name(
    make_app: MakeApp, public_url: str, proxies: int
) -> None:
    app = make_app(public_url=public_url, proxies=proxies)
    for host in LOCAL:
        for headers in ({"Host": host}, {"Host": host, "X-Forwarded-Host": host}):
            assert ask(app, "/healthz", headers=headers) == (200, {"alive": True})
            assert ask(app, headers=headers) == GREEN
    for headers in ({"Host": host} for host in LOCAL[1:]):
        assert app.test_client().get("/", headers=headers).status_code == 400, "pages are not"
        assert app.test_client().get("/healthz/x", headers=headers).status_code == 400


@pytest.mark.browser
@ON_SQLITE
def test_a_probe_that_names_no_host_is_answered(live_server: LiveServer) -> None:
    address = live_server.url.removeprefix("http://").split(":")
    with socket.create_connection((address[0], int(address[1])), timeout=10) as line:
        line.sendall(b"GET /readyz HTTP/1.0\r\n\r\n")
        answer = http.client.HTTPResponse(line)
        answer.begin()
        assert answer.status == 200


# Ready


def test_ready_on_the_schema_of_this_release_and_nothing_is_left(make_app: MakeApp) -> None:
    app = make_app()
    with app.app_context():
        before = db.session.scalars(sa.select(DatabaseMark.name)).all()
        db.session.remove()
    assert [ask(app) for _ in range(3)] == [GREEN] * 3
    with app.app_context():
        assert db.session.scalars(sa.select(DatabaseMark.name)).all() == before
    written(app)


def test_not_ready_on_a_schema_of_another_release(make_app: MakeApp) -> None:
    app = make_app()
    with app.app_context(), unit_of_work() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
    status, body = ask(app)
    assert status == 503
    assert "cpd db upgrade" in body["reason"]


def test_who_asks_without_a_pause_makes_one_trial_write(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "REMEMBER_SECONDS", 60)
    app, tried = make_app(), []
    monkeypatch.setattr(health, "probe_database", lambda _engine: tried.append(1))
    assert [ask(app) for _ in range(20)] == [GREEN] * 20
    assert len(tried) == 1
    monkeypatch.setattr(health, "REMEMBER_SECONDS", 0)
    other = make_app()
    assert [ask(other) for _ in range(3)] == [GREEN] * 3
    assert len(tried) == 4, "another process asks for itself; control: each one tries"


@ON_SQLITE
def test_a_trial_write_does_not_let_the_log_of_sqlite_grow(
    make_app: MakeApp, database: Database
) -> None:
    app = make_app()
    with app.app_context(), db.engine.connect():  # the file beside goes with the last connection
        assert ask(app) == GREEN
        beside = path_of(database).with_name(f"{path_of(database).name}-wal")
        size = beside.stat().st_size
        assert [ask(app) for _ in range(20)] == [GREEN] * 20
        assert beside.stat().st_size == size


# Locked


@contextmanager
def locked(database: Database) -> Iterator[None]:
    """Let somebody else hold what a write needs, until the end of the block."""
    if database.engine == "sqlite":
        with closing(sqlite3.connect(path_of(database))) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
        return
    engine = sa.create_engine(database.url)
    with engine.connect() as connection:
        connection.execute(sa.text("LOCK TABLE marks IN ACCESS EXCLUSIVE MODE"))
        yield
    engine.dispose()


def test_red_while_somebody_else_writes_for_too_long(make_app: MakeApp, database: Database) -> None:
    app = make_app()
    with locked(database):
        began = time.monotonic()
        assert ask(app) == red("The database is locked: another writer has held it for too long.")
        assert time.monotonic() - began < LONGEST
        assert ask(app, "/healthz") == (200, {"alive": True})
    assert ask(app) == GREEN
    written(app)


# Read-only


def open_to_read(dialect: Any, _record: object, arguments: list[Any], options: Any) -> Any:
    return dialect.connect(f"file:{arguments[0]}?mode=ro", uri=True, **options)


def test_red_on_a_database_that_can_only_be_read(
    database: Database, clock: MovedClock, make_app: MakeApp
) -> None:
    app = make_app()
    disconnect(app)
    if database.engine == "sqlite":
        with app.app_context():
            event.remove(db.engine, "do_connect", open_existing_sqlite_file)
            event.listen(db.engine, "do_connect", open_to_read)
    else:
        admin = sa.create_engine(database.url, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(
                sa.text('ALTER DATABASE "test" SET default_transaction_read_only = on')
            )
        admin.dispose()
    assert ask(app) == red("The database can be read but not written.")
    assert app.test_client().get("/").status_code == 200, "it can be read"
    with pytest.raises(sa.exc.DBAPIError, match=r"readonly|read-only"):
        written(app)


@ON_SQLITE
def test_red_when_sqlite_was_told_not_to_write(make_app: MakeApp) -> None:
    app = make_app()
    with app.app_context():
        event.listen(db.engine, "connect", lambda raw, _: raw.execute("PRAGMA query_only = ON"))
        db.engine.dispose()
    assert ask(app) == red("The database can be read but not written.")


# Full


@ON_SQLITE
def test_red_when_the_database_may_not_grow(make_app: MakeApp) -> None:
    app = make_app()
    with app.app_context():

        def fill(raw: sqlite3.Connection, _record: object) -> None:
            raw.execute("VACUUM")  # leaves no page free
            (pages,) = raw.execute("PRAGMA page_count").fetchone()
            raw.execute(f"PRAGMA max_page_count = {pages}")

        event.listen(db.engine, "connect", fill)
        db.engine.dispose()
    assert ask(app) == red("The database disk is full.")


@contextmanager
def no_file_grows_beyond(size: int) -> Iterator[None]:
    """Refuse room on the disk to this process, as a quota does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@ON_SQLITE
def test_red_when_the_disk_has_no_room(make_app: MakeApp, monkeypatch: pytest.MonkeyPatch) -> None:
    app = make_app()
    monkeypatch.setattr(sys, "stderr", io.StringIO())  # it is a file while tests run
    assert ask(app) == GREEN
    with no_file_grows_beyond(health.FREE_BYTES - 1):
        assert ask(app) == red("The database cannot be written.")
    with no_file_grows_beyond(health.FREE_BYTES):
        assert ask(app) == GREEN


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ENOSPC, "The database disk is full."),
        (errno.EDQUOT, "The database disk is full."),
        (errno.EROFS, "The database can be read but not written."),
        (errno.EIO, "The database cannot be written."),
    ],
)
@ON_SQLITE
def test_what_the_disk_says_is_told_in_plain_words(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch, number: int, reason: str
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    app = make_app()
    monkeypatch.setattr(os, "posix_fallocate", refuse)
    assert ask(app) == red(reason)


# What is said


def test_the_reason_names_no_file_and_no_address_and_the_log_says_more(
    make_app: MakeApp, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    app = make_app()
    with app.app_context(), unit_of_work() as session:
        session.execute(sa.text("DROP TABLE marks"))
    with caplog.at_level(logging.ERROR):
        assert ask(app) == red("The database cannot be written.")
    assert "not ready" in caplog.text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_server_that_says_nothing_is_not_waited_for(
    make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cpd.engine._CONNECT_SECONDS", 2)  # less is not heard by the driver
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"postgresql+psycopg://cpd@127.0.0.1:{listener.getsockname()[1]}/cpd"
        began = time.monotonic()
        app = make_app(database_url=url)
        assert ask(app) == red("The database does not respond.")
        assert time.monotonic() - began < 10
