"""Course folders as they lie on the disk, unread: so that asking for them loads nothing."""

from collections.abc import Iterator
from pathlib import Path

import cpd

LIBRARY = Path(cpd.__path__[0]) / "courses" / "library"
"""The courses that are shipped."""
LEDGER = "ledger.yaml"


def shipped() -> list[Path]:
    """Return the folders of the courses that are shipped, by name."""
    return sorted(path.parent for path in LIBRARY.glob("*/course.md"))


def files(folder: Path) -> Iterator[str]:
    """Yield every file of the folder but hidden ones, by path."""
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") for part in relative.parts):
            yield relative.as_posix()
