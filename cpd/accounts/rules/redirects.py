"""Where a person may be sent after signing in: only to a path of this site."""

from urllib.parse import unquote

_LONGEST = 2000
_ROUNDS = 3
"""How often an address may be encoded over itself; a proxy may decode once more than we do."""


def safe_path(wanted: str | None) -> str | None:
    """Return the path with its query if it surely stays on this site, else None."""
    if not wanted or len(wanted) > _LONGEST:
        return None
    seen = wanted
    for _ in range(_ROUNDS):
        if not _stays_here(seen):
            return None
        seen, before = unquote(seen), seen
        if seen == before:
            return wanted
    return None


def _stays_here(address: str) -> bool:
    """A path begins with one slash; browsers read a backslash as a second and skip controls."""
    if not address.startswith("/"):
        return False
    path = address.partition("?")[0].partition("#")[0]
    return address.isprintable() and not any(sign in path for sign in ("\\", "//", " "))
