"""Extracting boxes and bold words from stored HTML, each with the heading above it.

Stored HTML is our own sanitized output, and the dialect allows no box inside another, so one
pattern finds everything in one pass.
"""

import re
from dataclasses import dataclass

from cpd.content.document import SafeHtml
from cpd.content.readability import extract_plain_text

CORRECTED = "corrected"
"""The kind of box that says what was corrected in a source; a page of the course lists these."""
_HEADING_OR_BOX = re.compile(
    r'<h[2-4] id="(?P<anchor>[a-z0-9-]+)">'
    r'|<aside class="side note-(?P<kind>[a-z-]+)"[^>]*>(?P<html>.*?)</aside>',
    re.DOTALL,
)
_HEADING_OR_BOLD = re.compile(
    r'<h[2-4] id="(?P<anchor>[a-z0-9-]+)">|<strong>(?P<html>.*?)</strong>', re.DOTALL
)


@dataclass(frozen=True)
class ExtractedBox:
    """The content of one box, and the anchor of the heading above it, or an empty string."""

    anchor: str
    html: SafeHtml


def extract_boxes(html: SafeHtml, kind: str) -> list[ExtractedBox]:
    """Return the boxes of one kind, such as `corrected`, in order."""
    found: list[ExtractedBox] = []
    anchor = ""
    for match in _HEADING_OR_BOX.finditer(html):
        if match["anchor"]:
            anchor = match["anchor"]
        elif match["kind"] == kind:
            found.append(ExtractedBox(anchor, SafeHtml(match["html"].strip())))
    return found


def extract_bold_texts(html: SafeHtml) -> list[tuple[str, str]]:
    """Return each bold text, preceded by the anchor of the heading above it."""
    found: list[tuple[str, str]] = []
    anchor = ""
    for match in _HEADING_OR_BOLD.finditer(html):
        if match["anchor"]:
            anchor = match["anchor"]
        else:
            found.append((anchor, extract_plain_text(match["html"])))
    return found
