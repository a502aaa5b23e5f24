"""Migrations: up, down and up again with rows in, the models' schema at the end, nothing halfway.

Every test holds for whatever migrations there are; a later one needs no new test here.
"""

import hashlib
import re
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError

from cpd import migrate, schema
from cpd.access import audit
from cpd.app import create_app
from cpd.courses.rules.disclosure import DisclosureLine, disclosure_as_text
from cpd.db import Base, db
from cpd.frozen_tables import FROZEN
from cpd.quizzes.rules.attempts import MOVES
from cpd.schema import UnknownSchemaError
from migrations import frozen
from migrations.refusing import RowsInTheWayError
from scripts.migration import import_all_models
from tests.factories import everything
from tests.support import schemas
from tests.support.databases import ENGINES, Database, Stores
from tests.support.house import ROOT, imports, name_of
from tests.support.moved_clock import NOW, MovedClock
from tests.support.prepared import disconnect, settings_for
from tests.support.schemas import BASE, Step, connected, ladder

LADDER = ladder()
HEAD = LADDER[-1].revision
Later = Callable[..., None]

import_all_models()


@pytest.fixture
def later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Later:
    """Adds a migration after the last one, for this test: `later("op.execute(...)")`."""

    def add(upgrade: str, downgrade: str = "pass", *, beside: str = "") -> None:
        monkeypatch.undo()
        folder = schemas.with_a_later_migration(tmp_path, upgrade, downgrade, beside=beside)
        monkeypatch.setattr(migrate, "MIGRATIONS", folder)

    return add


@pytest.fixture(scope="module", params=ENGINES)
def filled(request: pytest.FixtureRequest, stores: Stores) -> Iterator[Database]:
    """A database with a row in every table, made by the real actions; tests take copies of it."""
    made = stores[request.param].copy("filled")
    moved = MovedClock()
    app = create_app(settings_for(made))
    everything.fill(app)
    disconnect(app)
    moved.close()
    yield made
    stores[request.param].drop("filled")


@pytest.fixture
def full(filled: Database, stores: Stores) -> Iterator[Database]:
    """A copy of it."""
    yield stores[filled.engine].copy_of(filled, "full")
    stores[filled.engine].drop("full")


# The folder


def test_migrations_are_numbered_in_order_and_one_follows_the_other() -> None:
    files = sorted((migrate.MIGRATIONS / "versions").glob("*.py"))
    numbers = [f"{number:04}" for number in range(1, len(files) + 1)]
    assert [step.revision for step in LADDER] == numbers
    assert [step.below for step in LADDER] == [BASE, *numbers[:-1]]
    assert all(
        re.fullmatch(rf"{n}_[a-z0-9_]+", f.stem) for n, f in zip(numbers, files, strict=True)
    )


def test_the_release_needs_the_last_migration() -> None:
    assert schema.SCHEMA == HEAD


def test_migrations_import_nothing_from_the_house() -> None:
    found = {
        f"{name_of(path)}: {module}"
        for path in (ROOT / "migrations").rglob("*.py")
        for module in imports(path.read_text())
        if module.split(".")[0] in {"cpd", "tests", "scripts"}
    }
    assert found == set()


def test_the_database_allows_the_moves_of_an_attempt_that_the_rules_allow() -> None:
    in_rules = {(a.value, b.value) for (a, _), b in MOVES.items() if a is not b}
    (attempts,) = (table for table in FROZEN if table.table == "attempts")
    assert set(attempts.moves) == in_rules


# The schema


def differences(connection: Connection, metadata: sa.MetaData) -> list[Any]:
    """Return what Alembic would still migrate, types and server defaults included."""
    options = {"compare_type": True, "compare_server_default": True}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


@pytest.fixture(scope="module", params=ENGINES)
def at_head(request: pytest.FixtureRequest, stores: Stores) -> Iterator[Database]:
    """An empty database at the last migration; tests take copies of it."""
    made = stores[request.param].empty("head")
    migrate.run(made.url)
    yield made
    stores[request.param].drop("head")


