"""The database: base class, column types, the unit of work, and what makes a write durable."""

import enum
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from time import monotonic, sleep
from typing import Annotated, Any
from urllib.parse import quote

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.types import TypeDecorator

from cpd.config import Settings
from cpd.kernel import clock

LONG = 1_000
"""Characters; longer JSON belongs to rows that are written once, such as texts and keys."""


def parse_json(text: str | bytes) -> Any:
    """Return what JSON says. Long JSON is parsed once, so nobody may change what comes back."""
    return _parsed(text) if len(text) > LONG else json.loads(text)


@lru_cache(maxsize=1024)
def _parsed(text: str | bytes) -> Any:
    return json.loads(text)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: stored as UTC, read as aware UTC; a naive value is refused with ValueError."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive values; SQLite has no zones and gets the UTC wall time."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = f"{value!r} has no time zone: pass an aware instant"
            raise ValueError(msg)
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the instant as aware UTC whatever the driver gave."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Every table; enums are stored as their text, dictionaries and lists as JSON."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it off the class
        datetime: UtcDateTime,
        enum.Enum: sa.Enum(
            enum.Enum,
            native_enum=False,
            length=24,
            values_callable=lambda members: [member.value for member in members],
        ),
        dict[str, Any]: sa.JSON,
        list[Any]: sa.JSON,
    }


PrimaryKey = Annotated[int, mapped_column(primary_key=True)]
PublicId = Annotated[str, mapped_column(sa.String(40), unique=True)]
Subject = Annotated[str, mapped_column(sa.String(40))]
"""Names a person in rows that outlive the account: an opaque id, never a name or an address."""

db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})


@dataclass(frozen=True)
class FrozenTable:
    """A table whose rows are never deleted, and change in the named columns only."""

    table: str
    movable: tuple[str, ...] = ()
    moves: tuple[tuple[str, str], ...] = ()
    """The changes of `state` that are allowed; others are refused by the database."""


FROZEN = (
    FrozenTable("revisions"),
    FrozenTable("revision_parts"),
    FrozenTable("ledger_entries"),
    FrozenTable("publish_entries", movable=("base_hash",)),
    FrozenTable("sources"),
    FrozenTable("media"),
    FrozenTable("case_keys"),
    FrozenTable("enrolment_disclosures"),
    FrozenTable("section_readings"),
    FrozenTable("practice_answers"),
    FrozenTable(
        "attempts",
        movable=(
            "state",
            "closed_at",
            "deadline_at",
            "deadline_inputs",
            "last_sequence",
            "last_receipt",
        ),
        moves=(
            ("open", "submitted"),
            ("open", "expired"),
            ("submitted", "graded"),
            ("expired", "graded"),
            ("open", "void"),
            ("submitted", "void"),
            ("expired", "void"),
            ("graded", "void"),
            ("expired", "open"),
            ("graded", "open"),
            ("void", "open"),
        ),
    ),
    FrozenTable("attempt_items"),
    FrozenTable("answer_events"),
    FrozenTable("attempt_moves"),
    FrozenTable("grade_events"),
    FrozenTable("statements"),
    FrozenTable(
        "certificates",
        movable=("state", "ended_at", "successor_id"),
        moves=(("valid", "superseded"), ("valid", "revoked")),
    ),
    FrozenTable("certificate_files"),
    FrozenTable("signing_keys"),
    FrozenTable("host_keys"),
    FrozenTable("evaluations"),
    FrozenTable("evaluation_ratings"),
    FrozenTable("audit_entries"),
    FrozenTable(
        "dual_control_requests",
        movable=("state", "answered_by", "answered_at", "done_at"),
        moves=(
            ("asked", "confirmed"),
            ("asked", "refused"),
            ("asked", "expired"),
            ("confirmed", "done"),
            ("confirmed", "expired"),
        ),
    ),
)
"""The one list of frozen tables; a test compares it with the triggers after every migration."""


class DatabaseMark(Base):
    """A fact about this database as a whole, such as that it holds a demo."""

    __tablename__ = "marks"

    name: Mapped[str] = mapped_column(sa.String(40), primary_key=True)


class SchemaWindow(Base):
    """Which older releases may run beside the database's schema; migrating writes it."""

    __tablename__ = "schema_windows"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    oldest: Mapped[str] = mapped_column(sa.String(12))
    """The schema of the oldest such release."""


DEMO = "demo"
"""The mark of a database with demo people, whose passwords are public."""


class UnsafeDatabaseError(RuntimeError):
    """The database could lose a write that was acknowledged; the text says what to change."""


class UnknownSchemaError(RuntimeError):
    """The database is at a schema on which this release cannot run; the text says what to do."""


class LostTransactionError(RuntimeError):
    """The database ended a transaction before its time: nothing of it may be acknowledged."""


_writing: ContextVar[bool] = ContextVar("writing", default=False)


