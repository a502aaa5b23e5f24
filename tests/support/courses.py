"""The suite's tiny course, as a folder that a test may change."""

import re
import shutil
from pathlib import Path

from cpd.authoring.files.bundle import Bundle
from cpd.authoring.sources.loading import Loaded, load_course_folder

SMALL = Path(__file__).parents[1] / "library" / "small-course"
"""A complete course: two sections, sixteen exam cases, four practice cases, cards, a tool."""


class CourseFolder:
    """A copy of the tiny course, optionally renamed; `edit`, `write` and `remove` change it."""

    def __init__(self, parent: Path, slug: str = SMALL.name) -> None:
        self.path = parent / slug
        shutil.copytree(SMALL, self.path)
        self.edit("course.md", f"id: {SMALL.name}", f"id: {slug}")

    def read(self, file: str) -> str:
        """Return a file's text."""
        return (self.path / file).read_text(encoding="utf-8")

    def edit(self, file: str, old: str, new: str) -> int:
        """Replace the first occurrence of a text, which must exist; return its line."""
        text = self.read(file)
        assert old in text, f"{file} does not contain {old!r}"
        self.write(file, text.replace(old, new, 1))
        return text[: text.index(old)].count("\n") + 1

    def drop(self, file: str, key: str) -> None:
        """Remove the line of a key."""
        text = self.read(file)
        assert re.search(rf"(?m)^ *{key}:.*\n", text), f"{file} has no {key}"
        self.write(file, re.sub(rf"(?m)^ *{key}:.*\n", "", text, count=1))

    def write(self, file: str, text: str) -> Path:
        """Write a file."""
        target = self.path / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        return target

    def remove(self, file: str) -> None:
        """Delete a file."""
        (self.path / file).unlink()

    def line(self, file: str, text: str) -> int:
        """Return the first line that contains a text."""
        before, found, _ = self.read(file).partition(text)
        assert found, f"{file} does not contain {text!r}"
        return before.count("\n") + 1

    def load(self) -> Loaded:
        """Load it, even with faults."""
        return load_course_folder(self.path)

    def bundle(self) -> Bundle:
        """Load it; it must have no faults."""
        loaded = self.load()
        assert loaded.bundle is not None
        assert not loaded.faults, "\n".join(map(str, loaded.faults))
        return loaded.bundle

    def faults(self) -> list[tuple[str, int, str]]:
        """Load it and return the faults: file, line, message."""
        return [(one.file, one.line, one.message) for one in self.load().faults]
