"""Names of new files: ids made from words, and kept apart from those that exist."""

import re
import unicodedata
from collections.abc import Collection

LONGEST = 60
"""The longest id made from words; a number may follow."""
_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")


def build_slug(text: str) -> str:
    """Return the words of a text as an id; empty if it has no Latin letter or digit."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    return slug[:LONGEST].rstrip("-")


def choose_free_slug(slug: str, taken: Collection[str]) -> str:
    """Return an id that no file has, with a number added if need be."""
    number, free = 1, slug
    while free in taken:
        number += 1
        free = f"{slug}-{number}"
    return free


def parse_client_name(text: str) -> str:
    """Return the first name with which a client is introduced; empty if none is given."""
    found = _WORD.match(text.strip())
    is_name = found is not None and found[0][0].isupper() and text.strip()[found.end() :][:1] == ","
    return found[0] if found is not None and is_name else ""
