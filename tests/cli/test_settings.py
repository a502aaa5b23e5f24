"""Which site a command works on: said before it acts, named by a file, and made by two commands."""

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from cpd import migrate, schema
from cpd.certificates.models import SigningKey
from cpd.cli import serve
from cpd.cli.main import LazyGroup, cli
from cpd.kernel import clock as the_clock
from tests.cli.conftest import Typed, said
from tests.factories.certificates import facts
from tests.support import schemas
from tests.support.courses import SMALL
from tests.support.databases import Database
from tests.support.moved_clock import MovedClock
from tests.support.schemas import connected

USES_A_SITE: dict[str, tuple[str, ...]] = {
    "accounts create-administrator": ("ines@clinic.example", "--name", "Ines", "--link"),
    "accounts grant-role": ("omar@clinic.example", "author"),
    "accounts list": (),
    "accounts remove-role": ("omar@clinic.example", "author"),
    "attempts replay": (),
    "content export": ("massage-and-ms", "out"),
    "content offers": (),
    "content publish": (str(SMALL),),
    "content take": ("massage-and-ms", "--all"),
    "demo fill": (),
    "keys list": (),
    "keys new": (),
    "keys replace-secret": ("--yes",),
    "provider set": ("name=Harbour",),
    "provider show": (),
    "school add": ("Harbour School",),
    "school close": ("harbour-school",),
    "school join": ("harbour-school", "omar@clinic.example"),
    "school leave": ("harbour-school", "omar@clinic.example"),
    "school list": (),
    "school seats": ("harbour-school", "30"),
    "verify": (facts()["code"],),
    "worker": ("--until-idle",),
}
MAKES_A_SITE: dict[str, tuple[str, ...]] = {"db upgrade": (), "serve": ()}
NEEDS_NONE = {"content check", "content picture"}
ALL = USES_A_SITE | MAKES_A_SITE


def leaves(group: click.Group, context: click.Context, path: str = "") -> Iterator[str]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from leaves(command, context, f"{path}{name} ")
        else:
            yield f"{path}{name}"


def test_every_command_is_in_one_of_the_lists() -> None:
    assert isinstance(cli, LazyGroup)
    assert set(leaves(cli, click.Context(cli))) == {*ALL, *NEEDS_NONE}


class Here:
    """Commands typed in a folder of their own; what they need is said by the environment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.instance = folder / "instance"
        self.database = Database("sqlite", f"sqlite:///{self.instance}/cpd.sqlite", self.instance)

    def type(self, command: str, *more: str, **environ: str) -> Result:
        """Run a command with this and no other environment of ours."""
        given = {"CPD_INSTANCE": str(self.instance), **environ}
        words = [*command.split(), *(more or ALL.get(command, ()))]
        return CliRunner().invoke(cli, words, env=given)

    @property
    def made(self) -> set[str]:
        """Everything that lies in the folder, but what Python keeps of what it has read."""
        found = (path.relative_to(self.folder) for path in self.folder.rglob("*"))
        return {str(path) for path in found if "__pycache__" not in path.parts}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: MovedClock) -> Here:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(serve, "run_processes_until_stopped", lambda _works, **_rest: None)
    monkeypatch.setattr(serve, "exit_if_port_taken", lambda _port: None)
    monkeypatch.setattr(os, "environ", os.environ.copy())  # a settings file is put into it
    return Here(tmp_path)


@pytest.fixture(scope="module")
def kept_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the first site that was made is kept, for the other tests to take copies of."""
    return tmp_path_factory.mktemp("kept") / "instance"


@pytest.fixture
def site(here: Here, kept_site: Path) -> Here:
    """A site that was made by its command."""
    if kept_site.exists():
        shutil.copytree(kept_site, here.instance)
    else:
        assert "Error" not in said(here.type("db upgrade"))
        shutil.copytree(here.instance, kept_site)
    return here


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# Said


@pytest.mark.parametrize("command", ALL)
def test_each_command_says_which_site_it_uses_before_anything_else(
    here: Here, command: str
) -> None:
    url = "postgresql://cpd:s3cret@127.0.0.1:9/cpd?connect_timeout=1"  # where nobody listens
    done = here.type(command, DATABASE_URL=url)
    assert done.stderr.splitlines()[0] == (
        f"Instance folder: {here.instance}. Database: PostgreSQL, cpd on 127.0.0.1:9. "
        "Settings file: none."
    )
    assert "s3cret" not in done.output
    assert done.exit_code != 0
    assert isinstance(done.exception, SystemExit), done.exception
    assert here.made == set(), "nothing is made for a database that does not answer"


