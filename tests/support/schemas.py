"""What a database's schema consists of, and the migrations, for `tests/test_schema.py`."""

import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic.script import ScriptDirectory
from alembic.util import load_python_file
from sqlalchemy.engine import Connection

from cpd import migrate
from cpd.db import SchemaWindow
from cpd.engine import create_protected_engine
from cpd.frozen_tables import FROZEN
from cpd.jobs.models import OutboxItem
from migrations import earned, frozen

BASE = "base"
WRITTEN_BY_MIGRATING = frozenset({"alembic_version", SchemaWindow.__tablename__})
"""Tables that only record the schema."""
Row = dict[str, str]


@dataclass(frozen=True)
class Step:
    """A migration, and the schema below it."""

    revision: str
    below: str


def ladder(folder: Path | None = None) -> list[Step]:
    """Return the migrations of a folder (by default the project's), from the first one on."""
    script = ScriptDirectory(str(folder or migrate.MIGRATIONS))
    found = reversed(list(script.walk_revisions()))
    return [Step(one.revision, str(one.down_revision or BASE)) for one in found]


def with_a_later_migration(
    folder: Path, upgrade: str, downgrade: str = "pass", *, beside: str = ""
) -> Path:
    """Copy the migrations into a folder and add one that does what the lines say.

    `beside` is the schema of the oldest release that may run beside it.
    """
    copy = folder / "migrations"
    shutil.copytree(migrate.MIGRATIONS, copy, ignore=shutil.ignore_patterns("__pycache__"))
    head = ladder()[-1].revision
    number = f"{int(head) + 1:04}"
    lines = [
        '"""A migration of the tests."""',
        "import sqlalchemy as sa",
        "from alembic import op",
        "from migrations.frozen import protect, release",
        f'revision = "{number}"',
        *([f'BESIDE = "{beside}"'] if beside else []),
        f'down_revision = "{head}"',
        "def upgrade():",
        *(f"    {line}" for line in upgrade.splitlines()),
        "def downgrade():",
        *(f"    {line}" for line in downgrade.splitlines()),
    ]
    (copy / "versions" / f"{number}_later.py").write_text("\n".join(lines) + "\n")
    return copy


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """Connect as the app does; changes are rolled back at the end."""
    engine = create_protected_engine(url)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


# Triggers


def triggers(connection: Connection) -> dict[str, str]:
    """Return every trigger of the database by name, as SQL; on PostgreSQL with its function."""
    if connection.dialect.name == "sqlite":
        sql = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    else:
        sql = (
            "SELECT tgname, concat_ws(' ', pg_get_triggerdef(oid), tgenabled,"
            " pg_get_functiondef(tgfoid)) FROM pg_trigger WHERE NOT tgisinternal"
        )
    return {str(name): str(text) for name, text in connection.execute(sa.text(sql))}


def triggers_wanted(connection: Connection) -> dict[str, str]:
    """Return the triggers that `FROZEN` asks for, as `triggers` would show them."""
    dialect = connection.dialect.name
    wanted = dict(earned.statements(dialect))
    for table in FROZEN:
        columns = [found["name"] for found in sa.inspect(connection).get_columns(table.table)]
        wanted |= frozen.statements(dialect, table.table, columns, table.movable, table.moves)
    return wanted if dialect == "sqlite" else _as_shown(connection, wanted)


def _as_shown(connection: Connection, wanted: dict[str, str]) -> dict[str, str]:
    """Create the triggers again to see how PostgreSQL shows them, then roll back."""
    with connection.begin_nested() as trial:
        for name, table in frozen.installed(connection).items():
            connection.execute(sa.text(f"DROP TRIGGER {name} ON {table}"))
        for sql in (frozen.FUNCTION, earned._FUNCTION, *wanted.values()):
            connection.execute(sa.text(sql))
        shown = triggers(connection)
        trial.rollback()
    return shown


# Tables


def catalogue(connection: Connection) -> dict[str, Any]:
    """Return all tables with columns, types, keys, checks and indexes, in no particular order."""
    inspector = sa.inspect(connection)
    columns, keys = inspector.get_multi_columns(), inspector.get_multi_pk_constraint()
    by_name: dict[str, Any] = {
        "foreign keys": inspector.get_multi_foreign_keys(),
        "unique": inspector.get_multi_unique_constraints(),
        "checks": inspector.get_multi_check_constraints(),
        "indexes": inspector.get_multi_indexes(),
    }
    return {
        table[1]: {
            "columns": {
                column["name"]: (str(column["type"]), column["nullable"], column["default"])
                for column in found
            },
            "primary key": str(keys[table]),
            **{what: _by_name(each[table]) for what, each in by_name.items()},
        }
        for table, found in columns.items()
        if table[1] != "alembic_version"
    }


