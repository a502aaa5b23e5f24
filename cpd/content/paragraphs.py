"""Paragraphs: what no other reader took. A line that looks like another block is a mistake."""

import re
from xml.etree import ElementTree as ET

from markdown.blockprocessors import ParagraphProcessor

from cpd.content.blocks import (
    BOX_REMEDY,
    LIST_REMEDY,
    TABLE_REMEDY,
    BlockReader,
    KnownMistake,
    build_known_mistake,
)

_AS_WRITTEN = "'{line}' would be shown as it is written: "
_TABLE = build_known_mistake(
    r"\||:?-+:?\s*(?:\|\s*:?-+:?\s*)+$", _AS_WRITTEN + "this is not read as a table.", TABLE_REMEDY
)
ALONE = (
    build_known_mistake(
        r"`{3,}[^`]*$|~{3,}",
        _AS_WRITTEN + "there are no fenced blocks.",
        "Write the text as a paragraph; single words may be in `backticks`.",
    ),
    build_known_mistake(
        r":{3,}",
        _AS_WRITTEN + "this does not make a box.",
        "Write !!! caution or another kind, and indent the text of the box by four spaces.",
    ),
    build_known_mistake(r"!!!|\?\?\?", _AS_WRITTEN + "this does not make a box.", BOX_REMEDY),
    _TABLE,
    build_known_mistake(
        r"\d{1,3}\)\s", _AS_WRITTEN + "this is not read as an item.", "Write 1. instead of 1)."
    ),
    build_known_mistake(
        r"[•‣▪◦●]|(?:[-+*]|\d{1,3}\.)[^\S ]",
        _AS_WRITTEN + "this is not read as an item.",
        "Begin each item with a hyphen and a plain space.",
    ),
    build_known_mistake(
        r":\s",
        _AS_WRITTEN + "there are no definition lists.",
        "Write **word**: and then what it means.",
    ),
    build_known_mistake(
        r"\*\[[^\]]*\]\s?:",
        _AS_WRITTEN + "this does not explain an abbreviation.",
        "Write it as *[BP]: blood pressure, on a line of its own.",
    ),
    build_known_mistake(
        r"#{1,6}\s",
        _AS_WRITTEN + "this is not read as a heading.",
        "Begin the line with ##, without spaces before it.",
    ),
)
"""No line of a paragraph may begin like this."""
BELOW = (
    build_known_mistake(
        r"[-+*](?:\s|$)|\d{1,3}\.\s",
        "The item '{line}' would run into the text above it.",
        f"{LIST_REMEDY} If it is not an item, put a backslash before the character.",
    ),
    build_known_mistake(
        r"[-+][^\W\d]|\d{1,3}\.[^\W\d]|\(?[a-z]\)\s",
        "'{line}' would run into the text above it.",
        f"If it is an item, begin it with '- ' or '1. '. {LIST_REMEDY}",
    ),
    build_known_mistake(
        r">",
        "The quotation '{line}' would run into the text above it.",
        r"Leave an empty line before it; write the character itself as \>, or in words.",
    ),
    build_known_mistake(
        r"[-=]{2,}$",
        _AS_WRITTEN + "this does not make a heading here.",
        "Write ## Text {#anchor}, with an empty line before it.",
    ),
)
"""No second or later line of a paragraph may begin like this."""
_COLUMNS = re.compile(r"\S \| \S")
_CLOSES = re.compile(r"\S{1,3}\)")


class ParagraphReader(BlockReader, ParagraphProcessor):
    """Paragraphs and the text of items, line by line."""

    def run(self, parent: ET.Element, blocks: list[str]) -> None:
        """Read a paragraph or the text of an item; note the first problem of each kind."""
        self.note_small_indent(parent, blocks[0])
        said: set[KnownMistake] = set()
        above = ""
        opened = 0
        for number, line in enumerate(blocks[0].split("\n")):
            rules = (*ALONE, *BELOW) if number else ALONE
            misread = _find_misreading(line, rules, is_in_brackets=opened > 0)
            if misread is None and _COLUMNS.search(above) and _COLUMNS.search(line):
                misread = _TABLE
            if misread is not None and misread not in said:
                said.add(misread)
                self.note_problem(
                    misread.message, misread.remedy, *([above, line] if number else [line])
                )
            above = line
            opened += line.count("(") - line.count(")")
        super().run(parent, blocks)


def _find_misreading(
    line: str, rules: tuple[KnownMistake, ...], *, is_in_brackets: bool
) -> KnownMistake | None:
    """Return what a line would be misread as, or None."""
    begins = line.lstrip()
    if is_in_brackets and _CLOSES.match(begins):
        return None  # "(grade 1 or\n2) is ..."
    return next((rule for rule in rules if rule.pattern.match(begins)), None)
