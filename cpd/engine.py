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
    """The database could lose an acknowledged write; the message says what to change."""


LONG = 1_000
"""Characters; longer JSON is in rows that never change, such as texts and keys."""


def parse_json(text: str | bytes) -> Any:
    """Return parsed JSON. Long JSON is parsed once and shared, so callers must not change it."""
    return _parse_long_json_once(text) if len(text) > LONG else json.loads(text)


@lru_cache(maxsize=1024)
def _parse_long_json_once(text: str | bytes) -> Any:
    return json.loads(text)


_WAIT_SECONDS = 5
"""How long a write waits for others on SQLite."""
_RETRY_SECONDS = 0.001


_CONNECT_SECONDS = 5
"""How long connecting to PostgreSQL may take; its driver would wait for minutes."""


def build_engine_options(url: str) -> dict[str, Any]:
    """Return the options with which SQLAlchemy connects and pools connections."""
    options: dict[str, Any] = {"json_deserializer": parse_json}
    options["hide_parameters"] = True  # errors go to the log, which names nobody
    options["max_overflow"] = -1  # as many connections as threads, however many those are
    if not url.startswith("sqlite"):
        # A restarted server has closed connections that we believe are open.
        options["pool_pre_ping"] = True
        options["connect_args"] = {"connect_timeout": _CONNECT_SECONDS}
    return options


def create_protected_engine(url: str) -> Engine:
    """Return an engine set up like the app's own."""
    engine = sa.create_engine(url, **build_engine_options(url))
    add_safety_listeners(engine)
    return engine


def add_safety_listeners(engine: Engine) -> None:
    """Set up each new connection of an engine, and refuse one that could lose a write."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "do_connect", open_existing_sqlite_file)
        event.listen(engine, "connect", _set_sqlite_pragmas)
        event.listen(engine, "begin", _begin_sqlite_transaction)
    else:
        event.listen(engine, "connect", _refuse_undurable_postgresql)


def open_existing_sqlite_file(
    dialect: Dialect, _record: object, arguments: list[Any], options: dict[str, Any]
) -> Any:
    """Open an existing file only; SQLite would make a missing one, readable by everyone."""
    (path,) = arguments
    return dialect.connect(f"file:{quote(path)}?mode=rw", uri=True, **options)


def _set_sqlite_pragmas(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # only _begin_sqlite_transaction begins transactions
    for pragma in (
        f"busy_timeout = {_WAIT_SECONDS * 1000}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "recursive_triggers = ON",
        "cache_size = -512",  # in kB; the system caches the file for all processes too
    ):
        connection.execute(f"PRAGMA {pragma}")
    refuse_undurable_sqlite(connection)


def refuse_undurable_sqlite(connection: sqlite3.Connection) -> None:
    """Raise UnsafeDatabaseError unless every commit reaches the disk."""
    (synchronous,) = connection.execute("PRAGMA synchronous").fetchone()
    (journal,) = connection.execute("PRAGMA journal_mode").fetchone()
    full, extra = 2, 3
    if not (synchronous == extra or (synchronous == full and journal == "wal")):
        msg = (
            f"SQLite runs with synchronous={synchronous} and journal_mode={journal}; an answer "
            "could be lost in a power cut. Put the file on a local disk that allows WAL."
        )
        raise UnsafeDatabaseError(msg)


def _begin_sqlite_transaction(connection: Connection) -> None:
    if connection.get_execution_options().get("cpd_write", False):
        _begin_sqlite_write_transaction(connection)
    else:
        connection.exec_driver_sql("BEGIN")


def _begin_sqlite_write_transaction(connection: Connection) -> None:
    """Begin a write transaction as soon as no other is open; fails after `_WAIT_SECONDS`.

    SQLite itself retries after longer and longer pauses, up to a tenth of a second. Among many
    short writes, some would wait a hundred times as long as a write takes.
    """
    raw: Any = connection.connection.driver_connection
    until = monotonic() + _WAIT_SECONDS
    raw.execute("PRAGMA busy_timeout = 0")
    try:
        while monotonic() < until:
            try:
                raw.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    break
                sleep(_RETRY_SECONDS)
            else:
                return
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # raises the real error
    finally:
        raw.execute(f"PRAGMA busy_timeout = {_WAIT_SECONDS * 1000}")


def _refuse_undurable_postgresql(connection: Any, _record: object) -> None:
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