def _by_name(found: Any) -> dict[str, str]:
    return {str(one["name"]): _plain(one) for one in found}


def _plain(one: Any) -> str:
    """Spell a reflected constraint; clauses of an index are SQL objects and become text."""
    options = {key: str(value) for key, value in one.get("dialect_options", {}).items()}
    return str({key: value for key, value in sorted(one.items()) if key != "dialect_options"}) + (
        str(options)
    )


# Rows


def rows(connection: Connection) -> dict[str, list[Row]]:
    """Return every row of every table, each value as text."""
    keys = sa.inspect(connection).get_multi_pk_constraint()
    return {
        name: [
            {column: repr(value) for column, value in row.items()}
            for row in connection.execute(
                sa.select(sa.text("*"))
                .select_from(sa.table(name))
                .order_by(*(sa.column(column) for column in key["constrained_columns"]))
            ).mappings()
        ]
        for (_, name), key in keys.items()
        if name not in WRITTEN_BY_MIGRATING
    }


def above(step: Step) -> dict[str, str]:
    """Return what the schema below a migration cannot hold: a description, and a FROM clause."""
    return dict(getattr(_module(step), "ABOVE", {}))


def beside(step: Step) -> str:
    """Return the oldest release, by its schema, that may run beside a migration."""
    return str(getattr(_module(step), "BESIDE", step.revision))


def _module(step: Step) -> Any:
    """Return the module of a migration."""
    (file,) = (migrate.MIGRATIONS / "versions").glob(f"{step.revision}_*.py")
    return load_python_file(str(file.parent), file.name)


def counted(connection: Connection, clauses: Mapping[str, str]) -> dict[str, int]:
    """Count the rows of each clause."""
    return {
        words: connection.scalar(sa.text(f"SELECT count(*) FROM {clause}")) or 0  # noqa: S608 - ours
        for words, clause in clauses.items()
    }


def remove(url: str, above: Sequence[Mapping[str, str]]) -> set[str]:
    """Remove rows despite all guards, as no user of the site can; return their tables."""
    clauses = [clause for one in above for clause in one.values()]
    with connected(url) as connection:
        guarded = triggers(connection)
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            connection.commit()
            raw: Any = connection.connection.driver_connection
            raw.execute("PRAGMA foreign_keys = OFF")
        else:
            connection.execute(sa.text("SET session_replication_role = replica"))
        for name in guarded if is_sqlite else ():
            connection.execute(sa.text(f"DROP TRIGGER {name}"))
        for clause in clauses:
            connection.execute(sa.text(f"DELETE FROM {clause}"))  # noqa: S608 - ours
        for sql in guarded.values() if is_sqlite else ():
            connection.execute(sa.text(sql))
        connection.commit()
    return {clause.split()[0] for clause in clauses}


def columns_of(steps: Sequence[Step], *names: str) -> dict[str, set[str]]:
    """Return the columns, by table, that migrations name: `RENUMBERED`, `REWRITTEN`, or both."""
    found = defaultdict[str, set[str]](set)
    for step in steps:
        for columns in (getattr(_module(step), name, {}) for name in names):
            for table, each in columns.items():
                found[table] |= each
    return found


def lost(
    before: dict[str, list[Row]],
    after: dict[str, list[Row]],
    apart: Mapping[str, set[str]] | None = None,
) -> list[str]:
    """Return which rows were lost or changed in the tables and columns that both have.

    Columns in `apart`, by table, are not compared.
    """
    return [
        f"{name}: {len(old)} rows before, {len(after[name])} after, or they changed"
        for name, old in before.items()
        if name in after
        and not _same(
            old, _without_new_work(name, old, after[name]), (apart or {}).get(name, set())
        )
    ]


def _without_new_work(name: str, old: list[Row], new: list[Row]) -> list[Row]:
    """Leave out the jobs that a migration enqueues, which come after all earlier jobs."""
    return new[: len(old)] if name == OutboxItem.__tablename__ else new


def _same(old: list[Row], new: list[Row], apart: set[str]) -> bool:
    if len(old) != len(new):
        return False
    return all(
        one[key] == other[key]
        for one, other in zip(old, new, strict=True)
        for key in (one.keys() & other.keys()) - apart
    )


def dangling(connection: Connection) -> list[Any]:
    """Return rows with broken foreign keys; PostgreSQL cannot have any."""
    if connection.dialect.name != "sqlite":
        return []
    return list(connection.execute(sa.text("PRAGMA foreign_key_check")).all())
