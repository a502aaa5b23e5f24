"""The database: base class, column types, the unit of work, and what differs between dialects."""

import enum
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import Annotated, Any, ClassVar, Generic, TypeVar

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, Session, mapped_column
from sqlalchemy.types import TypeDecorator

from cpd.kernel import clock
from cpd.kernel.ids import generate_base32_text, new_public_id


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
        """Return the instant as aware UTC, whatever the driver returned."""
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The base of every table; enums are stored as text, dictionaries and lists as JSON."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
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


Row = TypeVar("Row")
PrimaryKey = Annotated[int, mapped_column(primary_key=True)]
PublicId = Annotated[str, mapped_column(sa.String(40), unique=True)]
Subject = Annotated[str, mapped_column(sa.String(40))]
"""Identifies a person in rows that outlive the account: an opaque id, never a name or address."""


def public_id_column(prefix: str) -> MappedColumn[str]:
    """Return the column of a `PublicId`: a new row gets one with this prefix."""
    return mapped_column(default=lambda: new_public_id(prefix))


def partial_unique_index(name: str, *columns: str, where: str) -> sa.Index:
    """Return an index: of the rows for which `where` holds, no two agree in these columns."""
    condition = sa.text(where)
    return sa.Index(name, *columns, unique=True, sqlite_where=condition, postgresql_where=condition)


db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a long list, by its number from 1."""

    rows: Sequence[Row]
    number: int
    pages: int
    count: int
    """The rows of all pages together."""


def cut_page(rows: Sequence[Row], *, number: int, size: int) -> Page[Row] | None:
    """Return one page of rows that were read already; None past the last page."""
    pages = max(-(-len(rows) // size), 1)
    if not 1 <= number <= pages:
        return None
    start = (number - 1) * size
    return Page(rows[start : start + size], number, pages, len(rows))


def find_page(
    session: Session, rows: sa.Select[Row], *, number: int, size: int
) -> Page[Row] | None:
    """Return one page of what a statement selects, in its order; None past the last page."""
    count = (
        session.scalar(sa.select(sa.func.count()).select_from(rows.order_by(None).subquery())) or 0
    )
    pages = max(-(-count // size), 1)
    if not 1 <= number <= pages:
        return None
    found = session.scalars(rows.limit(size).offset((number - 1) * size)).all()
    return Page(found, number, pages, count)


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


class LostTransactionError(RuntimeError):
    """The database ended a transaction early, so none of its writes may be acknowledged."""


_writing: ContextVar[bool] = ContextVar("writing", default=False)


def is_in_unit_of_work() -> bool:
    """Tell whether a write transaction is open; slow work must not start then."""
    return _writing.get()


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """Open the one write transaction of a request; commit at its end, roll back on an exception.

    Rows read earlier are not locked, so actions reread whatever their decisions depend on.
    Raises RuntimeError when nested, and LostTransactionError when the database rolled back and the
    error that said so was caught.
    """
    if _writing.get():
        msg = "units of work do not nest: pass the session down instead"
        raise RuntimeError(msg)
    session = db.session()
    session.commit()  # ends the read transaction; nothing in it is pending
    token = _writing.set(True)
    try:
        raw = _raw_driver_connection(session.connection(execution_options={"cpd_write": True}))
        yield session
        _refuse_lost_transaction(raw)
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        _writing.reset(token)


def run_in_savepoint(session: Session, work: Callable[[], object]) -> Exception | None:
    """Run work that may fail by itself: undo its writes and return the exception, or return None.

    Raises when the whole transaction was lost, as on a full disk or a dropped connection: otherwise
    later writes would be kept without the earlier ones.
    """
    raw = _raw_driver_connection(session.connection())
    try:
        with session.begin_nested():
            work()
    except Exception as fault:
        if _is_transaction_lost(raw):
            raise
        return fault
    return None


def _raw_driver_connection(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _refuse_lost_transaction(raw: Any) -> None:
    if _is_transaction_lost(raw):
        raise LostTransactionError("the database rolled the transaction back before its end")


def _is_transaction_lost(raw: Any) -> bool:
    """Tell whether the transaction can no longer be committed; neither driver reports it."""
    if isinstance(raw, sqlite3.Connection):
        return not raw.in_transaction
    return raw.info.transaction_status.name in {"INERROR", "UNKNOWN"}


def insert_if_absent(
    session: Session,
    table: type[Base],
    rows: Sequence[dict[str, Any]],
    *,
    by: Sequence[str],
    where: str | None = None,
) -> None:
    """Insert rows unless they exist, even when processes race; `by` names the unique columns.

    `where` is the condition of their index, if it is partial.
    """
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert: Any = sqlite.insert if is_sqlite else postgresql.insert
    of = None if where is None else sa.text(where)
    if rows:
        once = insert(table).on_conflict_do_nothing(index_elements=by, index_where=of)
        session.execute(once, rows)


def flush_or_raise(session: Session, taken: type[Exception]) -> None:
    """Write what is pending; raises `taken` if someone else just took one of its unique values."""
    try:
        session.flush()
    except IntegrityError as fault:
        raise taken from fault


def compare_and_set(session: Session, update: sa.Update) -> bool:
    """Run an update whose condition only one caller can meet; tell whether this one did."""
    result: Any = session.execute(update.execution_options(synchronize_session=False))
    return bool(result.rowcount)


def current_time_default() -> datetime:
    """Return the current instant, as a column default."""
    return clock.now()


def acquire_advisory_lock(session: Session, key: int) -> None:
    """Let one transaction at a time go on from here; the lock ends with the transaction.

    Does nothing on SQLite, where a unit of work is the only writer anyway.
    """
    if session.connection().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))


def lock_rows(session: Session, rows: sa.Select[*tuple[Any, ...]]) -> None:
    """Lock the selected rows until the transaction ends; SQLite has one writer at a time anyway."""
    if session.connection().dialect.name == "postgresql":
        session.execute(rows.with_for_update())


_MORE_THAN_A_PAGE = 8 * 1024
"""In characters: more than fits on one page of a SQLite file."""


def try_write_without_commit(connection: Connection, *, wait_seconds: int, free_bytes: int) -> None:
    """Write a row without committing it; raises the database's error if it fails.

    Waits for other writers no longer than `wait_seconds`. On SQLite the disk must have `free_bytes`
    left too, and the connection cannot be used again.
    """
    probe = (
        _try_write_on_sqlite if connection.dialect.name == "sqlite" else _try_write_on_postgresql
    )
    probe(connection, wait_seconds, free_bytes)


def _try_write_on_sqlite(connection: Connection, wait_seconds: int, free_bytes: int) -> None:
    raw = _raw_driver_connection(connection)
    connection.detach()  # its timeout is shorter than that of the pooled connections
    raw.execute(f"PRAGMA busy_timeout = {wait_seconds * 1000}")
    connection.execute(sa.insert(DatabaseMark).values(name="x" * _MORE_THAN_A_PAGE))
    (_, _, path), *_ = connection.exec_driver_sql("PRAGMA database_list")
    with TemporaryFile(dir=Path(path).parent) as file:  # an uncommitted row does not reach the disk
        os.posix_fallocate(file.fileno(), 0, free_bytes)


def _try_write_on_postgresql(connection: Connection, wait_seconds: int, _free_bytes: int) -> None:
    for limit in ("lock_timeout", "statement_timeout"):
        connection.exec_driver_sql(f"SET LOCAL {limit} = {wait_seconds * 1000}")
    connection.execute(sa.insert(DatabaseMark).values(name=generate_base32_text(100)))
