"""Course folders as they lie on the disk, unparsed: so that asking for them loads nothing."""

from pathlib import Path

import cpd

LIBRARY = Path(cpd.__path__[0]) / "courses" / "library"
"""The courses that are shipped."""
LEDGER = "ledger.yaml"


def shipped() -> list[Path]:
    """Return the folders of the courses that are shipped, by name."""
    return sorted(path.parent for path in LIBRARY.glob("*/course.md"))


def read(folder: Path) -> dict[str, bytes]:
    """Return every file of the folder but hidden ones, by its path in it."""
    found = {}
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") for part in relative.parts):
            found[relative.as_posix()] = path.read_bytes()
    return found