def in_unit_of_work() -> bool:
    """Tell whether a write transaction is open here; slow work must not start then."""
    return _writing.get()


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """Open the one write transaction of a request; commit at its end, roll back on an exception.

    What was read before is not locked: actions read again what their decision rests on.
    Raises RuntimeError when nested, and LostTransactionError where a caught error hid that nothing
    is there to commit.
    """
    if _writing.get():
        msg = "units of work do not nest: pass the session down instead"
        raise RuntimeError(msg)
    session = db.session()
    session.commit()  # ends the reading transaction; nothing is pending in it
    token = _writing.set(True)
    try:
        raw = _raw(session.connection(execution_options={"cpd_write": True}))
        yield session
        _refuse_lost(raw)
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        _writing.reset(token)


def run_in_savepoint(session: Session, work: Callable[[], object]) -> Exception | None:
    """Do a part of a unit of work that may fail alone; return what it raised, its writes undone.

    Raises it where the whole transaction went with it, as on a full disk or a lost connection:
    whatever is written after that would stand without what went before.
    """
    raw = _raw(session.connection())
    try:
        with session.begin_nested():
            work()
    except Exception as fault:
        if _is_lost(raw):
            raise
        return fault
    return None


def _raw(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _refuse_lost(raw: Any) -> None:
    if _is_lost(raw):
        raise LostTransactionError("the database rolled the transaction back before its end")


def _is_lost(raw: Any) -> bool:
    """Tell whether what was written can no longer be committed; neither driver would say so."""
    if isinstance(raw, sqlite3.Connection):
        return not raw.in_transaction
    return raw.info.transaction_status.name in {"INERROR", "UNKNOWN"}


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
        event.listen(engine, "do_connect", _open_sqlite)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "connect", _check_postgresql)


def _open_sqlite(
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


def applied_schema(connection: Connection) -> str | None:
    """Return the migration that the database stands at, or None for an empty one."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    found = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return None if found is None else str(found)


SCHEMA = "0013"
"""The migration that this release's models describe."""


def oldest_schema(connection: Connection) -> str | None:
    """Return the schema of the oldest release that may run here; None where it is not stated."""
    if not sa.inspect(connection).has_table(SchemaWindow.__tablename__):
        return None
    return connection.scalar(sa.select(SchemaWindow.oldest))


def check_schema(connection: Connection) -> None:
    """Raise UnknownSchemaError unless this release may run on the database's schema.

    That is its own, or a later one that says so: hosts of a site are upgraded one after the other.
    """
    found = applied_schema(connection)
    if found == SCHEMA:
        return
    if found is None or found < SCHEMA:
        state = "has no tables yet" if found is None else f"is at schema {found}"
        msg = f"The database {state}; this release needs {SCHEMA}. Run: cpd db upgrade"
        raise UnknownSchemaError(msg)
    oldest = oldest_schema(connection) or found
    if oldest > SCHEMA:
        msg = (
            f"The database is at schema {found}, beside which releases from schema {oldest} on may "
            f"run; this release is at {SCHEMA} and too old. Install a later one."
        )
        raise UnknownSchemaError(msg)


def readiness(engine: Engine) -> str | None:
    """Return why the database cannot serve now, as a sentence, or None when it can."""
    try:
        with engine.connect() as connection:
            check_schema(connection)
    except (UnsafeDatabaseError, UnknownSchemaError) as fault:
        return str(fault)
    except sa.exc.SQLAlchemyError:
        return "The database does not answer."
    return None


def require_ready(settings: Settings) -> None:
    """Refuse to serve a database that could lose a write, or whose schema is not this release's."""
    engine = engine_for(settings.database_url)
    try:
        fault = readiness(engine)
        if fault is None and not settings.is_private and _is_demo(engine):
            fault = (
                "This database holds a demo, whose passwords are public. Serve it on "
                "http://127.0.0.1 only and behind no proxy, or choose another database with "
                "DATABASE_URL."
            )
    finally:
        engine.dispose()
    if fault is not None:
        raise SystemExit(fault)


def _is_demo(engine: Engine) -> bool:
    with Session(engine) as session:
        return session.get(DatabaseMark, DEMO) is not None


def insert_if_absent(
    session: Session,
    table: type[Base],
    rows: Sequence[dict[str, Any]],
    *,
    by: Sequence[str],
    where: str | None = None,
) -> None:
    """Insert rows, except where another process was first; `by` names the unique columns.

    `where` is the condition of their index, if it is a partial one.
    """
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert: Any = sqlite.insert if is_sqlite else postgresql.insert
    of = None if where is None else sa.text(where)
    if rows:
        once = insert(table).on_conflict_do_nothing(index_elements=by, index_where=of)
        session.execute(once, rows)


def compare_and_set(session: Session, update: sa.Update) -> bool:
    """Run an update whose condition only one of several can meet; tell whether it was this one."""
    result: Any = session.execute(update.execution_options(synchronize_session=False))
    return bool(result.rowcount)


def created_at() -> datetime:
    """Return the column default of instants."""
    return clock.now()