@pytest.fixture
def migrated(at_head: Database, stores: Stores) -> Iterator[Database]:
    """A copy of it."""
    yield stores[at_head.engine].copy_of(at_head, "migrated")
    stores[at_head.engine].drop("migrated")


def test_the_migrations_make_the_models_schema(migrated: Database, stores: Stores) -> None:
    made = stores[migrated.engine].empty("models")
    with connected(migrated.url) as here, connected(made.url) as there:
        assert differences(here, Base.metadata) == []
        Base.metadata.create_all(there)
        assert schemas.catalogue(here) == schemas.catalogue(there)
    stores[migrated.engine].drop("models")


@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE marks ADD COLUMN colour VARCHAR(9)",
        "DROP INDEX uq_attempts_open",
        "CREATE TABLE forgotten (id INTEGER)",
    ],
)
def test_control_a_schema_of_its_own_differs(migrated: Database, change: str) -> None:
    with connected(migrated.url) as connection:
        before = schemas.catalogue(connection)
        connection.execute(sa.text(change))
        assert differences(connection, Base.metadata) != []
        assert schemas.catalogue(connection) != before


def test_control_what_alembic_does_not_compare_differs_too(migrated: Database) -> None:
    with connected(migrated.url) as connection:
        before = schemas.catalogue(connection)
        connection.execute(sa.text("DROP INDEX uq_attempts_open"))
        again = "CREATE UNIQUE INDEX uq_attempts_open ON attempts (subject, exam_id)"
        connection.execute(sa.text(f"{again} WHERE state = 'void'"))
        assert schemas.catalogue(connection) != before


# Triggers


def unprotected(url: str) -> dict[str, Any]:
    """Return the triggers that the database lacks or has otherwise than `FROZEN` says."""
    with connected(url) as connection:
        found, wanted = schemas.triggers(connection), schemas.triggers_wanted(connection)
    return {
        name: (found.get(name), wanted.get(name))
        for name in found.keys() | wanted.keys()
        if found.get(name) != wanted.get(name)
    }


def seen(url: str) -> tuple[Any, ...]:
    with connected(url) as connection:
        return schemas.catalogue(connection), schemas.triggers(connection)


def test_each_migration_keeps_the_triggers_and_its_way_down_leads_back(
    empty_database: Database,
) -> None:
    url = empty_database.url
    on_the_way_up = {BASE: seen(url)}
    guarded: set[str] = set()
    for step in LADDER:
        migrate.run(url, step.revision)
        with connected(url) as connection:
            tables = set(sa.inspect(connection).get_table_names())
            guards = set(frozen.installed(connection).values())
        assert guarded & tables <= guards, f"{step.revision} lost the triggers of a table"
        guarded = guards
        on_the_way_up[step.revision] = seen(url)
    assert unprotected(url) == {}
    assert guarded == {table.table for table in FROZEN}
    for step in reversed(LADDER):
        migrate.run(url, step.below)
        assert seen(url) == on_the_way_up[step.below], f"the way down from {step.revision}"
    assert on_the_way_up[BASE] == ({}, {})


REBUILT = """\
with op.batch_alter_table("ledger_entries", recreate="always") as batch:
    batch.add_column(sa.Column("seen", sa.Boolean()))"""


def test_control_rebuilding_a_frozen_table_loses_its_triggers(
    migrated: Database, later: Later
) -> None:
    later(REBUILT)
    migrate.run(migrated.url)
    assert {name.split("_")[0] for name in unprotected(migrated.url)} == {"frozen"}
    assert all("ledger_entries" in name for name in unprotected(migrated.url))


def test_rebuilding_and_protecting_again_keeps_them(migrated: Database, later: Later) -> None:
    later(REBUILT + '\nprotect("ledger_entries")')
    migrate.run(migrated.url)
    assert unprotected(migrated.url) == {}


