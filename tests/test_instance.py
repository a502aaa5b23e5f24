"""The instance folder and the database file: wrong ones are named, open ones closed to others."""

import os
import sqlite3
import stat
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from cpd import instance
from cpd.engine import create_protected_engine
from cpd.instance import InstanceError

NOBODY = 65534


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that another user of the machine could reach."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name)
        path.chmod(0o755)
        (path / "site").mkdir(mode=0o700)
        yield path / "site"


@pytest.fixture
def _open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


@contextmanager
def without_rights() -> Iterator[None]:
    """Be somebody for whom modes count: root may do everything."""
    was = os.geteuid()
    if was == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(was)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# What cannot be used


def test_a_folder_of_ours_can_be_used(folder: Path) -> None:
    instance.refuse_unusable_folder(folder)
    (folder / "cpd.sqlite").touch()
    instance.refuse_unusable_database_file(folder / "cpd.sqlite")
    with closing(sqlite3.connect(folder / "cpd.sqlite")) as connection:
        connection.execute("CREATE TABLE one (id INTEGER)")
    instance.refuse_unusable_database_file(folder / "cpd.sqlite")


def test_a_folder_that_is_none_is_named(folder: Path) -> None:
    (folder / "file").touch()
    for path, said in (
        (folder / "none", "There is no folder"),
        (folder / "file" / "inner", "There is no folder"),
        (folder / "file", "is a file, not a folder"),
    ):
        with pytest.raises(InstanceError, match=f"{path.name}|{said}") as raised:
            instance.refuse_unusable_folder(path)
        assert str(path) in str(raised.value)
        assert said in str(raised.value)


def test_a_folder_that_cannot_be_written_is_named(folder: Path) -> None:
    folder.chmod(0o555)
    with without_rights(), pytest.raises(InstanceError, match=f"{folder} cannot be read and writ"):
        instance.refuse_unusable_folder(folder)


def test_a_folder_that_cannot_be_reached_is_named(folder: Path) -> None:
    (folder / "inner").mkdir()
    folder.chmod(0o600)
    with without_rights(), pytest.raises(InstanceError, match=r"inner cannot be used by .*: Per"):
        instance.refuse_unusable_folder(folder / "inner")
    folder.chmod(0o700)


def test_a_key_that_cannot_be_read_is_named(folder: Path) -> None:
    (folder / "keys").mkdir()
    (folder / "keys" / "one").touch(mode=0o000)
    folder.chmod(0o777)
    with without_rights(), pytest.raises(InstanceError, match=r"keys.* cannot be read and writ"):
        instance.refuse_unusable_folder(folder)


