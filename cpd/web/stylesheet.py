"""The site's style sheet: the shell's own files and one from each room, joined at start."""

from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

LAYERS = ("tokens", "base", "layout", "components", "states", "print")
"""Cascade layers: a rule in a later one wins, no matter which file it is in."""
FOLDER = Path(__file__).with_name("css")
ROOM_FILE = "styles.css"
"""The file in which a room keeps styles of its own."""


def read_and_join_stylesheets(rooms: Iterable[str]) -> str:
    """Return the whole style sheet for an app with these rooms, given by their packages."""
    order = f"@layer {', '.join(LAYERS)};\n"
    shell = [path.read_text("utf-8") for path in sorted(FOLDER.glob("*.css"))]
    own = [files(room) / ROOM_FILE for room in rooms]
    return "\n".join([order, *shell, *(file.read_text("utf-8") for file in own if file.is_file())])
