"""Where a person may be redirected after signing in: only to a path on this site."""

from urllib.parse import unquote

_LONGEST = 2000
_ROUNDS = 3
"""How many times a URL may be percent-encoded; a proxy may decode it once more than we do."""


def site_path_or_none(wanted: str | None) -> str | None:
    """Return the path with its query if it is sure to stay on this site, else None."""
    if not wanted or len(wanted) > _LONGEST:
        return None
    decoded = wanted
    for _ in range(_ROUNDS):
        if not _url_stays_on_site(decoded):
            return None
        decoded, before = unquote(decoded), decoded
        if decoded == before:
            return wanted
    return None


def _url_stays_on_site(url: str) -> bool:
    """Require exactly one leading slash; browsers read a backslash as one, and skip controls."""
    if not url.startswith("/"):
        return False
    path = url.partition("?")[0].partition("#")[0]
    return url.isprintable() and not any(character in path for character in ("\\", "//", " "))
