"""Words as they are indexed and searched: lowercase, without accents, each once."""

import re
import unicodedata

MOST_WORDS = 12
"""A search uses so many words."""
_WORD = re.compile(r"[^\W_]+")
_ACCENTS = re.compile(r"[\u0300-\u036f]")


def split_search_words(text: str) -> list[str]:
    """Return the words of a text as they are compared, each once, in their order."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return list(dict.fromkeys(_WORD.findall(_ACCENTS.sub("", plain))))


def join_search_words(text: str) -> str:
    """Return the words of a text for a column in which each begins after a space."""
    return "".join(f" {word}" for word in sorted(split_search_words(text)))