def test_control_a_trigger_that_guards_less_is_found(migrated: Database, later: Later) -> None:
    later('release("certificates")\nprotect("certificates", movable=("state", "snapshot"))')
    migrate.run(migrated.url)
    assert any("certificates" in name for name in unprotected(migrated.url))
    assert any("earned" in name for name in unprotected(migrated.url))


def test_control_on_postgresql_a_disabled_trigger_and_a_hollow_function_are_found(
    migrated: Database, later: Later
) -> None:
    if migrated.engine != "postgresql":
        return
    hollow = (
        "CREATE OR REPLACE FUNCTION refuse_unearned() RETURNS trigger LANGUAGE plpgsql"
        " AS $$ BEGIN RETURN NEW; END $$"
    )
    later(f'op.execute("ALTER TABLE sources DISABLE TRIGGER ALL")\nop.execute("{hollow}")')
    migrate.run(migrated.url)
    found = set(unprotected(migrated.url))
    assert found == {"frozen_sources_rows", "frozen_sources_truncate", "earned_certificates"}


# With rows in


def test_there_is_a_row_in_every_table(full: Database) -> None:
    with connected(full.url) as connection:
        found = schemas.rows(connection)
    assert set(found) == set(Base.metadata.tables) - schemas.WRITTEN_BY_MIGRATING
    assert {name for name, each in found.items() if not each} == set()


def check_down_and_up(database: Database, step: Step, stores: Stores) -> set[str]:
    """Take a full database below a migration, and a copy of it up again; what was there stays.

    Return the tables that are not there below: their rows are gone, or made anew from others.
    """
    with connected(database.url) as connection:
        before = schemas.rows(connection)  # removing rows despite the guards may have left orphans
    rewritten = schemas.columns_of([step], "REWRITTEN")
    apart = schemas.columns_of([step], "RENUMBERED", "REWRITTEN")
    migrate.run(database.url, step.below)
    below = read_rows(database)
    assert schemas.lost(before, below, apart) == []
    copy = stores[database.engine].copy_of(database, "up")
    migrate.run(copy.url, step.revision)
    after = read_rows(copy)
    stores[database.engine].drop("up")
    assert schemas.lost(below, after, apart) == []
    was, brought_back = (
        {name: each[name] for name in below.keys() & rewritten} for each in (before, after)
    )
    assert schemas.lost(was, brought_back) == []
    assert set(after) == set(before)
    gone = set(after) - set(below)
    assert {name for name, each in after.items() if before[name] and not each} <= gone
    return gone


def read_rows(database: Database) -> dict[str, list[schemas.Row]]:
    """Return every row of a database in which no row points nowhere."""
    with connected(database.url) as connection:
        assert schemas.dangling(connection) == []
        return schemas.rows(connection)


@pytest.mark.usefixtures("clock")
def test_down_and_up_again_with_rows_in(full: Database, stores: Stores) -> None:
    """Each migration in turn, from the last one to the first.

    Where the schema below cannot hold some rows it refuses, with counts, until they are gone.
    """
    for step in reversed(LADDER):
        with connected(full.url) as connection:
            above = schemas.counted(connection, schemas.above(step))
        if any(above.values()):
            with pytest.raises(RowsInTheWayError) as refused:
                migrate.run(full.url, step.below)
            assert all(f"{words} ({n})" in str(refused.value) for words, n in above.items() if n)
            with connected(full.url) as connection:
                assert schema.find_applied_schema(connection) == step.revision
        schemas.remove(full.url, [schemas.above(step)])
        check_down_and_up(full, step, stores)


SOUND_UP = """\
with op.batch_alter_table("documents", recreate="always") as batch:
    batch.add_column(sa.Column("seen", sa.Boolean()))"""
SOUND_DOWN = 'with op.batch_alter_table("documents") as batch:\n    batch.drop_column("seen")'


