"""Which schema a database is at, and whether this release may run on it."""

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Session

from cpd.config import Settings
from cpd.db import DEMO, DatabaseMark, SchemaWindow
from cpd.engine import UnsafeDatabaseError, create_protected_engine
from cpd.kernel import files

SCHEMA = "0039"
"""The migration that this release's models describe."""

_LOCK = 7237319
"""The advisory lock that lets one process at a time prepare a PostgreSQL database."""


class UnknownSchemaError(RuntimeError):
    """This release cannot run on the database's schema; the message says what to do."""


def find_applied_schema(connection: Connection) -> str | None:
    """Return the last migration that ran on the database, or None for an empty one."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    revision = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return None if revision is None else str(revision)


def find_oldest_compatible_schema(connection: Connection) -> str | None:
    """Return the schema of the oldest release that may run here, or None if it is not recorded."""
    if not sa.inspect(connection).has_table(SchemaWindow.__tablename__):
        return None
    return connection.scalar(sa.select(SchemaWindow.oldest))


def refuse_unusable_schema(connection: Connection) -> None:
    """Raise UnknownSchemaError unless this release may run on the database's schema.

    It may run on its own schema, and on a later one that allows it, because the hosts of a site are
    upgraded one after the other.
    """
    current = find_applied_schema(connection)
    if current == SCHEMA:
        return
    if current is None or current < SCHEMA:
        state = "has no tables yet" if current is None else f"is at schema {current}"
        msg = f"The database {state}; this release needs {SCHEMA}. Run: cpd db upgrade"
        raise UnknownSchemaError(msg)
    oldest = find_oldest_compatible_schema(connection) or current
    if oldest > SCHEMA:
        msg = (
            f"The database is at schema {current}, which releases from schema {oldest} on may use. "
            f"This release is at {SCHEMA} and too old. Install a later one."
        )
        raise UnknownSchemaError(msg)


def find_database_fault(engine: Engine) -> str | None:
    """Return a sentence that says why the database cannot serve now, or None when it can."""
    try:
        with engine.connect() as connection:
            refuse_unusable_schema(connection)
    except (UnsafeDatabaseError, UnknownSchemaError) as fault:
        return str(fault)
    except sa.exc.SQLAlchemyError:
        return "The database does not respond."
    return None


def check_database_or_exit(settings: Settings) -> None:
    """Exit unless the database is safe, its schema fits this release, and no demo is public."""
    engine = create_protected_engine(settings.database_url)
    try:
        fault = find_database_fault(engine)
        if fault is None and not settings.is_private and _is_demo_database(engine):
            fault = (
                "This database holds a demo, whose passwords are public. Serve it on "
                "http://127.0.0.1 only and behind no proxy, or choose another database with "
                "DATABASE_URL."
            )
    finally:
        engine.dispose()
    if fault is not None:
        raise SystemExit(fault)


def _is_demo_database(engine: Engine) -> bool:
    with Session(engine) as session:
        return session.get(DatabaseMark, DEMO) is not None


@contextmanager
def hold_preparation_lock(url: str, *, meanwhile: Callable[[], None]) -> Iterator[None]:
    """Let one process at a time into the block, across hosts; those that wait call `meanwhile`.

    Raises OSError, UnsafeDatabaseError or OperationalError when the database cannot be used.
    """
    if url.startswith("sqlite"):
        beside = Path(f"{sa.make_url(url).database}.lock")
        file = _open_and_lock_file(beside, meanwhile)
        try:
            yield
        finally:
            beside.unlink()  # a waiting process checks again
            fcntl.flock(file, fcntl.LOCK_UN)  # at once, even if a child process has it open
            os.close(file)
        return
    with open_connection(url) as connection:  # the lock ends with its transaction
        if not connection.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(_LOCK))):
            meanwhile()
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
        yield


def _open_and_lock_file(path: Path, meanwhile: Callable[[], None]) -> int:
    """Open and lock a file; start over if another process removed it while this one waited."""
    while True:
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            meanwhile()
            fcntl.flock(file, fcntl.LOCK_EX)
        if path.exists() and path.stat().st_ino == os.fstat(file).st_ino:
            return file
        os.close(file)


def back_up_sqlite_database(url: str, *, now: datetime) -> Path | None:
    """Copy a SQLite database beside itself and return the copy; None when there is none.

    Operators of PostgreSQL run its own tools (`pg_dump`) before upgrading.
    """
    path = parse_sqlite_path(url)
    if path is None or find_schema_version(url) is None:
        return None
    copy = path.with_name(f"{path.stem}-{now:%Y%m%d-%H%M%S}.backup.sqlite")
    with (
        files.replace_private_file(copy) as draft,
        closing(sqlite3.connect(path)) as source,
        closing(sqlite3.connect(draft)) as target,
    ):
        source.backup(target)
    return copy


def parse_sqlite_path(url: str) -> Path | None:
    """Return the file of a SQLite database; None for PostgreSQL."""
    parsed = sa.make_url(url)
    is_sqlite = parsed.get_backend_name() == "sqlite"
    return Path(parsed.database or "") if is_sqlite else None


@contextmanager
def open_connection(url: str) -> Iterator[Connection]:
    """Yield a connection, and close everything afterward."""
    engine = create_protected_engine(url)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def find_schema_version(url: str) -> str | None:
    """Return the last migration that ran; None for a database without tables, or none at all."""
    path = parse_sqlite_path(url)
    if path is not None and not path.exists():
        return None
    with open_connection(url) as connection:
        return find_applied_schema(connection)


def is_at_later_schema(url: str) -> bool:
    """Tell whether the database is at a later schema on which this release may run.

    Raises UnknownSchemaError for a later one on which it may not.
    """
    current = find_schema_version(url)
    if current is None or current <= SCHEMA:
        return False
    with open_connection(url) as connection:
        refuse_unusable_schema(connection)
    return True


def is_at_current_schema(url: str) -> bool:
    """Tell whether the database is at this release's schema."""
    return find_schema_version(url) == SCHEMA
