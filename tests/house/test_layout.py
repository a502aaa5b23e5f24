"""The file table of CONTRIBUTING and the drawing of the architecture page are true."""

import re
import tomllib
from collections import Counter
from pathlib import PurePosixPath

import pytest

from tests.support.house import CPD, ROOT

CONTRIBUTING = ROOT / "CONTRIBUTING.md"
ARCHITECTURE = ROOT / "docs/developers/architecture.md"


def section(text: str, heading: str) -> str:
    """Return what a page says below a heading, up to the next one of its level."""
    _, _, below = text.partition(f"\n## {heading}\n")
    return below.partition("\n## ")[0]


# The file table

FOUNDATIONS = {"cli", "content", "db", "hosts", "joints", "kernel", "web"}
"""What lies below the rooms, and the command above them: not made of the files of a room."""


def kinds_of_files(text: str) -> set[str]:
    """Return the files and folders in the first column of the file table."""
    cells = re.findall(r"^\| (`[^|]+) \|", section(text, "Where things are"), re.MULTILINE)
    names = {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}
    return {name.replace("/<room>", "") for name in names}


def files_of_rooms() -> list[PurePosixPath]:
    """Return the files of every room and topic, from the room's folder on."""
    found = (
        PurePosixPath(path.relative_to(CPD).as_posix())
        for path in sorted(CPD.rglob("*"))
        if path.is_file() and not {"__pycache__", "library"} & set(path.parts)
    )
    return [path for path in found if len(path.parts) > 1 and path.parts[0] not in FOUNDATIONS]


def outside(files: list[PurePosixPath], kinds: set[str]) -> set[str]:
    """Return what is neither a kind of file in the table nor a module with a name of its own."""
    left = [path for path in files if not _is_in_the_table(path, kinds)]
    rooms = Counter(name for _, name in {(path.parts[0], path.name) for path in left})
    return {
        path.as_posix()
        for path in left
        if path.suffix != ".py" or path.parent.name == "" or rooms[path.name] > 1
    }


def _is_in_the_table(path: PurePosixPath, kinds: set[str]) -> bool:
    folders = {f"{part}/" for part in path.parts[1:-1]}
    return path.name in kinds or not folders.isdisjoint(kinds) or f"*{path.suffix}" in kinds


def test_every_kind_of_file_is_in_the_table() -> None:
    assert outside(files_of_rooms(), kinds_of_files(CONTRIBUTING.read_text())) == set()


def test_every_kind_in_the_table_exists() -> None:
    files = files_of_rooms()
    kinds = kinds_of_files(CONTRIBUTING.read_text())
    assert {"views.py", "rules/"} <= kinds
    unused = {kind for kind in kinds if not any(_is_in_the_table(path, {kind}) for path in files)}
    assert unused == set()


def test_a_kind_of_file_that_is_not_in_the_table_is_found() -> None:
    files = [
        PurePosixPath(name)
        for name in (
            "courses/views.py",
            "courses/rules/outline.py",
            "courses/answers.py",
            "quizzes/results/answers.py",
            "quizzes/receipts.py",
            "quizzes/notes.ini",
        )
    ]
    assert outside(files, {"views.py", "rules/"}) == {
        "courses/answers.py",
        "quizzes/results/answers.py",
        "quizzes/notes.ini",
    }


# The drawing of the house

Layer = tuple[str, ...]


def layers_of_the_contract() -> list[Layer]:
    """Return the rooms in the order of the contract, those of one layer together."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    (contract,) = (c for c in contracts["contracts"] if c["name"] == "Rooms depend one way")
    found = [
        tuple(name for name in re.findall(r"\w+", line) if _is_built(name))
        for line in contract["layers"]
    ]
    return [layer for layer in found if layer]


def _is_built(name: str) -> bool:
    return (CPD / name).is_dir() or (CPD / f"{name}.py").is_file()


DRAWN = re.compile(r"^ {2}(\w+(?: \| \w+)*) {2,}(.+)$", re.MULTILINE)
"""A line of the drawing: a room or several beside each other, and what is in it."""


def drawing() -> str:
    (found,) = re.findall(r"```\n(  wsgi .*?)```", ARCHITECTURE.read_text(), re.DOTALL)
    text: str = found
    return text


def layers_drawn(text: str) -> list[Layer]:
    return [tuple(names.split(" | ")) for names, _ in DRAWN.findall(text)]


def topics_drawn(text: str) -> dict[str, list[str]]:
    """Return the folders that are drawn inside each room."""
    found = {names: re.findall(r"\b(\w+)/", what) for names, what in DRAWN.findall(text)}
    return {names: sorted(topics) for names, topics in found.items() if topics}


def topics() -> dict[str, list[str]]:
    """Return the folders of code inside each room, but for its rules."""
    found = {
        room.name: sorted(
            path.parent.name for path in room.glob("*/__init__.py") if path.parent.name != "rules"
        )
        for room in CPD.iterdir()
        if room.is_dir()
    }
    return {name: names for name, names in found.items() if names}


def test_the_drawing_shows_the_layers_of_the_contract() -> None:
    assert layers_drawn(drawing()) == layers_of_the_contract()


def test_the_drawing_shows_the_folders_of_each_room() -> None:
    assert topics_drawn(drawing()) == topics()


@pytest.mark.parametrize(
    ("line", "layers", "folders"),
    [
        ("  courses      reading", [("courses",)], {}),
        ("  content | mail   texts", [("content", "mail")], {}),
        ("  quizzes      attempts/ results/: exams", [("quizzes",)],
         {"quizzes": ["attempts", "results"]}),
        ("no room at all", [], {}),
    ],
)  # fmt: skip
def test_a_drawing_is_read(line: str, layers: list[Layer], folders: dict[str, list[str]]) -> None:
    assert layers_drawn(f"{line}\n") == layers
    assert topics_drawn(f"{line}\n") == folders
