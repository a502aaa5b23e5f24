"""The slugs that name schools in URLs."""

import re
import unicodedata

LONGEST = 80
RESERVED = frozenset({"emails", "join", "new"})
"""Words that URLs of pages beside those of schools hold in the same place."""
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def is_slug(text: str) -> bool:
    """Tell whether a text is lowercase letters, digits and single hyphens, and may be used."""
    return len(text) <= LONGEST and text not in RESERVED and _SLUG.fullmatch(text) is not None


def slug_from_name(name: str) -> str:
    """Return the slug that a name suggests; empty for a name without Latin letters or digits."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain.replace("'", "")).strip("-")[:LONGEST].strip("-")