def test_what_needs_no_site_names_none(here: Here, tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text('{"keys": []}')
    (tmp_path / "record.json").write_text("{}")
    for words in (
        ("content check", "--quiet", str(SMALL)),
        ("verify", str(tmp_path / "record.json"), "--keys", str(tmp_path / "keys.json")),
    ):
        assert "Instance folder" not in here.type(*words).output


# Only two commands make a site


@pytest.mark.parametrize("command", USES_A_SITE)
def test_a_command_without_its_settings_makes_no_site(here: Here, command: str) -> None:
    done = here.type(command)
    assert done.exit_code == (2 if command == "verify" else 1)
    assert f"There is no folder {here.instance}." in done.output
    assert "cpd --env FILE" in done.output
    assert "cpd db upgrade" in done.output
    assert here.made == set()


@pytest.mark.parametrize("command", sorted(set(USES_A_SITE) - {"keys list"}))
def test_a_command_in_an_empty_folder_makes_no_site(here: Here, command: str) -> None:
    here.instance.mkdir(mode=0o700)
    assert here.type(command).exit_code != 0
    assert here.made == {"instance"}


@pytest.mark.parametrize("command", MAKES_A_SITE)
def test_a_site_is_made_whole(here: Here, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    monkeypatch.setattr(serve, "publish_shipped_courses", list)
    assert "The database is at this release's schema." in said(here.type(command))
    assert {path.name for path in here.instance.iterdir()} == {"cpd.sqlite", "secret-key", "keys"}
    assert mode(here.instance) == 0o700
    for path in (here.instance / "cpd.sqlite", here.instance / "secret-key"):
        assert mode(path) == 0o600
    assert here.type("accounts list").exit_code == 0
    assert here.type("worker").exit_code == 0


def test_an_instance_folder_may_have_any_name(here: Here) -> None:
    folder = here.folder / "50% of?mode=memory#a%20b%d"
    assert said(here.type("db upgrade", CPD_INSTANCE=str(folder))).endswith(
        "this release's schema.\n"
    )
    assert here.made == {
        folder.name, *(f"{folder.name}/{name}" for name in ("cpd.sqlite", "secret-key", "keys")),
        *(str(path.relative_to(here.folder)) for path in (folder / "keys").iterdir()),
    }  # fmt: skip
    assert here.type("accounts list", CPD_INSTANCE=str(folder)).exit_code == 0


@pytest.mark.parametrize("command", MAKES_A_SITE)
@pytest.mark.parametrize(
    ("environ", "fault"),
    [
        ({"CPD_PROXIES": "many"}, "CPD_PROXIES"),
        ({"CPD_PROVIDER_PAGES": "/nowhere"}, "CPD_PROVIDER_PAGES"),
        ({"CPD_PUBLIC_ULR": "https://x.example"}, "CPD_PUBLIC_URL?"),
        ({"DATABASE_URL": "sqlite:////nowhere/cpd.sqlite"}, "There is no folder /nowhere for the"),
        ({"DATABASE_URL": "postgresql://127.0.0.1:9/cpd"}, "DATABASE_URL names cannot be used"),
        ({"CPD_ENV_FILE": "/nowhere.env"}, "/nowhere.env cannot be read"),
        ({"CPD_INSTANCE": "/proc/self/comm"}, "/proc/self/comm is a file"),
        ({"CPD_INSTANCE": "/proc/self/comm/cpd"}, "/proc/self/comm/cpd cannot be used by"),
        ({"CPD_INSTANCE": "/proc/cpd/instance"}, "/proc/cpd cannot be used by"),
    ],
    ids=str,
)
def test_a_failing_command_leaves_nothing(
    here: Here, command: str, environ: dict[str, str], fault: str
) -> None:
    done = here.type(command, **environ)
    assert done.exit_code == 1
    assert fault in said(done)
    assert here.made == set()


def test_a_migration_that_fails_leaves_no_file_and_no_folder(
    here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        folder = schemas.with_a_later_migration(
            tmp_path / "later", 'raise RuntimeError("the power went")'
        )
        patch.setattr(migrate, "MIGRATIONS", folder)
        before = here.made
        with pytest.raises(RuntimeError, match="the power went"):
            said(here.type("db upgrade"))
    assert here.made == before
    assert "at this release's schema" in said(here.type("db upgrade")), "nothing stands in the way"


def test_a_missing_key_leaves_no_new_one(site: Here) -> None:
    """A copy of the database without the keys that belong to it is not given others."""
    with connected(site.database.url) as connection:
        values = {"key_id": "gone", "public_key": "x", "first_used_at": the_clock.now()}
        connection.execute(sa.insert(SigningKey).values(values))
        connection.commit()
    for path in (site.instance / "keys").iterdir():
        path.unlink()
    secret = site.instance / "secret-key"
    elsewhere = secret.rename(site.folder / "secret-key")
    before = site.made
    assert "secret-key is missing, but this database already has" in said(site.type("serve"))
    assert site.made == before
    elsewhere.rename(secret)
    before = site.made
    assert "with which this site issues certificates, is not in" in said(site.type("serve"))
    assert site.made == before


@pytest.mark.parametrize(
    ("lost", "named"), [("secret-key", "secret-key"), ("keys", "keys")], ids=str
)
@pytest.mark.parametrize("command", ["worker", "accounts list"])
def test_a_site_whose_keys_are_gone_is_given_no_others(
    site: Here, command: str, lost: str, named: str
) -> None:
    (site.instance / lost).rename(site.folder / "elsewhere")
    before = site.made
    done = site.type(command)
    assert done.exit_code == 1
    assert f"{site.instance} has no {named}: restore it from your backup" in said(done)
    assert site.made == before
    (site.folder / "elsewhere").rename(site.instance / lost)
    assert site.type(command).exit_code == 0, "the control"


def test_an_upgrade_of_a_site_asks_for_no_keys(site: Here) -> None:
    """It may run where the database is reached and the instance folder is not."""
    (site.instance / "secret-key").unlink()
    before = site.made
    assert said(site.type("db upgrade")) == "The database is up to date.\n"
    assert site.made == before


# Wrong sites


def test_a_database_of_another_program_is_left_alone(
    empty_database: Database, typed: Typed
) -> None:
    with connected(empty_database.url) as connection:
        connection.execute(sa.text("CREATE TABLE invoices (id INTEGER)"))
        connection.commit()
    for command in ("db upgrade", "serve"):
        done = typed(empty_database, *command.split(), CPD_PUBLIC_URL="http://127.0.0.1:9")
        assert done.exit_code == 1
        assert "The database holds the tables of another program" in said(done)
    with connected(empty_database.url) as connection:
        assert sa.inspect(connection).get_table_names() == ["invoices"]


@pytest.mark.parametrize("command", ["db upgrade", "serve", "worker", "accounts list"])
@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"These are my notes, not a database.", "is not a SQLite database"),
        (b"SQLite format 3\0" + b"x" * 5000, "atabase"),
        (None, "is a folder: name a file in it"),
    ],
    ids=["notes", "damaged", "folder"],
)
def test_a_file_that_is_no_database_is_named(
    site: Here, command: str, content: bytes | None, fault: str
) -> None:
    path = site.instance / "cpd.sqlite"
    path.unlink()
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)
    done = site.type(command)
    assert done.exit_code == 1
    assert fault in said(done)
    assert content is None or path.read_bytes() == content


