"""Files and folders of our own: for one user, and whole or not there."""

import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cpd.kernel import files


@pytest.fixture(autouse=True)
def _open_umask() -> Iterator[None]:
    """Take nothing from the modes that are asked for."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_control_without_a_mode_everybody_could_write(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("x")
    (tmp_path / "folder").mkdir()
    assert mode(tmp_path / "plain") == 0o666
    assert mode(tmp_path / "folder") == 0o777


def test_a_file_is_for_its_user_only(tmp_path: Path) -> None:
    files.write_private_file(tmp_path / "key", b"secret")
    assert (tmp_path / "key").read_bytes() == b"secret"
    assert mode(tmp_path / "key") == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["key"]


def test_what_somebody_laid_in_the_way_is_not_written_to(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("as it was")
    (tmp_path / "key.new").symlink_to(elsewhere)
    files.write_private_file(tmp_path / "key", b"secret")
    assert elsewhere.read_text() == "as it was"
    (tmp_path / "key.new").write_text("half")
    files.write_private_file(tmp_path / "key", b"another")
    assert mode(tmp_path / "key") == 0o600, "not the mode of what lay there"


def test_a_draft_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("old")

    def fail(draft: Path) -> None:
        draft.write_text("half")
        draft.with_name(f"{draft.name}-wal").write_text("SQLite's")
        raise RuntimeError

    with pytest.raises(RuntimeError), files.replace_private_file(tmp_path / "list.txt") as draft:
        fail(draft)
    assert [path.name for path in tmp_path.iterdir()] == ["list.txt"]
    assert (tmp_path / "list.txt").read_text() == "old"


def test_a_folder_is_for_its_user_only_with_those_above_it(tmp_path: Path) -> None:
    inner = tmp_path / "new" / "inner"
    with files.create_private_folder(inner):
        assert (mode(inner.parent), mode(inner)) == (0o700, 0o700)
    assert inner.is_dir()


def test_a_folder_whose_use_failed_is_gone_unless_something_lies_in_it(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), files.create_private_folder(tmp_path / "new" / "inner"):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []

    def fail() -> None:
        (tmp_path / "new" / "kept").write_text("by another process")
        raise RuntimeError

    with pytest.raises(RuntimeError), files.create_private_folder(tmp_path / "new" / "inner"):
        fail()
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["kept"]


def test_a_folder_that_was_there_stays_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir(mode=0o750)
    with pytest.raises(RuntimeError), files.create_private_folder(tmp_path / "old"):
        raise RuntimeError
    assert mode(tmp_path / "old") == 0o750


def test_one_at_a_time(tmp_path: Path) -> None:
    order: list[str] = []
    inside = threading.Event()

    def second() -> None:
        inside.wait()
        with files.lock_folder(tmp_path):
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with files.lock_folder(tmp_path):
        inside.set()
        thread.join(timeout=0.1)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
