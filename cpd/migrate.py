"""Moving a database from one schema to another; kept out of `schema`, which needs no Alembic."""

from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection

from cpd.kernel import files
from cpd.schema import UnknownSchemaError, find_applied_schema, open_connection, parse_sqlite_path
from cpd.setting_values import build_sqlite_url

_IN_WHEEL = Path(__file__).parent / "shipped" / "migrations"
MIGRATIONS = _IN_WHEEL if _IN_WHEEL.exists() else Path(__file__).parent.parent / "migrations"


def run(url: str, revision: str = "head") -> None:
    """Bring the database to a revision of the schema, up or down: all the way, or not at all.

    A missing SQLite file is created, for its user only.
    Raises UnknownSchemaError for a database of a later release, or of another program.
    """
    path = parse_sqlite_path(url)
    if path is None or path.exists():
        _run_migrations(url, revision)
        return
    with files.replace_private_file(path) as draft:
        _run_migrations(build_sqlite_url(draft), revision)


def _run_migrations(url: str, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("prepend_sys_path", str(MIGRATIONS.parent).replace("%", "%%"))
    script = ScriptDirectory.from_config(config)
    order = [migration.revision for migration in reversed(list(script.walk_revisions()))]
    target = order[-1] if revision == "head" else revision
    with open_connection(url) as connection:
        before = find_applied_schema(connection)
        _refuse_foreign_database(connection, before, order)
        connection.rollback()
        is_down = target == "base" or (
            before in order and order.index(before) > order.index(target)
        )
        config.attributes["connection"] = connection.execution_options(cpd_write=True)
        (command.downgrade if is_down else command.upgrade)(config, target)
        connection.commit()


def _refuse_foreign_database(
    connection: Connection, before: str | None, known: Sequence[str]
) -> None:
    """Raise UnknownSchemaError for a database of a later release, or of another program."""
    if before is not None and before not in known:
        msg = (
            f"The database is at schema {before}, which this release does not know: it is "
            "from a later one. Install that release, or restore a backup."
        )
        raise UnknownSchemaError(msg)
    if before is None and set(sa.inspect(connection).get_table_names()) - {"alembic_version"}:
        msg = (
            "The database holds the tables of another program. Nothing in it was changed: name an "
            "empty database with DATABASE_URL."
        )
        raise UnknownSchemaError(msg)