def test_a_parent_table_is_rebuilt_under_its_children(
    full: Database, stores: Stores, later: Later, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Revisions point to documents; with foreign keys on SQLite would refuse, or empty them."""
    if full.engine != "sqlite":
        return  # PostgreSQL alters tables in place
    later(SOUND_UP, SOUND_DOWN)
    step = ladder(migrate.MIGRATIONS)[-1]
    migrate.run(full.url)
    check_down_and_up(full, step, stores)
    migrate.run(full.url)
    env = migrate.MIGRATIONS / "env.py"
    env.write_text(env.read_text().replace('_keep_foreign_keys(connection, "OFF")', "pass"))
    with pytest.raises(DBAPIError, match="FOREIGN KEY"):
        migrate.run(full.url, step.below)


def test_rebuilding_what_another_tables_trigger_reads_needs_that_trigger_away(
    full: Database, later: Later
) -> None:
    """SQLite refuses aloud: the trigger on certificates reads attempts and results."""
    if full.engine != "sqlite":
        return
    rebuilt = 'with op.batch_alter_table("results", recreate="always"):\n    pass'
    later(rebuilt)
    with pytest.raises(DBAPIError, match="error in trigger earned_certificates"):
        migrate.run(full.url)
    shutil.rmtree(migrate.MIGRATIONS)
    certificates = next(table for table in FROZEN if table.table == "certificates")
    again = (
        f'protect("certificates", movable={certificates.movable}, moves={certificates.moves})\n'
        "from migrations.earned import require_earned\n"
        "require_earned()"
    )
    later(f'release("certificates")\n{rebuilt}\n{again}')
    migrate.run(full.url)
    assert unprotected(full.url) == {}


def test_control_a_way_down_that_loses_rows_is_found(
    full: Database, stores: Stores, later: Later
) -> None:
    later("pass", 'op.execute("DELETE FROM activity_evidence")')
    migrate.run(full.url)
    with pytest.raises(AssertionError, match="activity_evidence: 1 rows before, 0 after"):
        check_down_and_up(full, ladder(migrate.MIGRATIONS)[-1], stores)


def test_control_a_migration_that_changes_rows_is_found(full: Database, later: Later) -> None:
    later("""op.execute("UPDATE persons SET name = 'Somebody'")""")
    migrate.run(full.url)
    with connected(full.url) as connection:
        before = schemas.rows(connection)
        connection.execute(sa.text("UPDATE persons SET name = 'Anybody'"))
        assert schemas.lost(before, schemas.rows(connection)) != []


@pytest.mark.usefixtures("clock")
def test_old_disclosures_and_actions_are_brought_into_the_new_form(full: Database) -> None:
    """What was one text becomes the lines that were shown, and its hash stays valid."""
    url, step = full.url, next(one for one in LADDER if one.revision == "0013")
    later_ones = LADDER[LADDER.index(step) :]
    schemas.remove(url, [schemas.above(one) for one in reversed(later_ones)])
    lines, text = sa.column("lines", sa.JSON), sa.column("text", sa.Text)
    kept, actions = sa.table("enrolment_disclosures"), sa.text(IN_ORDER)
    with connected(url) as connection:
        (shown,) = connection.scalars(sa.select(lines).select_from(kept))
        before = connection.scalars(actions).all()
    migrate.run(url, step.below)
    with connected(url) as connection:
        (joined,) = connection.scalars(sa.select(text).select_from(kept))
        assert joined == disclosure_as_text([DisclosureLine.from_json(line) for line in shown])
        assert "courses.enrol" in connection.scalars(actions).all()
    migrate.run(url)
    with connected(url) as connection:
        assert connection.scalars(sa.select(lines).select_from(kept)).all() == [shown]
        (stored,) = connection.scalars(sa.text("SELECT text_hash FROM enrolment_disclosures"))
        assert stored == hashlib.sha256(joined.encode()).hexdigest()
        assert connection.scalars(actions).all() == before
        assert all(audit.ACTION.fullmatch(action) for action in before)


IN_ORDER = "SELECT action FROM audit_entries ORDER BY id"
OBJECTIVES = ["Notice the signs;", "Send the client on."]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Course: Heat.", [("Course", "Heat.", [])]),
        (
            "Able: Notice the signs; Send the client on.",
            [("Able", " ".join(OBJECTIVES), OBJECTIVES)],
        ),
        ("A: b: c\nD: ", [("A", "b: c", []), ("D", "", [])]),
        ("A: first\nsecond\nB: c", [("A", "first\nsecond", []), ("B", "c", [])]),
        ("No label", [("", "No label", [])]),
    ],
)
def test_a_disclosure_is_taken_apart_as_it_was_joined(
    text: str, lines: list[tuple[str, str, list[str]]]
) -> None:
    module = import_module("migrations.versions.0013_provider")
    found = module.lines_of(text, OBJECTIVES)
    assert [(it["label"], it["text"], it["items"]) for it in found] == lines
    assert module.text_of(found) == text


# All the way, or not at all

HALF = (
    'op.create_table("half", sa.Column("id", sa.Integer()))',
    'op.execute("DELETE FROM licences")',
)
FAILS = {
    "a statement that fails": 'op.execute("INSERT INTO nowhere VALUES (1)")',
    "an error of its own": 'raise RuntimeError("the power went")',
    "a row that points nowhere": ("""op.execute("UPDATE printed_names SET attempt_id = 4711")"""),
}


@pytest.mark.parametrize("last", FAILS)
def test_a_migration_that_fails_leaves_everything_as_it_was(
    full: Database, later: Later, last: str
) -> None:
    url = full.url
    with connected(url) as connection:
        before = (seen(url), schemas.rows(connection))
    later("\n".join([*HALF, FAILS[last]]))
    with pytest.raises((DBAPIError, RuntimeError)):
        migrate.run(url)
    with connected(url) as connection:
        assert (seen(url), schemas.rows(connection)) == before
        schema.refuse_unusable_schema(connection)


def test_control_committing_after_each_statement_leaves_half_a_schema(
    full: Database, later: Later
) -> None:
    later(
        'op.execute("DELETE FROM licences")\nop.execute("COMMIT")\nraise RuntimeError("no power")'
    )
    with pytest.raises(RuntimeError):
        migrate.run(full.url)
    with connected(full.url) as connection:
        assert schemas.rows(connection)["licences"] == []


def test_of_several_migrations_the_first_waits_for_the_last(
    empty_database: Database, later: Later
) -> None:
    later('raise RuntimeError("the power went")')
    with pytest.raises(RuntimeError):
        migrate.run(empty_database.url)
    assert seen(empty_database.url) == ({}, {})


def test_a_database_of_a_later_release_is_left_alone(migrated: Database) -> None:
    with connected(migrated.url) as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
        connection.commit()
    with pytest.raises(UnknownSchemaError, match="schema 9999, which this release does not know"):
        migrate.run(migrated.url)
    assert schema.find_schema_version(migrated.url) == "9999"


def test_a_later_schema_says_which_releases_may_run_beside_it(
    migrated: Database, later: Later
) -> None:
    """Hosts are upgraded one after the other: the older release goes on where it may."""
    later("pass", beside=HEAD)
    migrate.run(migrated.url)
    with connected(migrated.url) as connection:
        assert str(schema.find_applied_schema(connection)) > HEAD
        assert schema.find_oldest_compatible_schema(connection) == HEAD
        schema.refuse_unusable_schema(connection)
    assert schema.is_at_later_schema(migrated.url)
    migrate.run(migrated.url, HEAD)
    with connected(migrated.url) as connection:
        assert schema.find_oldest_compatible_schema(connection) == schemas.beside(LADDER[-1])
    assert not schema.is_at_later_schema(migrated.url)


def test_a_later_schema_that_says_nothing_is_for_its_own_release(
    migrated: Database, later: Later
) -> None:
    later("pass")
    number = ladder(migrate.MIGRATIONS)[-1].revision
    migrate.run(migrated.url)
    says = f"releases from schema {number} on may use. This release is at {HEAD} and too old"
    with (
        connected(migrated.url) as connection,
        pytest.raises(UnknownSchemaError, match=says),
    ):
        schema.refuse_unusable_schema(connection)
    with pytest.raises(UnknownSchemaError, match=says):
        schema.is_at_later_schema(migrated.url)


def test_what_may_run_beside_never_goes_back() -> None:
    """A release that cannot run beside one schema cannot run beside the next."""
    oldest = [schemas.beside(step) for step in LADDER]
    assert oldest == sorted(oldest)
    assert all(one <= step.revision for one, step in zip(oldest, LADDER, strict=True))


def test_who_migrates_at_the_same_time_waits(empty_database: Database) -> None:
    """SQLite: the transaction begins as a writer's. PostgreSQL: it takes one lock of ours first."""
    sent: list[str] = []

    def note(_c: object, _k: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    def trace(connection: Any, _record: object) -> None:
        connection.set_trace_callback(sent.append)

    is_sqlite = empty_database.engine == "sqlite"
    hears: Any = ("connect", trace) if is_sqlite else ("before_cursor_execute", note)
    event.listen(Engine, *hears)
    try:
        migrate.run(empty_database.url)
    finally:
        event.remove(Engine, *hears)
    first = next(number for number, sql in enumerate(sent) if sql.lstrip().startswith("CREATE"))
    if is_sqlite:
        begun = [sql for sql in sent[:first] if sql.startswith("BEGIN")]
        assert begun[-1] == "BEGIN IMMEDIATE"
    else:
        locked = next(i for i, sql in enumerate(sent) if "pg_advisory_xact_lock" in sql)
        read = [i for i, sql in enumerate(sent) if "FROM alembic_version" in sql]
        assert locked < first
        assert all(locked < number for number in read), "what is read before the lock is stale"


def test_migrating_again_changes_nothing(migrated: Database) -> None:
    before = seen(migrated.url)
    migrate.run(migrated.url)
    assert seen(migrated.url) == before
    assert schema.is_at_current_schema(migrated.url)


# Copies


def test_a_copy_of_an_older_database_opens_with_every_row(full: Database) -> None:
    copy = schema.back_up_sqlite_database(full.url, now=NOW)
    if full.engine == "postgresql":
        assert copy is None, "PostgreSQL has tools of its own"
        return
    assert copy is not None
    assert copy.name == "full-20261123-100000.backup.sqlite"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with connected(full.url) as here, connected(f"sqlite:///{copy}") as there:
        assert schemas.rows(there) == schemas.rows(here)
        assert schemas.triggers(there) == schemas.triggers(here)
        assert there.scalar(sa.text("PRAGMA integrity_check")) == "ok"
    for each in copy.parent.glob(f"{copy.name}*"):
        each.unlink()


def test_a_copy_holds_what_is_committed_while_others_write(full: Database) -> None:
    if full.engine == "postgresql":
        return
    path = sa.make_url(full.url).database or ""
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("DELETE FROM licences")
        copy = schema.back_up_sqlite_database(full.url, now=datetime(2026, 12, 1, tzinfo=UTC))
        assert copy is not None
        writer.rollback()
    with connected(f"sqlite:///{copy}") as connection:
        assert len(schemas.rows(connection)["licences"]) == 1
    for each in copy.parent.glob(f"{copy.name}*"):
        each.unlink()


def test_a_fresh_database_is_not_copied(empty_database: Database) -> None:
    assert schema.find_schema_version(empty_database.url) is None
    assert not schema.is_at_current_schema(empty_database.url)
    assert schema.back_up_sqlite_database(empty_database.url, now=NOW) is None


def test_readiness_names_the_command_until_the_database_is_migrated(
    empty_database: Database,
) -> None:
    app = create_app(settings_for(empty_database))
    with app.app_context():
        assert schema.find_database_fault(db.engine) == (
            f"The database has no tables yet; this release needs {HEAD}. Run: cpd db upgrade"
        )
        migrate.run(empty_database.url)
        assert schema.find_database_fault(db.engine) is None
    disconnect(app)
