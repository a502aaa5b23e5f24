"""Hosts of one site have one set of keys: it is registered, and others are refused at start."""

import hashlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import click
import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from cpd import migrate
from cpd.access.audit import AuditEntry
from cpd.app import create_app
from cpd.config import Settings
from cpd.db import db, unit_of_work
from cpd.engine import create_protected_engine
from cpd.hosts import keys
from cpd.hosts.keys import WrongKeysError, derive_secret_fingerprint, register_host_keys
from cpd.hosts.models import HostKey, KeyKind
from tests.cli.conftest import SITE, Typed, said, typed
from tests.support.databases import SECRET_KEY, Database
from tests.support.moved_clock import NOW, MovedClock
from tests.support.prepared import disconnect, settings_for
from tests.support.schemas import connected
from tests.support.server import environment, run_at_once, start_host

__all__ = ["typed"]

OTHER = "the key of another host, which is long enough"
Start = Callable[..., Result]


@click.command
def starting() -> None:
    """Start a host, and serve nothing."""
    start_host()


@pytest.fixture
def start(typed: Typed, database: Database) -> Start:
    """Starts a host in an instance folder: `start(folder, CPD_SECRET_KEY=OTHER)`."""
    del typed  # it closes the connections of what is started

    def run(folder: Path, **environ: str | None) -> Result:
        host = replace(database, instance_dir=folder)
        return CliRunner().invoke(starting, env=environment(host, SITE, **environ))

    return run


@pytest.fixture
def first(start: Start, database: Database) -> Path:
    """The instance folder of a host that was started."""
    shutil.rmtree(database.instance_dir / "keys")
    assert start(database.instance_dir, CPD_SECRET_KEY=None).exit_code == 0
    return database.instance_dir


@pytest.fixture
def second(tmp_path: Path) -> Path:
    """An empty instance folder on another host."""
    made = tmp_path / "second"
    made.mkdir()
    return made


def known(database: Database) -> list[tuple[str, str, str]]:
    with connected(database.url) as connection:
        rows = sa.select(HostKey.kind, HostKey.name, HostKey.value).order_by(HostKey.id)
        return [(kind.value, name, value) for kind, name, value in connection.execute(rows)]


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def key_ids(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "keys").iterdir())


# What is kept of a key


def test_a_fingerprint_tells_keys_apart_and_nothing_of_them() -> None:
    assert (
        derive_secret_fingerprint(SECRET_KEY)
        == derive_secret_fingerprint(SECRET_KEY)
        != derive_secret_fingerprint(OTHER)
    )
    assert len(derive_secret_fingerprint("x" * 32)) == 64
    plain = {hashlib.new(name, OTHER.encode()).hexdigest() for name in ("sha256", "sha512_256")}
    assert derive_secret_fingerprint(OTHER) not in plain


# Registering


def test_the_first_start_registers_what_it_finds_and_the_next_one_adds_nothing(
    start: Start, first: Path, database: Database
) -> None:
    secret = (first / "secret-key").read_text()
    (key_id,) = key_ids(first)
    (kept, signing) = known(database)
    assert kept == ("secret", "", derive_secret_fingerprint(secret))
    assert signing[:2] == ("signing", key_id)
    assert secret not in str(known(database))
    assert start(first, CPD_SECRET_KEY=None).exit_code == 0
    assert known(database) == [kept, signing]


def test_a_database_of_the_release_before_takes_the_keys_of_the_host_that_upgrades_it(
    start: Start, typed: Typed, database: Database
) -> None:
    migrate.run(database.url, "0006")
    assert start(database.instance_dir).exit_code == 1
    assert typed(database, "db", "upgrade", "--no-backup").exit_code == 0
    assert known(database) == []
    assert start(database.instance_dir).exit_code == 0
    (key_id,) = key_ids(database.instance_dir)
    assert [row[:2] for row in known(database)] == [("secret", ""), ("signing", key_id)]


def test_control_a_database_that_knows_no_key_takes_any_host(
    start: Start, second: Path, database: Database
) -> None:
    assert start(second, CPD_SECRET_KEY=OTHER).exit_code == 0
    assert known(database)[0] == ("secret", "", derive_secret_fingerprint(OTHER))


# Hosts with other keys


def other_keys(how: str, first: Path, second: Path) -> dict[str, str | None]:
    """Give the second host other keys; return its settings."""
    if how == "another secret":
        return {"CPD_SECRET_KEY": OTHER}
    if how == "another secret in a file":
        shutil.copytree(first, second, dirs_exist_ok=True)
        (second / "secret-key").write_text(OTHER)
    if how == "no signing key":
        shutil.copy(first / "secret-key", second)
    if how == "a signing key of its own":
        shutil.copy(first / "secret-key", second)
        (second / "keys").mkdir()
        shutil.copy(first / "keys" / key_ids(first)[0], second / "keys" / "20200101T000000Z-0a0a")
    if how == "another key by the same name":
        shutil.copytree(first, second, dirs_exist_ok=True)
        shutil.rmtree(second / "keys")
        made = keys_of_another_site(second)
        made.rename(made.with_name(key_ids(first)[0]))
    return {"CPD_SECRET_KEY": None}


