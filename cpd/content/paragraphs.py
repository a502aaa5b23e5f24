"""What no other reader of blocks took: a line that looks like a block was meant as one."""

import re
from dataclasses import dataclass
from itertools import pairwise
from xml.etree import ElementTree as ET

from markdown.blockprocessors import ParagraphProcessor

from cpd.content.blocks import BOX_REMEDY, LIST_REMEDY, TABLE_REMEDY, Reader


@dataclass(frozen=True)
class Misread:
    """How a line begins that is shown as it is written, and what to do about it."""

    begins: re.Pattern[str]
    message: str
    remedy: str


def _misread(begins: str, message: str, remedy: str) -> Misread:
    return Misread(re.compile(begins), message, remedy)


_AS_WRITTEN = "'{line}' would be shown as it is written: "
ALONE = (
    _misread(
        r"`{3,}[^`]*$|~{3,}",
        _AS_WRITTEN + "it begins or ends nothing.",
        "Write the text as a paragraph; single words may stand in `backquotes`.",
    ),
    _misread(
        r":{3,}",
        _AS_WRITTEN + "it begins or ends no box.",
        "Write !!! caution or another kind, and indent the text of the box by four spaces.",
    ),
    _misread(r"!!!|\?\?\?", _AS_WRITTEN + "it begins no box.", BOX_REMEDY),
    _misread(r"\||:?-+:?\s*(?:\|\s*:?-+:?\s*)+$", _AS_WRITTEN + "it is no table.", TABLE_REMEDY),
    _misread(
        r"\d{1,3}\)\s", _AS_WRITTEN + "it is no item of a list.", "Number a list as 1. and not 1)."
    ),
    _misread(
        r"[•‣▪◦●]|(?:[-+*]|\d{1,3}\.)[^\S ]",
        _AS_WRITTEN + "it is no item of a list.",
        "Begin each item with a hyphen and a plain space.",
    ),
    _misread(r":\s", _AS_WRITTEN + "it explains nothing.", "Write **word**: and what it means."),
    _misread(
        r"\*\[[^\]]*\]\s?:",
        _AS_WRITTEN + "it explains no abbreviation.",
        "Write it as *[MS]: multiple sclerosis, on a line of its own.",
    ),
    _misread(
        r"#{1,6}\s",
        _AS_WRITTEN + "it is no heading.",
        "Begin the line with ##, without spaces before it.",
    ),
)
"""No line of a paragraph begins so."""
BELOW = (
    _misread(
        r"[-+*](?:\s|$)|\d{1,3}\.\s",
        "The item '{line}' would run on in the text above it.",
        f"{LIST_REMEDY} If it is no item, put a backslash before its sign.",
    ),
    _misread(
        r"[-+][^\W\d]|\d{1,3}\.[^\W\d]|\(?[a-z]\)\s",
        "'{line}' would run on in the text above it.",
        f"If it is an item, begin it with '- ' or '1. '. {LIST_REMEDY}",
    ),
    _misread(
        r">",
        "The quotation '{line}' would run on in the text above it.",
        r"Leave an empty line before it; a sign is written \>, or in words.",
    ),
    _misread(
        r"[-=]{2,}$",
        _AS_WRITTEN + "it makes no heading here.",
        "Write ## Text {#anchor}, with an empty line before it.",
    ),
)
"""No second or later line of a paragraph begins so."""
_COLUMNS = re.compile(r"\S \| \S")


class Paragraphs(Reader, ParagraphProcessor):
    """Paragraphs and the text of items, line by line."""

    def run(self, parent: ET.Element, blocks: list[str]) -> None:
        """Read a paragraph, or the text of an item; of each kind of fault the first is said."""
        self.check_indent(parent, blocks[0])
        lines = blocks[0].split("\n")
        found = {self._misread(lines[: count + 1]): count for count in reversed(range(len(lines)))}
        for misread, place in found.items():
            if misread:
                self.note(misread.message, misread.remedy, *lines[max(place - 1, 0) : place + 1])
        rows = [pair for pair in pairwise(lines) if all(map(_COLUMNS.search, pair))]
        if rows and not any(found):
            self.note(_AS_WRITTEN + "it is no table.", TABLE_REMEDY, *rows[0])
        super().run(parent, blocks)

    def _misread(self, lines: list[str]) -> Misread | None:
        """Say as what the last of the lines would be misread."""
        begins = lines[-1].lstrip()
        above = "\n".join(lines[:-1])
        if above.count("(") > above.count(")") and re.match(r"\S{1,3}\)", begins):
            return None  # "(grade 1 or\n2) is ..."
        wanted = ALONE if len(lines) == 1 else (*ALONE, *BELOW)
        return next((one for one in wanted if one.begins.match(begins)), None)
