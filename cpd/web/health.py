"""Whether the process lives, and whether it can serve: for the machines that watch it.

A probe asks from beside the site, by whatever name it knows this machine, and is answered.
"""

import errno
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryFile
from time import monotonic
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, Flask, Response, current_app, jsonify, make_response
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from cpd import db
from cpd.access.guard import public
from cpd.config import settings_of
from cpd.kernel.ids import random_text
from cpd.web import logs

ALIVE, READY = "/healthz", "/readyz"

LONGEST_SECONDS = 1
"""How long the trial write waits for others; a healthy site writes within milliseconds."""
REMEMBER_SECONDS = 1
"""How long an outcome is told again: whoever asks without a pause cannot keep others from writing.
"""
ROOM = 1024 * 1024
"""Bytes that must be free beside a SQLite file; its log could not grow much longer."""

AWAY = "The database does not answer."
LOCKED = "The database is locked: somebody else has been writing for too long."
FULL = "The disk of the database is full."
READ_ONLY = "The database can be read but not written."
FAILS = "The database cannot be written."
"""Reasons without the driver's own words, which name files and addresses: the log has those."""

_REASONS: Mapping[object, str] = {
    sqlite3.SQLITE_BUSY: LOCKED,
    sqlite3.SQLITE_LOCKED: LOCKED,
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    "25006": READ_ONLY,  # PostgreSQL: a read-only transaction, as a standby's are
    "53100": FULL,
    "55P03": LOCKED,  # waited too long for a lock, and for anything
    "57014": LOCKED,
}
_ROOM_REASONS = {errno.ENOSPC: FULL, errno.EDQUOT: FULL, errno.EROFS: READ_ONLY}
_LONG = 8 * 1024
"""Characters of the row that is tried on SQLite: more than fit on one page of the file."""


def init_app(app: Flask, bp: Blueprint) -> None:
    """Add the two addresses, for any name of this machine."""
    bp.add_url_rule(ALIVE, "alive", alive)
    bp.add_url_rule(READY, "ready", ready)
    app.extensions[_EXTENSION] = _Lately()
    app.wsgi_app = _Probes(app.wsgi_app, settings_of(app).host)  # type: ignore[method-assign]


@public
def alive() -> Response:
    """Answer that the process runs; asks nothing of the database."""
    return jsonify(alive=True)


@public
def ready() -> Response:
    """Answer whether the database can be read and written; 503 with the reason when it cannot."""
    lately: _Lately = current_app.extensions[_EXTENSION]
    reason = lately.ask(db.db.engine)
    body = jsonify(ready=reason is None, reason=reason)
    return make_response(body, HTTPStatus.OK if reason is None else HTTPStatus.SERVICE_UNAVAILABLE)


_EXTENSION = "cpd.health"


class _Probes:
    """Lets the two addresses be asked for under any host name; others are for the site's own."""

    def __init__(self, app: Callable[..., Iterable[bytes]], host: str) -> None:
        self._app, self._host = app, host

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ.get("PATH_INFO") in {ALIVE, READY}:
            environ["HTTP_HOST"] = self._host
        return self._app(environ, start_response)


class _Lately:
    """What was found a moment ago; those who ask meanwhile wait for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until = monotonic()
        self._reason: str | None = None

    def ask(self, engine: Engine) -> str | None:
        with self._lock:
            if monotonic() >= self._until:
                self._reason = unready(engine)
                self._until = monotonic() + REMEMBER_SECONDS
            return self._reason


def unready(engine: Engine) -> str | None:
    """Return why the database cannot be read and written now, as a sentence, or None when it can.

    A row is written and taken back, so that nothing is kept and nothing waits for the disk.
    """
    otherwise = AWAY
    try:
        with engine.connect() as connection:
            db.check_schema(connection)
            connection.rollback()  # what was read must not be older than what is written
            otherwise = FAILS
            (_try_sqlite if engine.dialect.name == "sqlite" else _try_postgresql)(connection)
            connection.rollback()
    except (db.UnsafeDatabaseError, db.UnknownSchemaError) as fault:
        return str(fault)
    except (SQLAlchemyError, OSError) as fault:
        logs.log.error("not ready", exc_info=fault)
        return _reason(fault) or otherwise
    return None


def _try_sqlite(connection: Connection) -> None:
    raw: Any = connection.connection.driver_connection
    connection.detach()  # it is not used again, because it waits for others less long
    raw.execute(f"PRAGMA busy_timeout = {LONGEST_SECONDS * 1000}")
    connection.execute(sa.insert(db.DatabaseMark).values(name="x" * _LONG))
    (_, _, path), *_ = connection.exec_driver_sql("PRAGMA database_list")
    with TemporaryFile(dir=Path(path).parent) as file:  # reaches the disk when it is committed,
        os.posix_fallocate(file.fileno(), 0, ROOM)  # which it is not: is there room for more?


def _try_postgresql(connection: Connection) -> None:
    for limit in ("lock_timeout", "statement_timeout"):
        connection.exec_driver_sql(f"SET LOCAL {limit} = {LONGEST_SECONDS * 1000}")
    connection.execute(sa.insert(db.DatabaseMark).values(name=random_text(100)))


def _reason(fault: SQLAlchemyError | OSError) -> str | None:
    if isinstance(fault, OSError):
        return _ROOM_REASONS.get(fault.errno or 0)
    of_driver = getattr(fault, "orig", None)
    code = getattr(of_driver, "sqlite_errorcode", None)
    return _REASONS.get(getattr(of_driver, "sqlstate", None) if code is None else code & 0xFF)
