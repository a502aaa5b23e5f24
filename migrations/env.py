"""Runs migrations on the connection that `cpd db upgrade` (or a test) hands over."""

from alembic import context
from sqlalchemy.engine import Connection


def run(connection: Connection) -> None:
    """Migrate in one transaction; on SQLite foreign keys are off meanwhile and checked at the end.

    Rebuilding a parent table with foreign keys on would empty its children.
    """
    is_sqlite = connection.dialect.name == "sqlite"
    if is_sqlite:
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.commit()
    given = context.config.attributes
    context.configure(
        connection=connection,
        render_as_batch=True,
        target_metadata=given.get("metadata"),  # these two come from scripts/migration.py only
        render_item=given.get("render_item"),
    )
    with context.begin_transaction():
        context.run_migrations()
        if is_sqlite:
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                msg = f"rows that point nowhere after migrating: {broken[:5]}"
                raise RuntimeError(msg)
    if is_sqlite:
        connection.commit()
        connection.exec_driver_sql("PRAGMA foreign_keys = ON")


run(context.config.attributes["connection"])
