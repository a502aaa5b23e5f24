"""Each test has a database of its own, and the template is never touched."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.support.databases import PREFIX, Database, Stores, sweep
from tests.support.house import ROOT


def _tables(database: Database) -> list[str]:
    engine = sa.create_engine(database.url)
    tables = sa.inspect(engine).get_table_names()
    engine.dispose()
    return tables


@pytest.mark.parametrize("turn", [1, 2])
def test_what_one_test_writes_the_next_does_not_see(database: Database, turn: int) -> None:
    engine = sa.create_engine(database.url)
    with engine.begin() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM marks WHERE name = 'mine'")) == 0
        connection.execute(sa.text("INSERT INTO marks (name) VALUES ('mine')"))
    engine.dispose()
    note = database.instance_dir / "note"
    assert not note.exists()
    note.write_text(str(turn))


def test_a_copy_replaces_one_that_is_still_in_use(database: Database, stores: Stores) -> None:
    engine = sa.create_engine(database.url)
    connection = engine.connect()
    connection.execute(sa.text("SELECT 1"))
    again = stores[database.engine].copy("test")
    connection.invalidate()
    engine.dispose()
    assert "attempts" in _tables(again)


def test_an_empty_database_has_no_table(empty_database: Database) -> None:
    assert _tables(empty_database) == []


def test_both_engines_are_real(database: Database) -> None:
    asked, begins = {
        "sqlite": ("SELECT sqlite_version()", "3."),
        "postgresql": ("SELECT version()", "PostgreSQL"),
    }[database.engine]
    engine = sa.create_engine(database.url)
    with engine.connect() as connection:
        found = connection.scalar(sa.text(asked))
    engine.dispose()
    assert str(found).startswith(begins)


KILLED = """
import os, signal, sys
from tests.support.databases import Stores
stores = Stores(lambda database: None)
stores["postgresql"].empty("left")
print(stores.root, stores["postgresql"]._server.get_pid(), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_run_leaves_is_swept_by_the_next() -> None:
    command = [sys.executable, "-c", KILLED]
    run = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    folder, server = run.stdout.split()
    assert Path(folder).is_dir()
    assert Path(f"/proc/{server}").is_dir()
    sweep(Path(folder))
    assert not Path(folder).exists()
    command_line = Path(f"/proc/{server}/cmdline")  # empty for a zombie process
    assert not (command_line.is_file() and command_line.read_bytes())


def test_what_a_running_one_uses_is_left_alone(stores: Stores) -> None:
    sweep(stores.root)
    assert stores.root.is_dir()
    with tempfile.TemporaryDirectory(prefix=f"{PREFIX}somebody-") as other:
        sweep(Path(other))
        assert Path(other).is_dir()


def test_a_closed_run_leaves_nothing() -> None:
    opened = Stores(lambda database: None)
    opened["postgresql"].empty("one")
    opened.close()
    assert not opened.root.exists()
