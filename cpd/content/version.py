"""The version of the renderer: HTML made by another version is rendered again before use."""

import hashlib
from functools import cache
from importlib.metadata import version as installed
from pathlib import Path

from cpd.content.country_loading import COURSE_COUNTRY, FOLDER

OURS = Path(__file__).parent
LIBRARIES = ("markdown", "nh3")


@cache
def load_renderer_version() -> str:
    """Return a fingerprint of this package and the libraries that it renders with."""
    digest = hashlib.sha256()
    for library in LIBRARIES:
        digest.update(f"{library} {installed(library)}\n".encode())
    for path in (*sorted(OURS.glob("*.py")), FOLDER / f"{COURSE_COUNTRY}.yaml"):
        digest.update(path.name.encode() + b"\n" + path.read_bytes())
    return digest.hexdigest()
