"""What stands in stored HTML under which heading: boxes of one kind, and bold words.

Stored HTML is our own sanitised output, and the dialect lets no box stand inside another, so one
pass of one pattern does.
"""

import re
from dataclasses import dataclass

from cpd.content.document import SafeHtml
from cpd.content.readability import plain_text

CORRECTED = "corrected"
"""The box that says what was corrected in a source; one page of a course gathers them."""
_HEADING_OR_BOX = re.compile(
    r'<h[2-4] id="(?P<anchor>[a-z0-9-]+)">'
    r'|<aside class="side note-(?P<kind>[a-z-]+)"[^>]*>(?P<html>.*?)</aside>',
    re.DOTALL,
)
_HEADING_OR_BOLD = re.compile(
    r'<h[2-4] id="(?P<anchor>[a-z0-9-]+)">|<strong>(?P<html>.*?)</strong>', re.DOTALL
)


@dataclass(frozen=True)
class Box:
    """What stands in one box, and the anchor of the last heading before it, if there is one."""

    anchor: str
    html: SafeHtml


def boxes(html: SafeHtml, kind: str) -> list[Box]:
    """Return the boxes of one kind, such as `corrected`, in their order."""
    found: list[Box] = []
    anchor = ""
    for match in _HEADING_OR_BOX.finditer(html):
        if match["anchor"]:
            anchor = match["anchor"]
        elif match["kind"] == kind:
            found.append(Box(anchor, SafeHtml(match["html"].strip())))
    return found


def bold(html: SafeHtml) -> list[tuple[str, str]]:
    """Return what stands in bold, as text, each with the anchor of the last heading before it."""
    found: list[tuple[str, str]] = []
    anchor = ""
    for match in _HEADING_OR_BOLD.finditer(html):
        if match["anchor"]:
            anchor = match["anchor"]
        else:
            found.append((anchor, plain_text(match["html"])))
    return found
