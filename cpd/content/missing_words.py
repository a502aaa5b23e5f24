"""The last check of a document: every word that was written is on the page.

The block readers name what they would misread, and the remedy. This check knows nothing about
Markdown: it counts words, and so finds what they miss.
"""

import html as entities
import re
from collections import Counter
from collections.abc import Iterable

from cpd.content.document import Problem

_WORD = re.compile(r"[^\W_]+")
_TAG = re.compile(r"<[^>]*>")
_ENTITY = re.compile(r"&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[a-zA-Z][a-zA-Z0-9]*);")


def find_missing_words(markdown: str, html: str, consumed: Iterable[str]) -> Problem | None:
    """Return the line with the most words that are neither shown nor consumed by links and such."""
    written = _ENTITY.sub(lambda found: entities.unescape(found.group()), markdown)
    there = Counter(_split_into_words(entities.unescape(_TAG.sub(" ", html))))
    for piece in consumed:
        there.update(_split_into_words(piece))
    missing = Counter(_split_into_words(written)) - there
    if not missing:
        return None
    line = max(
        markdown.split("\n"),
        key=lambda line: sum(map(missing.__contains__, _split_into_words(line))),
    )
    word = next(iter(missing))
    return Problem(
        f"'{word}' would not be on the page.",
        "Something here is read as markup: write it plainly, or put a backslash before it.",
        line,
    )


def _split_into_words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
