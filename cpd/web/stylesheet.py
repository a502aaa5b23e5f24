"""The style sheet of the site: the shell's own files and one of each room, joined at start."""

from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

LAYERS = ("tokens", "base", "layout", "components", "states", "print")
"""Cascade layers: a rule in a later one wins, whichever file it is in."""
FOLDER = Path(__file__).with_name("css")
ROOM_FILE = "styles.css"
"""A room that has styles of its own keeps them in this file."""


def join_stylesheets(rooms: Iterable[str]) -> str:
    """Return the whole style sheet for an app with these rooms, given by their packages."""
    order = f"@layer {', '.join(LAYERS)};\n"
    shell = [path.read_text("utf-8") for path in sorted(FOLDER.glob("*.css"))]
    own = [files(room) / ROOM_FILE for room in rooms]
    return "\n".join([order, *shell, *(file.read_text("utf-8") for file in own if file.is_file())])
