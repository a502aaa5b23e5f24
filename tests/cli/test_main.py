"""`cpd` itself: what it offers, and how it ends when it cannot begin."""

import gc
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from cpd import app as factory
from cpd.certificates.models import SigningKey
from cpd.cli.content import command
from cpd.cli.main import LazyGroup, cli, create_app_or_exit
from cpd.config import Settings, SettingsError
from cpd.kernel import clock as the_clock
from tests.cli.conftest import Typed, said
from tests.support.courses import CourseFolder
from tests.support.databases import Database
from tests.support.house import CPD
from tests.support.moved_clock import MovedClock
from tests.support.prepared import settings_for
from tests.support.schemas import connected


def test_every_file_of_the_room_is_a_command_but_for_what_commands_share() -> None:
    files = {path.stem for path in (CPD / "cli").glob("*.py")} - {
        "__init__",
        "entry",
        "main",
        "naming",
        "offers",
        "processes",
        "publishing",
        "release",
    }
    folders = {path.parent.name for path in (CPD / "cli").glob("*/commands.py")}
    assert set(LazyGroup.groups) == files | folders
    assert list(LazyGroup.groups) == sorted(LazyGroup.groups)


@pytest.mark.parametrize("charset", ["latin-1", "cp437"])
def test_what_a_terminal_cannot_show_is_replaced(charset: str, tmp_path: Path) -> None:
    course = CourseFolder(tmp_path)
    course.edit("course.md", "level: introductory", "“level”: introductory")
    runner = CliRunner(charset=charset)
    done = runner.invoke(cli, ["content", "check", "--quiet", str(course.path)])
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)
    assert "'?level?' is not a known key here. ? Did you mean 'level'?" in done.output
    with pytest.raises(UnicodeEncodeError):  # the control: the group itself knows nothing of it
        raise runner.invoke(command, ["check", str(course.path)]).exception or AssertionError


def test_help_says_in_a_line_what_each_command_is_for() -> None:
    done = CliRunner().invoke(cli, ["--help"])
    assert done.exit_code == 0
    lines = {line.split()[0]: line.split()[1:] for line in done.output.splitlines() if line.strip()}
    assert all(lines[name] for name in LazyGroup.groups)


def test_an_unknown_command_is_named() -> None:
    done = CliRunner().invoke(cli, ["dance"])
    assert done.exit_code == 2
    assert "No such command 'dance'" in done.output


@pytest.mark.parametrize("words", [("db", "upgrade"), ("worker",), ("serve",), ("demo", "fill")])
def test_a_wrong_setting_ends_every_command_with_the_fix(
    database: Database, typed: Typed, words: tuple[str, ...]
) -> None:
    done = typed(database, *words, CPD_PROXIES="some")
    assert done.exit_code == 1
    assert said(done) == "CPD_PROXIES is 'some': use a whole number from 0 to 9.\n"


def test_a_database_that_is_not_migrated_ends_a_command_with_what_to_run(
    empty_database: Database, typed: Typed
) -> None:
    done = typed(empty_database, "worker", "--until-idle")
    assert done.exit_code == 1
    assert said(done).endswith("Run: cpd db upgrade\n")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_database_that_may_lose_a_commit_ends_a_command_with_what_to_change(
    database: Database, typed: Typed
) -> None:
    admin = sa.create_engine(database.url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text('ALTER DATABASE "test" SET synchronous_commit = off'))
    admin.dispose()
    done = typed(database, "worker", "--until-idle")
    assert done.exit_code == 1
    assert said(done).endswith("Set synchronous_commit = on and start again.\n")


def test_a_broken_key_file_ends_a_command_with_what_to_do(database: Database, typed: Typed) -> None:
    (database.instance_dir / "secret-key").write_text("half")
    done = typed(database, "worker", "--until-idle", CPD_SECRET_KEY=None)
    assert done.exit_code == 1
    assert "restore it from your backup" in said(done)


def test_a_missing_signing_key_ends_a_command_with_what_to_do(
    database: Database, typed: Typed, clock: MovedClock
) -> None:
    with connected(database.url) as connection:
        values = {"key_id": "gone", "public_key": "x", "first_used_at": the_clock.now()}
        connection.execute(sa.insert(SigningKey).values(values))
        connection.commit()
    done = typed(database, "worker", "--until-idle")
    assert done.exit_code == 1
    assert "Restore the file from your backup" in said(done)


def test_garbage_is_looked_for_again_after_loading(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[bool] = []

    def refuse(_settings: Settings) -> None:
        looked.append(gc.isenabled())
        raise SettingsError("No.")

    monkeypatch.setattr(factory, "create_app", refuse)
    with pytest.raises(SystemExit, match=r"No\."):
        create_app_or_exit(settings_for(database))
    assert [*looked, gc.isenabled()] == [False, True]
