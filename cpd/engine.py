"""How the app connects to SQLite or PostgreSQL, so that no acknowledged write can be lost."""

import json
import sqlite3
from functools import lru_cache
from time import monotonic, sleep
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Dialect, Engine


class UnsafeDatabaseError(RuntimeError):
    """The database could lose a write that was acknowledged; the text says what to change."""


LONG = 1_000
"""Characters; longer JSON belongs to rows that are written once, such as texts and keys."""


def parse_json(text: str | bytes) -> Any:
    """Return what JSON says. Long JSON is parsed once, so nobody may change what comes back."""
    return _parsed(text) if len(text) > LONG else json.loads(text)


@lru_cache(maxsize=1024)
def _parsed(text: str | bytes) -> Any:
    return json.loads(text)


_TURN_SECONDS = 5
"""How long a write waits for others on SQLite."""
_LOOK_AGAIN_SECONDS = 0.001


_CONNECT_SECONDS = 5
"""How long PostgreSQL may take to let in; by itself its driver waits for minutes."""


def engine_options(url: str) -> dict[str, Any]:
    """Return how SQLAlchemy connects to a database and keeps the connections."""
    options: dict[str, Any] = {"json_deserializer": parse_json}
    if not url.startswith("sqlite"):
        # A server that was started anew has closed connections which we believe open.
        options["pool_pre_ping"] = True
        options["connect_args"] = {"connect_timeout": _CONNECT_SECONDS}
    return options


def engine_for(url: str) -> Engine:
    """Return an engine set up as the app's own is."""
    engine = sa.create_engine(url, **engine_options(url))
    guard_engine(engine)
    return engine


def guard_engine(engine: Engine) -> None:
    """Set up each new connection of an engine and refuse it when it could lose a write."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "do_connect", open_sqlite)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", _check_postgresql)


def open_sqlite(
    dialect: Dialect, _record: object, arguments: list[Any], options: dict[str, Any]
) -> Any:
    """Open a file that is there: SQLite would make another, for everybody to read."""
    (path,) = arguments
    return dialect.connect(f"file:{quote(path)}?mode=rw", uri=True, **options)


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions are begun by _begin_sqlite alone
    for pragma in (
        f"busy_timeout = {_TURN_SECONDS * 1000}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "recursive_triggers = ON",
        "cache_size = -512",  # in kB; the system keeps the file's pages too, once for everybody
    ):
        connection.execute(f"PRAGMA {pragma}")
    check_sqlite(connection)


def check_sqlite(connection: sqlite3.Connection) -> None:
    """Raise UnsafeDatabaseError unless commits are synced and triggers cannot be walked past."""
    (synchronous,) = connection.execute("PRAGMA synchronous").fetchone()
    (journal,) = connection.execute("PRAGMA journal_mode").fetchone()
    full, extra = 2, 3
    if not (synchronous == extra or (synchronous == full and journal == "wal")):
        msg = (
            f"SQLite runs with synchronous={synchronous} and journal_mode={journal}; an answer "
            "could be lost in a power cut. Put the file on a local disk that allows WAL."
        )
        raise UnsafeDatabaseError(msg)


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get("cpd_write", False):
        _await_turn(connection)
    else:
        connection.exec_driver_sql("BEGIN")


def _await_turn(connection: Connection) -> None:
    """Begin to write as soon as nobody else does; fails, as SQLite does, after `_TURN_SECONDS`.

    SQLite's own waiting looks again after longer and longer pauses, up to a tenth of a second, so
    that among many short writes some would wait a hundred times as long as a write takes.
    """
    raw: Any = connection.connection.driver_connection
    until = monotonic() + _TURN_SECONDS
    raw.execute("PRAGMA busy_timeout = 0")
    try:
        while monotonic() < until:
            try:
                raw.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    break
                sleep(_LOOK_AGAIN_SECONDS)
            else:
                return
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # says what is wrong
    finally:
        raw.execute(f"PRAGMA busy_timeout = {_TURN_SECONDS * 1000}")


def _check_postgresql(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        for setting in ("fsync", "synchronous_commit"):
            cursor.execute(f"SHOW {setting}")
            (value,) = cursor.fetchone()
            if value == "off":
                msg = (
                    f"PostgreSQL runs with {setting} = off; an answer could be lost in a crash. "
                    f"Set {setting} = on and start again."
                )
                raise UnsafeDatabaseError(msg)
    connection.rollback()