def keys_of_another_site(folder: Path) -> Path:
    from cpd.certificates import signing  # noqa: PLC0415 - one use

    ring = signing.create_key_in_folder(folder / "keys", now=NOW)
    return folder / "keys" / ring.current_key_id


SECRET, SIGNING = "copy secret-key and the folder keys", "copy the folder keys from its instance"
WAYS = {
    "nothing at all": ("secret-key is missing", SECRET),
    "another secret": ("CPD_SECRET_KEY is not the secret key", SECRET),
    "another secret in a file": ("secret-key is not the secret key", SECRET),
    "no signing key": ("The signing key", SIGNING),
    "a signing key of its own": ("The signing key", SIGNING),
    "another key by the same name": ("is not the key that this site knows", "from your backup"),
}


@pytest.mark.parametrize("how", WAYS)
def test_a_host_with_other_keys_is_refused_with_the_remedy_and_nothing_is_made(
    start: Start, first: Path, second: Path, database: Database, how: str
) -> None:
    environ, registered = other_keys(how, first, second), known(database)
    before = files(second)
    done = start(second, **environ)
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)
    for part in WAYS[how]:
        assert part in said(done)
    assert "secret-key is" not in said(done) or str(second) in said(done)
    assert files(second) == before
    assert known(database) == registered
    shutil.rmtree(second)
    shutil.copytree(first, second)  # the remedy
    assert start(second, CPD_SECRET_KEY=None).exit_code == 0
    assert known(database) == registered


def test_the_same_secret_may_come_from_a_setting_or_from_a_file(
    start: Start, first: Path, second: Path
) -> None:
    shutil.copytree(first / "keys", second / "keys")
    assert start(second, CPD_SECRET_KEY=(first / "secret-key").read_text()).exit_code == 0
    assert not (second / "secret-key").exists()


def test_two_hosts_that_both_found_an_empty_list_are_not_both_registered(
    database: Database, tmp_path: Path, clock: MovedClock
) -> None:
    """Both read it before either wrote: the one that comes later is refused nevertheless."""
    ours = settings_for(database)
    theirs: Settings = replace(ours, instance_dir=tmp_path / "theirs", secret_key=OTHER)
    unlike: Settings = replace(ours, instance_dir=tmp_path / "unlike")
    apps = [create_app(settings) for settings in (ours, theirs, unlike)]
    register_host_keys(apps[0])
    with pytest.raises(WrongKeysError, match="is not the secret key"):
        register_host_keys(apps[1])
    with pytest.raises(WrongKeysError, match="The signing key"):
        register_host_keys(apps[2])
    assert len(known(database)) == 2
    for app in apps:
        disconnect(app)


def at_once(database: Database, *folders: Path) -> Iterator[tuple[int | None, str]]:
    """Start hosts as processes at the same time; yield how each ended."""
    facts = [
        environment(replace(database, instance_dir=folder), SITE, CPD_SECRET_KEY=None)
        for folder in folders
    ]
    return run_at_once(start_host, *facts)


def test_of_two_hosts_with_their_own_keys_that_start_at_once_one_is_served(
    database: Database, second: Path, tmp_path: Path
) -> None:
    ended = sorted(at_once(database, second, tmp_path / "third"))
    assert [status for status, _ in ended] == [0, 1]
    assert "Traceback" not in ended[0][1] + ended[1][1]
    assert SECRET in ended[1][1] or SIGNING in ended[1][1]
    assert len(known(database)) == 2


def test_processes_of_one_host_that_start_at_once_register_once(
    database: Database, second: Path
) -> None:
    ended = list(at_once(database, *[second] * 4))
    assert [status for status, _ in ended] == [0] * 4, ended
    assert [row[0] for row in known(database)] == ["secret", "signing"]


# Changing keys on purpose


def test_a_new_signing_key_is_registered_and_then_every_host_needs_it(
    start: Start, typed: Typed, first: Path, second: Path, database: Database, clock: MovedClock
) -> None:
    shutil.copytree(first, second, dirs_exist_ok=True)
    clock.advance(days=1)
    made = said(typed(database, "keys", "new"))
    assert "copy the key to every other host" in made
    assert start(second, CPD_SECRET_KEY=None).exit_code == 0, "it does not sign yet"
    assert start(first, CPD_SECRET_KEY=None).exit_code == 0
    assert [name for kind, name, _ in known(database) if kind == "signing"] == key_ids(first)
    done = start(second, CPD_SECRET_KEY=None)
    assert done.exit_code == 1
    assert f"The signing key {key_ids(first)[1]}" in said(done)
    shutil.copytree(first / "keys", second / "keys", dirs_exist_ok=True)
    assert start(second, CPD_SECRET_KEY=None).exit_code == 0


