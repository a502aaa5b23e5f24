"""Course folders on the disk, unparsed, so that listing them loads no schemas."""

import re
from collections.abc import Mapping
from pathlib import Path

import cpd
from cpd.courses.rules.ledger import Series
from cpd.kernel import raster

LIBRARY = Path(cpd.__path__[0]) / "courses" / "library"
"""The folder of the shipped courses."""
LEDGER = "ledger.yaml"
LEDGERS: Mapping[Series, str] = {Series.SHIPPED: LEDGER, Series.HERE: "ledger-here.yaml"}
"""The ledger files: one that comes with the course, and one with this site's own entries."""


def shipped_course_folders() -> list[Path]:
    """Return the folders of the shipped courses, by name."""
    return sorted(path.parent for path in LIBRARY.glob("*/course.md"))


def read_release_files(slug: str) -> dict[str, str]:
    """Return the texts that this release ships for the course with this name; empty if none.

    If the name of a shipped course was taken, the course has that name plus a number here.
    """
    name = _find_release_name(slug)
    if name is None:
        return {}
    files = read_folder_files(LIBRARY / name)
    texts = {path: raw.decode() for path, raw in files.items() if not raster.FILE.fullmatch(path)}
    return _files_with_course_renamed(texts, name, slug)


def read_release_pictures(slug: str) -> dict[str, bytes]:
    """Return the pictures that this release ships for the course with this name, by path."""
    name = _find_release_name(slug)
    files = read_folder_files(LIBRARY / name) if name else {}
    return {path: raw for path, raw in files.items() if raster.FILE.fullmatch(path)}


def _find_release_name(slug: str) -> str | None:
    names = (slug, re.sub(r"-[0-9]+$", "", slug))
    return next((name for name in names if (LIBRARY / name / "course.md").is_file()), None)


def _files_with_course_renamed(files: Mapping[str, str], old: str, new: str) -> dict[str, str]:
    """Give a course another name, in its own file and in its ledger."""
    if old == new:
        return dict(files)
    named = re.compile(rf"^id: {re.escape(old)}$", re.MULTILINE)
    about = re.compile(rf"\bcourse:{re.escape(old)}\b(?!-)")
    changed = {"course.md": named.sub(f"id: {new}", files["course.md"], count=1)}
    if LEDGER in files:
        changed[LEDGER] = about.sub(f"course:{new}", files[LEDGER])
    return {**files, **changed}


def read_folder_files(folder: Path) -> dict[str, bytes]:
    """Return every file of the folder except hidden ones, by its path in the folder."""
    files = {}
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") for part in relative.parts):
            files[relative.as_posix()] = path.read_bytes()
    return files