def test_root_makes_no_files_in_the_folder_of_another_user(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What root writes there, the site could not read."""
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(InstanceError, match=r"belongs to .*sudo -u .*chown root"):
        instance.refuse_unusable_folder(folder)


def test_a_user_without_a_name_is_told_by_number() -> None:
    assert instance._login_of_user(os.getuid()) != f"user {os.getuid()}"
    assert instance._login_of_user(4_000_000_000) == "user 4000000000"


def test_a_database_that_is_none_is_named(folder: Path) -> None:
    (folder / "folder.sqlite").mkdir()
    (folder / "text.sqlite").write_text("These are my notes, not a database.")
    for name, said in (
        ("none.sqlite", "There is no database"),
        ("folder.sqlite", "is a folder: name a file in it"),
        ("text.sqlite", "is not a SQLite database"),
    ):
        with pytest.raises(InstanceError, match=said) as raised:
            instance.refuse_unusable_database_file(folder / name)
        assert str(folder / name) in str(raised.value)


def test_a_database_that_cannot_be_written_is_named(folder: Path) -> None:
    path = folder / "cpd.sqlite"
    path.touch(mode=0o400)
    folder.chmod(0o777)
    with without_rights(), pytest.raises(InstanceError, match=f"{path} cannot be read and written"):
        instance.refuse_unusable_database_file(path)


# What others can read


def everything(folder: Path, database: Path) -> dict[str, int]:
    found = {*folder.rglob("*"), *database.parent.glob("cpd*")}
    return {path.name: mode(path) for path in found}


@pytest.mark.usefixtures("_open_umask")
@pytest.mark.parametrize("place", ["in the folder", "elsewhere"])
def test_all_that_we_keep_is_taken_from_others(folder: Path, tmp_path: Path, place: str) -> None:
    database = (folder if place == "in the folder" else tmp_path) / "cpd.sqlite"
    for name in ("secret-key", "secret-key.new", "keys/one", "keys/gone.lost", "mailbox/a.eml"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).touch()
    for name in ("", "-wal", "-shm", "-journal"):
        database.with_name(f"cpd.sqlite{name}").touch()
    database.with_name("cpd-20261123-100000.backup.sqlite").touch()
    (folder / "pages").mkdir()  # the operator's own
    (folder / "pages" / "terms.md").touch()
    instance.restrict_permissions(folder, database)
    assert everything(folder, database) == {
        "secret-key": 0o600,
        "secret-key.new": 0o600,
        "keys": 0o700,
        "one": 0o600,
        "gone.lost": 0o600,
        "mailbox": 0o700,
        "a.eml": 0o600,
        "cpd.sqlite": 0o600,
        "cpd.sqlite-wal": 0o600,
        "cpd.sqlite-shm": 0o600,
        "cpd.sqlite-journal": 0o600,
        "cpd-20261123-100000.backup.sqlite": 0o600,
        "pages": 0o777,
        "terms.md": 0o666,
    }


@pytest.mark.usefixtures("_open_umask")
def test_what_the_owner_may_not_do_is_not_added(folder: Path) -> None:
    (folder / "secret-key").touch(mode=0o440)
    instance.restrict_permissions(folder, None)
    assert mode(folder / "secret-key") == 0o400


def beside(path: Path) -> dict[str, int]:
    """Return the modes of a database and its companions while it is written."""
    engine = create_protected_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        connection.execute(sa.text("CREATE TABLE IF NOT EXISTS one (id INTEGER)"))
        connection.commit()
        found = {each.name: mode(each) for each in path.parent.glob("cpd*")}
    engine.dispose()
    return found


@pytest.mark.usefixtures("_open_umask")
def test_what_sqlite_keeps_beside_a_file_takes_the_modes_of_the_file(folder: Path) -> None:
    path = folder / "cpd.sqlite"
    path.touch()
    names = ("cpd.sqlite", "cpd.sqlite-wal", "cpd.sqlite-shm")
    assert beside(path) == dict.fromkeys(names, 0o666), "the control: as open as the file"
    instance.restrict_permissions(folder, path)
    assert beside(path) == dict.fromkeys(names, 0o600)


@pytest.mark.usefixtures("_open_umask")
@pytest.mark.parametrize("others", [0o700, 0o710, 0o755, 0o777])
def test_an_open_folder_is_told(folder: Path, others: int) -> None:
    folder.chmod(others)
    said = instance.restrict_permissions(folder, folder / "cpd.sqlite")
    told = (
        f"Others on this machine can enter the instance folder {folder} (mode {others:o}): "
        f"run chmod 700 {folder}"
    )
    assert said == ([told] if others != 0o700 else [])


def test_a_folder_in_which_the_database_could_be_replaced_is_told(
    folder: Path, tmp_path: Path
) -> None:
    tmp_path.chmod(0o755)
    assert instance.restrict_permissions(folder, tmp_path / "cpd.sqlite") == []
    tmp_path.chmod(0o775)
    (said,) = instance.restrict_permissions(folder, tmp_path / "cpd.sqlite")
    assert "can replace the database" in said


def test_what_belongs_to_somebody_else_is_told(folder: Path) -> None:
    (folder / "secret-key").touch(mode=0o644)
    (folder / "secret-key").chmod(0o644)
    if os.geteuid() != 0:
        return  # nobody but root can make a file of somebody else's
    folder.chmod(0o755)
    with without_rights():
        told = instance.restrict_permissions(folder, None)
    assert any("can read" in line and "let its owner run chmod go=" in line for line in told)


def test_a_folder_that_is_not_there_has_nothing_to_take(folder: Path) -> None:
    assert instance.restrict_permissions(folder / "none", folder / "none" / "cpd.sqlite") == []
