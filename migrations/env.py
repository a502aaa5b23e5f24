"""Runs migrations on the connection that `cpd db upgrade` (or a test) hands over."""

import sqlalchemy as sa
from alembic import context
from sqlalchemy.engine import Connection


def run(connection: Connection) -> None:
    """Migrate in one transaction; on SQLite foreign keys are off meanwhile and checked at the end.

    Rebuilding a parent table with foreign keys on would empty its children. Whoever migrates at the
    same time waits: SQLite lets one writer in, and on PostgreSQL a lock of ours is taken.
    """
    is_sqlite = connection.dialect.name == "sqlite"
    if is_sqlite:
        _keep_foreign_keys(connection, "OFF")
    given = context.config.attributes
    context.configure(
        connection=connection,
        render_as_batch=True,
        transactional_ddl=True,  # SQLite can; Alembic would commit after each migration
        target_metadata=given.get("metadata"),  # these two come from scripts/migration.py only
        render_item=given.get("render_item"),
    )
    with context.begin_transaction():
        if not is_sqlite:
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7237316)")
        context.run_migrations()
        _state_window(connection)
        if is_sqlite:
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                msg = f"rows that point nowhere after migrating: {broken[:5]}"
                raise RuntimeError(msg)
    if is_sqlite:
        _keep_foreign_keys(connection, "ON")


def _state_window(connection: Connection) -> None:
    """Write down the oldest release that may run beside the schema reached: its own, or `BESIDE`.

    A running host of that release reads it, and goes on; an older one says that it is too old.
    """
    if not sa.inspect(connection).has_table("schema_windows"):
        return
    reached = context.get_context().get_current_revision()
    module = context.script.get_revision(str(reached)).module
    window = {"id": 1, "oldest": getattr(module, "BESIDE", reached)}
    table = sa.table("schema_windows", sa.column("id"), sa.column("oldest"))
    connection.execute(sa.delete(table))
    connection.execute(sa.insert(table).values(window))


def _keep_foreign_keys(connection: Connection, state: str) -> None:
    """Set it on the driver's own connection: inside a transaction SQLite ignores it silently."""
    connection.commit()
    cursor = connection.connection.cursor()
    cursor.execute(f"PRAGMA foreign_keys = {state}")
    (found,) = cursor.execute("PRAGMA foreign_keys").fetchone()
    if bool(found) != (state == "ON"):
        raise RuntimeError(f"foreign keys could not be turned {state}")
    cursor.close()


run(context.config.attributes["connection"])
