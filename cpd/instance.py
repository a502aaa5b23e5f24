"""The instance folder and the database file: who may use them, and how others are kept out."""

import os
import pwd
import stat
from collections.abc import Iterator
from contextlib import suppress
from glob import escape
from pathlib import Path

_OTHERS = 0o077
_WRITABLE = 0o022
_SQLITE = b"SQLite format 3\0"
_ANOTHER_PLACE = (
    "If your site is elsewhere, name its settings file: cpd --env FILE. "
    "For a new site here, run: cpd db upgrade"
)


class InstanceError(RuntimeError):
    """The instance folder or the database file cannot be used; the message says what to do."""


# Who may use it


def refuse_unusable_folder(folder: Path) -> None:
    """Raise InstanceError unless this folder can hold an installation."""
    try:
        status = folder.stat()
    except (FileNotFoundError, NotADirectoryError):
        raise InstanceError(f"There is no folder {folder}. {_ANOTHER_PLACE}") from None
    except OSError as fault:
        raise InstanceError(os_error_message(fault)) from None
    if not stat.S_ISDIR(status.st_mode):
        raise InstanceError(f"{folder} is a file, not a folder: name a folder with CPD_INSTANCE.")
    if os.geteuid() == 0 != status.st_uid:
        owner = _login_of_user(status.st_uid)
        raise InstanceError(
            f"{folder} belongs to {owner}, who could not read what root writes there. Run this as "
            f"{owner} (sudo -u {owner} ...), or give the folder to root: chown root {folder}"
        )
    _refuse_unreachable(folder, os.R_OK | os.W_OK | os.X_OK)
    for path in _iterate_files_of_installation(folder):
        _refuse_unreachable(path, os.R_OK | (os.X_OK if path.is_dir() else 0))


def refuse_unusable_database_file(path: Path) -> None:
    """Raise InstanceError unless this is a writable SQLite file.

    Call it before the first connection, because closing the file would release SQLite's locks.
    """
    if not path.exists():
        raise InstanceError(f"There is no database {path}. {_ANOTHER_PLACE}")
    if not path.is_file():
        raise InstanceError(f"{path} is a folder: name a file in it with DATABASE_URL.")
    _refuse_unreachable(path.parent, os.R_OK | os.W_OK | os.X_OK)
    _refuse_unreachable(path, os.R_OK | os.W_OK)
    with path.open("rb") as file:
        begins = file.read(len(_SQLITE))
    if begins and begins != _SQLITE:
        raise InstanceError(
            f"{path} is not a SQLite database: restore your own from a backup, or name another "
            "file with DATABASE_URL. Nothing was changed."
        )


def _refuse_unreachable(path: Path, mode: int) -> None:
    if not os.access(path, mode, effective_ids=True):
        raise InstanceError(
            f"{path} cannot be read and written by {_login_of_user(os.geteuid())}. Run this as the "
            "user who runs the site, and see that it belongs to that user (chown, chmod u+rwX)."
        )


def _login_of_user(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"user {user}"


def os_error_message(fault: OSError) -> str:
    """Return what failed on a file or folder of the installation, and what to do."""
    what = fault.filename or "The instance folder"
    return (
        f"{what} cannot be used by {_login_of_user(os.geteuid())}: {fault.strerror}. Name a "
        "folder that this user may write with CPD_INSTANCE, or change its owner."
    )


# Keeping it from others


def restrict_permissions(folder: Path, database: Path | None) -> list[str]:
    """Remove permissions that an earlier release or a copy gave others; return a line for each."""
    said: list[str] = []
    if not folder.exists():
        return said
    if _permission_bits_of_file(folder) & _OTHERS:
        said.append(
            f"Others on this machine can enter the instance folder {folder} (mode "
            f"{_permission_bits_of_file(folder):o}): run chmod 700 {folder}"
        )
    if (
        database
        and database.parent != folder
        and _permission_bits_of_file(database.parent) & _WRITABLE
    ):
        said.append(
            f"Others on this machine can replace the database, because they may write in "
            f"{database.parent}: run chmod go-w {database.parent}"
        )
    for path in (
        *_iterate_files_of_installation(folder),
        *(_iterate_files_of_database(database) if database else ()),
    ):
        with suppress(FileNotFoundError):  # SQLite removes its companions when it is done
            mode = _permission_bits_of_file(path)
            if mode & _OTHERS and not _change_mode_if_allowed(path, mode & ~_OTHERS):
                said.append(
                    f"Others on this machine can read {path}, which {_login_of_user(os.geteuid())} "
                    f"may not change: let its owner run chmod go= {path}"
                )
    return said


def is_world_readable(path: Path) -> bool:
    """Tell whether everyone on the machine can read a file."""
    return bool(_permission_bits_of_file(path) & stat.S_IROTH)


def _permission_bits_of_file(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _change_mode_if_allowed(path: Path, mode: int) -> bool:
    try:
        path.chmod(mode)
    except OSError:  # it belongs to someone else, or is on a read-only disk
        return not path.exists()
    return True


def _iterate_files_of_installation(folder: Path) -> Iterator[Path]:
    """Yield what an installation keeps besides its database: keys, and the emails of a demo."""
    for pattern in ("secret-key*", "keys", "keys/*", "mailbox", "mailbox/*"):
        yield from folder.glob(pattern)


def _iterate_files_of_database(database: Path) -> Iterator[Path]:
    """Yield a SQLite database, SQLite's own files beside it, and the copies before upgrades."""
    file = database.resolve()
    for pattern in ("", "-wal", "-shm", "-journal", ".new*"):
        yield from file.parent.glob(f"{escape(file.name)}{pattern}")
    yield from file.parent.glob(f"{escape(file.stem)}-*.backup.sqlite*")
