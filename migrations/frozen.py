"""The triggers that keep frozen rows frozen, as SQL for both databases.

A migration that makes a frozen table calls `protect`; one that rebuilds it in batch mode must call
it again, because SQLite drops a table's triggers with the table.
"""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.engine import Connection

FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    movable text[] := string_to_array(TG_ARGV[0], ',');
    moves text[] := string_to_array(TG_ARGV[1], ',');
BEGIN
    IF TG_OP <> 'UPDATE' THEN
        RAISE EXCEPTION 'frozen: rows of % are never deleted', TG_TABLE_NAME;
    END IF;
    IF (to_jsonb(OLD) - movable) IS DISTINCT FROM (to_jsonb(NEW) - movable) THEN
        RAISE EXCEPTION 'frozen: rows of % never change', TG_TABLE_NAME;
    END IF;
    IF cardinality(moves) > 0 AND (to_jsonb(OLD) ->> 'state') <> (to_jsonb(NEW) ->> 'state')
       AND NOT (to_jsonb(OLD) ->> 'state') || '>' || (to_jsonb(NEW) ->> 'state') = ANY (moves) THEN
        RAISE EXCEPTION 'frozen: % may not move from % to %', TG_TABLE_NAME,
            to_jsonb(OLD) ->> 'state', to_jsonb(NEW) ->> 'state';
    END IF;
    RETURN NEW;
END $$
"""


def statements(
    dialect: str,
    table: str,
    columns: Iterable[str],
    movable: Sequence[str] = (),
    moves: Sequence[tuple[str, str]] = (),
) -> dict[str, str]:
    """Return the triggers of one frozen table: name to the SQL that creates it."""
    if dialect == "sqlite":
        return _sqlite(table, columns, movable, moves)
    arguments = f"'{','.join(movable)}', '{','.join(f'{a}>{b}' for a, b in moves)}'"
    rows, whole = f"frozen_{table}_rows", f"frozen_{table}_truncate"
    return {
        rows: f"CREATE TRIGGER {rows} BEFORE UPDATE OR DELETE ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION refuse_frozen({arguments})",
        whole: f"CREATE TRIGGER {whole} BEFORE TRUNCATE ON {table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION refuse_frozen({arguments})",
    }


def _sqlite(
    table: str, columns: Iterable[str], movable: Sequence[str], moves: Sequence[tuple[str, str]]
) -> dict[str, str]:
    delete, update, state = (f"frozen_{table}_{part}" for part in ("delete", "update", "state"))
    changed = " OR ".join(f'OLD."{c}" IS NOT NEW."{c}"' for c in columns if c not in movable)
    triggers = {
        delete: f"CREATE TRIGGER {delete} BEFORE DELETE ON {table} BEGIN"
        f" SELECT RAISE(ABORT, 'frozen: rows of {table} are never deleted'); END",
        update: f"CREATE TRIGGER {update} BEFORE UPDATE ON {table} WHEN {changed} BEGIN"
        f" SELECT RAISE(ABORT, 'frozen: rows of {table} never change'); END",
    }
    if moves:
        allowed = ", ".join(f"'{a}>{b}'" for a, b in moves)
        triggers[state] = (
            f"CREATE TRIGGER {state} BEFORE UPDATE OF state ON {table}"
            f" WHEN OLD.state <> NEW.state AND OLD.state || '>' || NEW.state NOT IN ({allowed})"
            f" BEGIN SELECT RAISE(ABORT, 'frozen: {table} may not move so'); END"
        )
    return triggers


def protect(
    table: str, *, movable: Sequence[str] = (), moves: Sequence[tuple[str, str]] = ()
) -> None:
    """Make the triggers of one frozen table, for its columns as they are now."""
    connection = op.get_bind()
    columns = [column["name"] for column in sa.inspect(connection).get_columns(table)]
    if connection.dialect.name == "postgresql":
        op.execute(FUNCTION)
    for sql in statements(connection.dialect.name, table, columns, movable, moves).values():
        op.execute(sql)


def release(table: str) -> None:
    """Drop the triggers of one frozen table, so that a migration down may drop it."""
    connection = op.get_bind()
    where = f" ON {table}" if connection.dialect.name == "postgresql" else ""
    for name in installed(connection, table):
        op.execute(f"DROP TRIGGER {name}{where}")


def installed(connection: Connection, table: str | None = None) -> dict[str, str]:
    """Return the triggers in the database, name to table; of one table if it is named."""
    if connection.dialect.name == "sqlite":
        sql = "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"
    else:
        sql = (
            "SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE NOT tgisinternal"
        )
    found = connection.execute(sa.text(sql))
    return {name: on for name, on in found if table is None or on == table}