def test_a_signing_key_that_is_none_is_named(site: Here) -> None:
    (key,) = (site.instance / "keys").iterdir()
    key.write_text("-----BEGIN PRIVATE KEY-----\nnot one\n-----END PRIVATE KEY-----\n")
    for command in ("keys list", "keys new", "worker", "serve"):
        done = site.type(command)
        assert done.exit_code == 1
        assert f"{key} is not an Ed25519 key. Restore the right file" in said(done)


# A settings file


def settings_file(here: Here, **more: str) -> Path:
    path = here.folder / "cpd.env"
    values = {"CPD_INSTANCE": f'"{here.instance}"  ', "CPD_PROVIDER_NAME": "From the file", **more}
    path.write_text("# Ours\n" + "".join(f"{name}={value}\n" for name, value in values.items()))
    path.chmod(0o640)
    return path


@pytest.mark.parametrize("by", ["option", "variable"])
def test_a_settings_file_is_read_by_the_command_itself(site: Here, by: str) -> None:
    path = settings_file(site)
    words, environ = (
        (("--env", str(path)), {}) if by == "option" else ((), {"CPD_ENV_FILE": str(path)})
    )
    del os.environ["PATH"]  # nothing else of the environment is needed
    done = CliRunner().invoke(cli, [*words, "accounts", "list"], env=environ)
    assert done.exit_code == 0, done.output
    first, about_the_name = done.stderr.splitlines()
    assert first == (
        f"Instance folder: {site.instance}. Database: SQLite, {site.instance}/cpd.sqlite. "
        f"Settings file: {path}."
    )
    assert "The database differs from CPD_PROVIDER_NAME" in about_the_name


def test_the_option_outranks_the_variable_and_the_environment_both(site: Here) -> None:
    path = settings_file(site, CPD_INSTANCE="/nowhere/at/all")
    environ = {"CPD_ENV_FILE": "/nowhere.env", "CPD_INSTANCE": str(site.instance)}
    done = CliRunner().invoke(cli, ["--env", str(path), "accounts", "list"], env=environ)
    assert done.exit_code == 0, done.output
    assert f"Instance folder: {site.instance}." in done.stderr