def test_a_signing_key_that_is_known_to_be_lost_is_replaced(
    start: Start, first: Path, database: Database
) -> None:
    (key_id,) = key_ids(first)
    path = first / "keys" / key_id
    path.unlink()
    done = start(first, CPD_SECRET_KEY=None)
    assert f"make an empty file named {key_id}.lost there" in said(done)
    assert list((first / "keys").iterdir()) == []
    path.with_name(f"{key_id}.lost").touch()
    (first / "keys" / "20200101T000000Z-other.new").touch()
    assert start(first, CPD_SECRET_KEY=None).exit_code == 0
    assert len([row for row in known(database) if row[0] == "signing"]) == 2


def test_another_secret_key_counts_when_that_was_wanted(
    start: Start, typed: Typed, first: Path, database: Database
) -> None:
    old = (first / "secret-key").read_text()
    (first / "secret-key").unlink()  # it is lost
    assert "cpd keys replace-secret" in said(start(first, CPD_SECRET_KEY=None))
    registered = known(database)
    words = ("keys", "replace-secret")
    done = typed(database, *words, input="n\n", CPD_SECRET_KEY=None)
    assert done.exit_code == 1
    assert "everyone is signed out" in said(done)
    assert "people who sign in with codes from an app (4 of them now)" in said(done)
    assert not (first / "secret-key").exists()
    assert known(database) == registered
    assert typed(database, *words, input="y\n", CPD_SECRET_KEY=None).exit_code == 0
    new = (first / "secret-key").read_text()
    assert known(database)[-1] == ("secret", "", derive_secret_fingerprint(new))
    assert start(first, CPD_SECRET_KEY=None).exit_code == 0
    assert start(first, CPD_SECRET_KEY=old).exit_code == 1
    with connected(database.url) as connection:
        actions = connection.scalars(sa.select(AuditEntry.action)).all()
    assert actions.count("hosts:secret:replace") == 1
    assert typed(database, *words, "--yes", CPD_SECRET_KEY=old).exit_code == 0, "and back again"
    assert start(first, CPD_SECRET_KEY=old).exit_code == 0
    assert start(first, CPD_SECRET_KEY=None).exit_code == 1


def test_the_same_key_replaces_nothing(start: Start, typed: Typed, database: Database) -> None:
    assert start(database.instance_dir).exit_code == 0
    registered = known(database)
    done = typed(database, "keys", "replace-secret")
    said_last = "The database already has this secret key. Nothing was changed."
    assert (done.exit_code, said(done).splitlines()[-1]) == (0, said_last)
    assert known(database) == registered


def test_a_secret_is_not_replaced_where_the_database_is_not_fit_for_use(
    empty_database: Database, typed: Typed
) -> None:
    done = typed(empty_database, "keys", "replace-secret", "--yes")
    assert done.exit_code == 1
    assert said(done).endswith("Run: cpd db upgrade\n")
    done = typed(
        empty_database, "keys", "replace-secret", DATABASE_URL="sqlite:////nowhere/at/all.sqlite"
    )
    assert said(done).startswith("The database that DATABASE_URL names cannot be used: ")
    (empty_database.instance_dir / "secret-key").write_text("half")
    migrate.run(empty_database.url)
    done = typed(empty_database, "keys", "replace-secret", CPD_SECRET_KEY=None)
    assert "does not hold a complete key" in said(done)


def test_a_database_that_cannot_take_the_keys_ends_the_start(
    start: Start, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database.engine == "sqlite":
        monkeypatch.setattr("cpd.engine._WAIT_SECONDS", 0)
        engine = create_protected_engine(database.url)
        app = create_app(settings_for(database))
        for act in ("register its keys", "store the provider"):
            with engine.connect().execution_options(cpd_write=True) as other:
                other.execute(sa.text("SELECT 1"))
                done = start(database.instance_dir)
            assert (
                said(done)
                == f"The database does not allow this host to {act}: database is locked\n"
            )
            assert done.exit_code == 1
            register_host_keys(app)
        disconnect(app)
        engine.dispose()


def test_what_was_registered_cannot_be_changed(database: Database) -> None:
    app = create_app(settings_for(database))
    register_host_keys(app)
    with app.app_context():
        assert keys.find_registered_keys(db.session(), KeyKind.SECRET) == {
            "": derive_secret_fingerprint(SECRET_KEY)
        }
        with pytest.raises(sa.exc.DBAPIError, match="frozen"), unit_of_work() as session:
            session.execute(sa.update(HostKey).values(value="x"))
    disconnect(app)
