"""Health checks: whether the process is alive, and whether it can serve.

A probe may use any host name by which it knows this machine.
"""

import errno
import sqlite3
import threading
from collections.abc import Iterable, Mapping
from functools import partial
from http import HTTPStatus
from time import monotonic
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, make_response
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from cpd.access.guard import public
from cpd.config import settings_of_app
from cpd.db import db, try_write_without_commit
from cpd.engine import UnsafeDatabaseError
from cpd.schema import UnknownSchemaError, refuse_unusable_schema
from cpd.web import logs
from cpd.web.site import Site, Wsgi

ALIVE, READY = "/healthz", "/readyz"

LONGEST_SECONDS = 1
"""How long the probe waits for other writers; a healthy site writes within milliseconds."""
REMEMBER_SECONDS = 1
"""How long a result is reused, so that frequent probes cannot keep others from writing."""
FREE_BYTES = 1024 * 1024
"""How much disk space SQLite must have left for its write-ahead log to grow."""

AWAY = "The database does not respond."
LOCKED = "The database is locked: another writer has held it for too long."
FULL = "The database disk is full."
READ_ONLY = "The database can be read but not written."
FAILS = "The database cannot be written."
"""The reasons leave out the driver's message, which names files and addresses; the log has it."""

_REASONS: Mapping[object, str] = {
    sqlite3.SQLITE_BUSY: LOCKED,
    sqlite3.SQLITE_LOCKED: LOCKED,
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_READONLY: READ_ONLY,
    "25006": READ_ONLY,  # PostgreSQL: a read-only transaction, as on a standby
    "53100": FULL,
    "55P03": LOCKED,  # timed out waiting for a lock, or for anything
    "57014": LOCKED,
}
_ROOM_REASONS = {errno.ENOSPC: FULL, errno.EDQUOT: FULL, errno.EROFS: READ_ONLY}


def init_app(app: Site, bp: Blueprint) -> None:
    """Add the two URLs, and accept any host name for them."""
    bp.add_url_rule(ALIVE, "alive", report_alive)
    bp.add_url_rule(READY, "ready", report_readiness)
    app.extensions[_EXTENSION] = _RecentResult()
    app.wrap_in_middleware(partial(_Probes, host=settings_of_app(app).host))


@public
def report_alive() -> Response:
    """Answer that the process is running, without asking the database."""
    return jsonify(alive=True)


@public
def report_readiness() -> Response:
    """Answer whether the database can be read and written; 503 with the reason when it cannot."""
    recent: _RecentResult = current_app.extensions[_EXTENSION]
    reason = recent.probe_or_reuse(db.engine)
    body = jsonify(ready=reason is None, reason=reason)
    return make_response(body, HTTPStatus.OK if reason is None else HTTPStatus.SERVICE_UNAVAILABLE)


_EXTENSION = "cpd.health"


class _Probes:
    """Middleware that accepts any host name for the two URLs; others need the site's own."""

    def __init__(self, app: Wsgi, *, host: str) -> None:
        self._app, self._host = app, host

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ.get("PATH_INFO") in {ALIVE, READY}:
            environ["HTTP_HOST"] = self._host
        return self._app(environ, start_response)


class _RecentResult:
    """The result of the last check, reused briefly; requests during a check wait for it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until = monotonic()
        self._reason: str | None = None

    def probe_or_reuse(self, engine: Engine) -> str | None:
        with self._lock:
            if monotonic() >= self._until:
                self._reason = probe_database(engine)
                self._until = monotonic() + REMEMBER_SECONDS
            return self._reason


def probe_database(engine: Engine) -> str | None:
    """Return why the database cannot be read and written now, as a sentence, or None when it can.

    A row is written and rolled back, so nothing is stored and nothing waits for the disk.
    """
    otherwise = AWAY
    try:
        with engine.connect() as connection:
            refuse_unusable_schema(connection)
            connection.rollback()  # what was read must not be older than what is written
            otherwise = FAILS
            try_write_without_commit(
                connection, wait_seconds=LONGEST_SECONDS, free_bytes=FREE_BYTES
            )
            connection.rollback()
    except (UnsafeDatabaseError, UnknownSchemaError) as fault:
        return str(fault)
    except (SQLAlchemyError, OSError) as fault:
        logs.log.error("not ready", exc_info=fault)
        return _describe_database_error(fault) or otherwise
    return None


def _describe_database_error(fault: SQLAlchemyError | OSError) -> str | None:
    if isinstance(fault, OSError):
        return _ROOM_REASONS.get(fault.errno or 0)
    of_driver = getattr(fault, "orig", None)
    code = getattr(of_driver, "sqlite_errorcode", None)
    return _REASONS.get(getattr(of_driver, "sqlstate", None) if code is None else code & 0xFF)
