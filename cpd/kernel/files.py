"""Files and folders that only their user can read, written completely or not at all."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path


@contextmanager
def create_private_folder(folder: Path) -> Iterator[None]:
    """Create a folder for its user only; remove it if the block fails and leaves it empty."""
    created: list[Path] = []
    try:
        for path in (*reversed(folder.parents), folder):
            if not path.exists():
                path.mkdir(mode=0o700, exist_ok=True)  # another process may have created it
                created.append(path)
        yield
    except BaseException:
        for path in reversed(created):
            with suppress(OSError):
                path.rmdir()
        raise


@contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Let one process at a time into the block for this folder; others wait."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
        os.fsync(handle)  # a file renamed in it survives a power cut
    finally:
        os.close(handle)


@contextmanager
def replace_private_file(path: Path) -> Iterator[Path]:
    """Yield an empty file that replaces `path` if the block succeeds, and is removed if not."""
    draft = path.with_name(f"{path.name}.new")
    _remove_draft(draft)
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield draft
        draft.rename(path)
    except BaseException:
        _remove_draft(draft)
        raise


def write_private_file(path: Path, content: bytes) -> None:
    """Write a file completely, for its user only."""
    with replace_private_file(path) as draft, draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _remove_draft(draft: Path) -> None:
    """Remove a draft, and the files that SQLite keeps beside it."""
    for left in draft.parent.glob(f"{escape(draft.name)}*"):
        left.unlink(missing_ok=True)
