"""Files and folders for one user, made whole or not at all, whatever the umask and the folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path


@contextmanager
def made(folder: Path) -> Iterator[None]:
    """Make a folder for its user only, and unmake it when the block fails and left it empty."""
    begun: list[Path] = []
    try:
        for each in (*reversed(folder.parents), folder):
            if not each.exists():
                each.mkdir(mode=0o700, exist_ok=True)  # another process may be as far
                begun.append(each)
        yield
    except BaseException:
        for each in reversed(begun):
            with suppress(OSError):
                each.rmdir()
        raise


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Be the only process in this block for this folder; the others wait."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
        os.fsync(handle)  # a name given in it is there after a power cut
    finally:
        os.close(handle)


@contextmanager
def draft_of(path: Path) -> Iterator[Path]:
    """Yield an empty file that takes this place when the block is done, and else is removed."""
    draft = path.with_name(f"{path.name}.new")
    _remove(draft)
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield draft
        draft.rename(path)
    except BaseException:
        _remove(draft)
        raise


def write(path: Path, content: bytes) -> None:
    """Write a file."""
    with draft_of(path) as draft, draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _remove(draft: Path) -> None:
    """Remove a draft, and what SQLite kept beside it."""
    for left in draft.parent.glob(f"{escape(draft.name)}*"):
        left.unlink(missing_ok=True)