def test_a_wrong_line_of_the_file_is_named(site: Here) -> None:
    path = settings_file(site, CPD_PROXIES="many")
    done = CliRunner().invoke(cli, ["--env", str(path), "worker"])
    assert done.exit_code == 1
    assert done.output == f"{path}:4: CPD_PROXIES is 'many': use a whole number from 0 to 9.\n"


def test_a_file_that_is_not_there_is_named(here: Here) -> None:
    done = CliRunner().invoke(cli, ["--env", "none.env", "worker"])
    assert done.exit_code == 2
    assert "'none.env' does not exist" in done.output


def test_a_file_that_everybody_can_read_is_told(site: Here) -> None:
    path = settings_file(site)
    path.chmod(0o644)
    done = CliRunner().invoke(cli, ["--env", str(path), "accounts", "list"])
    assert f"Everyone on this machine can read {path}: run chmod o= on it." in done.stderr


def test_gunicorn_reads_it_too(site: Here) -> None:
    program = "import wsgi; print(wsgi.app.config['CPD'].provider_name)"
    environ = {
        "PATH": os.environ["PATH"],
        "CPD_ENV_FILE": str(settings_file(site)),
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True, text=True, check=False, cwd=site.folder, env=environ,
    )  # fmt: skip
    assert done.stdout == "From the file\n", done.stderr
    assert f"Instance folder: {site.instance}." in done.stderr


# What others can read


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    return {str(path.relative_to(folder)): mode(path) for path in folder.rglob("*")}


def wide(folder: Path) -> list[str]:
    """Name what others could read or enter."""
    return sorted(name for name, found in modes(folder).items() if found & 0o077)


@pytest.mark.usefixtures("open_umask")
def test_control_without_care_others_can_read_everything(tmp_path: Path) -> None:
    (tmp_path / "keys").mkdir()
    engine = sa.create_engine(f"sqlite:///{tmp_path}/cpd.sqlite")
    with engine.connect() as connection:
        connection.execute(sa.text("PRAGMA journal_mode = WAL"))
        connection.execute(sa.text("CREATE TABLE one (id INTEGER)"))
        found = wide(tmp_path)
    engine.dispose()
    assert found == ["cpd.sqlite", "cpd.sqlite-shm", "cpd.sqlite-wal", "keys"]


@pytest.mark.usefixtures("open_umask")
def test_whatever_the_folder_and_the_umask_only_the_user_can_read_what_is_kept(
    here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here.instance.mkdir()
    here.instance.chmod(0o777)
    told = f"enter the instance folder {here.instance} (mode 777): run chmod 700 {here.instance}"
    assert told in here.type("db upgrade").stderr
    later = schemas.with_a_later_migration(tmp_path / "later, at 50%", "pass")
    monkeypatch.setattr(migrate, "MIGRATIONS", later)
    monkeypatch.setattr(schema, "SCHEMA", schemas.ladder(later)[-1].revision)
    assert "Copied the database to" in said(here.type("db upgrade"))
    here.type("keys new")
    with connected(here.database.url) as connection:
        connection.execute(sa.text("CREATE TABLE one (id INTEGER)"))
        names = set(modes(here.instance))
        assert wide(here.instance) == []
    assert {"cpd.sqlite", "cpd.sqlite-wal", "cpd.sqlite-shm", "secret-key", "keys"} <= names
    assert len([name for name in names if name.endswith(".backup.sqlite")]) == 1
    assert len([name for name in names if name.startswith("keys/")]) == 2


@pytest.mark.usefixtures("open_umask")
def test_what_an_earlier_release_left_open_is_closed_at_the_next_start(site: Here) -> None:
    for path in (site.instance, *site.instance.rglob("*")):
        path.chmod(0o777 if path.is_dir() else 0o666)
    (site.instance / "cpd-20261123-100000.backup.sqlite").touch()
    done = site.type("worker")
    assert wide(site.instance) == []
    assert mode(site.instance) == 0o777, "that is for who made it; it is told"
    assert "(mode 777)" in done.stderr


def test_a_folder_of_another_user_is_not_written_by_root(site: Here) -> None:
    if os.geteuid() != 0:
        return  # tests/test_instance.py has the rule for everybody
    os.chown(site.instance, 65534, 65534)
    before = site.made
    for command in ("worker", "db upgrade", "serve", "keys new"):
        done = site.type(command)
        assert done.exit_code == 1
        assert "belongs to nobody" in said(done)
    assert site.made == before


def test_an_exported_course_is_for_its_user_only(site: Here, open_umask: None) -> None:
    assert site.type("content publish").exit_code == 0
    out = site.folder / "out"
    assert site.type("content export", SMALL.name, str(out)).exit_code == 0
    assert mode(out) == 0o700
    assert wide(out) == [], "it holds the exam's answers"
