"""`cpd db upgrade`: an older database is copied and migrated, a strange one is left alone."""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from cpd import migrate, schema
from cpd.cli.entry import main
from tests.cli.conftest import SITE, Typed, said
from tests.support import schemas
from tests.support.databases import Database
from tests.support.house import ROOT
from tests.support.schemas import connected
from tests.support.server import environment, run_at_once

DONE = "The database is at this release's schema.\n"


@pytest.fixture
def next_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Makes this a release with one more migration, and returns its number."""
    column = 'op.add_column("persons", sa.Column("seen", sa.Boolean()))'
    folder = schemas.with_a_later_migration(tmp_path, column)
    number = schemas.ladder(folder)[-1].revision
    monkeypatch.setattr(migrate, "MIGRATIONS", folder)
    monkeypatch.setattr(schema, "SCHEMA", number)
    return number


def backups(database: Database) -> list[Path]:
    folder = Path(sa.make_url(database.url).database or "/nowhere").parent
    return sorted(folder.glob("*.backup.sqlite"))


def test_an_empty_database_is_made_without_a_copy(empty_database: Database, typed: Typed) -> None:
    empty_database.instance_dir.rmdir()
    assert said(typed(empty_database, "db", "upgrade")) == DONE
    assert schema.is_at_current_schema(empty_database.url)
    assert backups(empty_database) == []
    assert empty_database.instance_dir.is_dir()
    assert said(typed(empty_database, "db", "upgrade")) == "The database is up to date.\n"


def test_what_an_earlier_renderer_made_is_made_anew(database: Database, typed: Typed) -> None:
    with connected(database.url) as connection:
        count = connection.scalar(sa.text("SELECT count(*) FROM renderings"))
        connection.execute(sa.text("UPDATE renderings SET version = 'before'"))
        connection.commit()
    output = said(typed(database, "db", "upgrade"))
    assert output == f"The database is up to date.\nRendered {count} published texts.\n"
    assert said(typed(database, "db", "upgrade")) == "The database is up to date.\n"


def test_an_older_database_is_copied_and_migrated(
    database: Database, typed: Typed, next_release: str
) -> None:
    older = schema.find_schema_version(database.url)
    with connected(database.url) as connection:
        before = schemas.rows(connection)
    output = said(typed(database, "db", "upgrade"))
    assert output.endswith(DONE)
    assert schema.find_schema_version(database.url) == next_release
    with connected(database.url) as connection:
        assert schemas.lost(before, schemas.rows(connection)) == []
    if database.engine == "postgresql":
        assert output == DONE
        return
    (copy,) = backups(database)
    assert f"Copied the database to {copy}." in output
    assert schema.find_schema_version(f"sqlite:///{copy}") == older
    with connected(f"sqlite:///{copy}") as connection:
        assert schemas.rows(connection) == before
    for each in copy.parent.glob(f"{copy.name}*"):
        each.unlink()


def test_no_copy_is_made_when_none_is_wanted(
    database: Database, typed: Typed, next_release: str
) -> None:
    assert said(typed(database, "db", "upgrade", "--no-backup")) == DONE
    assert schema.find_schema_version(database.url) == next_release
    assert backups(database) == []


def test_of_several_that_start_at_once_one_migrates_and_the_others_wait(
    empty_database: Database,
) -> None:
    facts = [environment(empty_database, SITE)] * 4
    ended = list(run_at_once(main, *facts, words=("db", "upgrade")))
    said_by_each = [said for _, said in ended]
    assert [code for code, _ in ended] == [0] * 4, said_by_each
    last = sorted(said.splitlines()[-1] for said in said_by_each)
    assert last == [DONE.strip(), *["The database is up to date."] * 3]
    assert backups(empty_database) == [], "nobody found half a database to copy"


def test_who_waits_says_so_and_is_let_in_when_the_other_has_ended(
    empty_database: Database,
) -> None:
    told: list[str] = []
    with ThreadPoolExecutor() as threads:
        with schema.hold_preparation_lock(
            empty_database.url, meanwhile=lambda: told.append("first")
        ):
            other = threads.submit(_enter, empty_database.url, told)
            with pytest.raises(TimeoutError):
                other.result(timeout=0.5)
            assert told == ["waits"]
        other.result(timeout=10)
    assert told == ["waits", "in"]


def _enter(url: str, told: list[str]) -> None:
    with schema.hold_preparation_lock(url, meanwhile=lambda: told.append("waits")):
        told.append("in")


def test_a_database_of_a_later_release_is_left_alone(database: Database, typed: Typed) -> None:
    with connected(database.url) as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(sa.text("UPDATE schema_windows SET oldest = '9999'"))
        connection.commit()
    done = typed(database, "db", "upgrade", "--no-backup")
    assert done.exit_code == 1
    assert "too old. Install a later one." in said(done)
    assert schema.find_schema_version(database.url) == "9999"


def test_a_later_database_beside_which_this_release_may_run_is_left_alone(
    database: Database, typed: Typed
) -> None:
    with connected(database.url) as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
        connection.commit()
    done = typed(database, "db", "upgrade", "--no-backup")
    assert said(done) == (
        "The database is at a later release's schema, which this release may use.\n"
    )
    assert schema.find_schema_version(database.url) == "9999"


def test_the_way_back_that_the_page_shows_leads_there(empty_database: Database) -> None:
    migrate.run(empty_database.url)
    page = (ROOT / "docs/operating.md").read_text()
    (line,) = re.findall(r'^\.venv/bin/python -c "(.*migrate\.run.*)"$', page, re.MULTILINE)
    subprocess.run(
        [sys.executable, "-c", line], env=environment(empty_database, SITE), cwd=ROOT, check=True
    )
    assert schema.find_schema_version(empty_database.url) == "0007"


def test_a_database_that_cannot_be_opened_is_named(empty_database: Database, typed: Typed) -> None:
    url, fault = "sqlite:////nowhere/at/all.sqlite", "There is no folder /nowhere/at for the data"
    if empty_database.engine == "postgresql":
        other = sa.make_url(empty_database.url).set(database="nowhere")
        url = other.render_as_string(hide_password=False)
        fault = "The database that DATABASE_URL names cannot be used: "
    done = typed(empty_database, "db", "upgrade", DATABASE_URL=url)
    assert done.exit_code == 1
    assert said(done).startswith(fault)


def test_a_database_that_may_lose_a_commit_is_not_touched(
    empty_database: Database, typed: Typed
) -> None:
    if empty_database.engine != "postgresql":
        return  # on SQLite a connection sets what it needs itself
    admin = sa.create_engine(empty_database.url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text('ALTER DATABASE "empty" SET synchronous_commit = off'))
    admin.dispose()
    done = typed(empty_database, "db", "upgrade")
    assert done.exit_code == 1
    assert "Set synchronous_commit = on and start again." in said(done)
