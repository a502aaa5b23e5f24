"""The contents of a section: its headings with their anchors, read from the stored text."""

import re
from dataclasses import dataclass

from cpd.content.measure import plain_text

_HEADING = re.compile(r'<h2 id="(?P<anchor>[a-z0-9-]+)">(?P<text>.*?)</h2>', re.DOTALL)
_ANY_ID = re.compile(r'<h[234] id="(?P<anchor>[a-z0-9-]+)">(?P<text>.*?)</h[234]>', re.DOTALL)


@dataclass(frozen=True)
class Entry:
    """A heading of a section and where it stands."""

    anchor: str
    text: str


def contents(html: str) -> tuple[Entry, ...]:
    """Return the headings of the first level, in order."""
    return tuple(_entry(found) for found in _HEADING.finditer(html))


def passage(html: str, anchor: str) -> Entry | None:
    """Return the heading of any level with this anchor."""
    return next((_entry(f) for f in _ANY_ID.finditer(html) if f["anchor"] == anchor), None)


def _entry(found: re.Match[str]) -> Entry:
    return Entry(found["anchor"], " ".join(plain_text(found["text"]).split()))
