"""The blocks of our Markdown as the library reads them, and what it would silently misread.

The library drops a cell too many, flattens a list and leaves a box empty silently. Each reader here
notes that as a problem and lets the library go on.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise
from xml.etree import ElementTree as ET

from markdown import Markdown
from markdown.blockprocessors import (
    BlockProcessor,
    BlockQuoteProcessor,
    CodeBlockProcessor,
    ListIndentProcessor,
    OListProcessor,
)
from markdown.extensions.admonition import AdmonitionProcessor
from markdown.extensions.sane_lists import SaneOListProcessor, SaneUListProcessor
from markdown.extensions.tables import TableProcessor
from markdown.treeprocessors import Treeprocessor

from cpd.content.document import Findings

WRITTEN = "data-written"
"""Attribute that holds the first lines of a box; removed when the box gets its final form."""
LIST_REMEDY = (
    "Leave an empty line before a list, and between lists of two kinds. Indent what belongs to an "
    "item by four spaces."
)
TABLE_REMEDY = (
    "Leave an empty line before a table, and write below its headings a line |---|---| with as "
    "many columns."
)
BOX_REMEDY = (
    'Write !!! and its kind, then a title in quotation marks if you like: !!! caution "Heat".'
)
_INDENT = "data-indent"
_NUMBERS = "data-numbers"
"""Attributes that hold the next number of a list, and the highest one written so far."""
_TAB = 4
_AMOUNT = re.compile(r" {0,3}>\s*[=≥]?\s*\d(?!\d{0,2}\.\s)")
_LISTED = re.compile(r" {0,3}(?:[*+-]|[0-9]+\.) ")
_STARTS_BLOCK = re.compile(r"##|!!! ?[a-z]")
_LEFT_TO_PARAGRAPHS = re.compile(r"[-+*]\s|[-+]\w|\d+[.)]|[|>]|:::|!!!")
"""Lines that begin like this get a better message from the reader of paragraphs."""
_LONGEST_NUMBER = 9999
_SHOWN = 60


def is_box_element(element: ET.Element) -> bool:
    """Tell whether an element is a box, in the form in which the library makes it."""
    return "admonition" in element.get("class", "").split()


def count_indent(line: str) -> int:
    """Count the spaces before a line."""
    return len(line) - len(line.lstrip(" "))


@dataclass(frozen=True)
class KnownMistake:
    """Markup that would not do what its author meant: how it is found, and what to say."""

    pattern: re.Pattern[str]
    message: str
    remedy: str


def build_known_mistake(pattern: str, message: str, remedy: str) -> KnownMistake:
    """Return a mistake that is found by a regular expression."""
    return KnownMistake(re.compile(pattern), message, remedy)


class TreeReader(Treeprocessor):
    """What our readers of the finished tree share: a place to note problems."""

    def __init__(self, findings: Findings, md: Markdown) -> None:
        super().__init__(md)
        self.findings = findings


class BlockReader(BlockProcessor):
    """The base of our readers: it notes problems."""

    findings: Findings

    def note_problem(self, message: str, remedy: str, *lines: str) -> None:
        """Note a problem with the last of these lines; the others help to find it."""
        line = lines[-1].strip()
        line = line if len(line) <= _SHOWN else f"{line[:_SHOWN].rstrip()}…"
        self.findings.note_problem(message.replace("{line}", line), remedy, "\n".join(lines))

    def note_first_wrong_line(
        self, lines: Iterable[str], is_wrong: Callable[[str], bool], message: str, remedy: str
    ) -> None:
        """Note a problem with the first line below another one that is wrong."""
        for above, line in pairwise(lines):
            if is_wrong(line):
                self.note_problem(message, remedy, above, line)
                break

    def note_small_indent(self, parent: ET.Element, block: str) -> None:
        """Note a block that is indented too little to belong to the list or box above it."""
        above = self.lastChild(parent)
        is_open = above is not None and (above.tag in ("ul", "ol") or is_box_element(above))
        first = block.partition("\n")[0]
        if is_open and 0 < count_indent(first) < _TAB:
            self.note_problem(
                "'{line}' is indented too little to belong to the list or box above it.",
                "Indent it by four spaces if it belongs there, and not at all if it does not.",
                first,
            )


class _ListReader(BlockReader, OListProcessor):
    """Lists: every item stays where it was written."""

    def run(self, parent: ET.Element, blocks: list[str]) -> None:
        """Read a list, or more items of the one above."""
        lines = blocks[0].split("\n")
        above = parent if parent.tag in ("ul", "ol") else self.lastChild(parent)
        goes_on = above is not None and above.tag in self.SIBLING_TAGS
        if not goes_on:
            self.note_small_indent(parent, blocks[0])
        written = above.get(_INDENT) if goes_on and above is not None else None
        expected = int(written) if written else count_indent(lines[0])
        for before, line in pairwise(["", *lines]):
            self._note_misplaced_line(before, line, expected)
        super().run(parent, blocks)
        list_element = parent if parent.tag in ("ul", "ol") else parent[-1]
        list_element.set(_INDENT, str(expected))
        self.note_wrong_numbers(list_element, [line for line in lines if self.CHILD_RE.match(line)])

    def _note_misplaced_line(self, before: str, line: str, expected: int) -> None:
        if self.CHILD_RE.match(line):
            if count_indent(line) != expected:
                self.note_problem(
                    "The item '{line}' is indented too little to be nested under the one above it.",
                    "Indent it by four spaces to nest it, or line it up with the other items.",
                    before,
                    line,
                )
        elif not line.startswith(" ") and not _LEFT_TO_PARAGRAPHS.match(line):
            self.note_problem(
                "'{line}' would run into the item above it.",
                "Leave an empty line before it, or indent it by two spaces if it belongs there.",
                before,
                line,
            )

    def note_wrong_numbers(self, list_element: ET.Element, items: list[str]) -> None:
        """Note nothing: bullets have no numbers."""


class BulletList(_ListReader, SaneUListProcessor):
    """Lists with `-`, `*` or `+`."""


class NumberedList(_ListReader, SaneOListProcessor):
    """Lists with `1.`: numbered upward from the first number, or all written as 1."""

    def note_wrong_numbers(self, list_element: ET.Element, items: list[str]) -> None:
        """Note when the page would show a different number from the one that was written."""
        written = [line.partition(".")[0] for line in items]
        self.findings.mark_consumed(*written)
        numbers = [int(number) for number in written]
        start, highest = map(int, list_element.get(_NUMBERS, f"{numbers[0]} 1").split())
        shown = range(start, start + len(items))
        highest = max(highest, *numbers)
        list_element.set(_NUMBERS, f"{shown.stop} {highest}")
        if numbers[0] > _LONGEST_NUMBER:
            self.note_problem(
                "'{line}' begins a list with a number too long for one.",
                r"If it is not a list, put a backslash before the period: 12000\. of May.",
                items[0],
            )
        elif numbers != [*shown] and highest > 1:
            place = next(at for at, number in enumerate(numbers) if number != shown[at])
            self.note_problem(
                f"'{{line}}' would be shown as number {shown[place]}.",
                f"Write {shown[place]}., or put a paragraph between two lists.",
                items[place],
            )


class ItemContinuation(BlockReader, ListIndentProcessor):
    """What belongs to a list item after an empty line: all of it must be indented."""

    def run(self, parent: ET.Element, blocks: list[str]) -> None:
        """Read the block."""
        lines = blocks[0].split("\n")
        depth = count_indent(lines[0]) // _TAB
        self.note_first_wrong_line(
            lines,
            lambda line: count_indent(line) // _TAB < depth,
            "'{line}' would become part of the item above it.",
            "Leave an empty line before it, or indent it like the line above it.",
        )
        super().run(parent, blocks)


class TableReader(BlockReader, TableProcessor):
    """Tables: every row has as many cells as the header."""

    _split_row: Callable[[str], list[str]]
    """Comes from the library; its published types leave it out."""

    def run(self, parent: ET.Element, blocks: list[str]) -> None:
        """Read a table."""
        self.note_small_indent(parent, blocks[0])
        columns = len(self.separator)
        for above, row in pairwise(blocks[0].split("\n")[1:]):
            cells = len(self._split_row(row.strip(" ")))
            if "---" in row and not row.strip(" |:-"):
                self.note_problem(
                    "'{line}' begins a second table, and would be shown as a row of this one.",
                    "Leave an empty line between two tables.",
                    above,
                    row,
                )
            elif _LISTED.match(row):
                self.note_problem(
                    "The item '{line}' would be shown as a row of the table above it.",
                    "Leave an empty line after the table.",
                    above,
                    row,
                )
            elif cells != columns:
                self.note_problem(
                    f"The row '{{line}}' has {cells} {'cell' if cells == 1 else 'cells'}, but the "
                    f"table has {columns} columns.",
                    r"Write one cell for each column, even if it is empty; write a bar as \|. "
                    "Leave an empty line after the table.",
                    above,
                    row,
                )
        super().run(parent, blocks)


class BoxReader(BlockReader, AdmonitionProcessor):
    """Boxes: all their text is inside, and the first line holds only kind and title."""

    def run(self, parent: ET.Element, blocks: list[str]) -> None:
        """Read a box, or more of the one above."""
        block, count = blocks[0], len(blocks)
        super().run(parent, blocks)
        outside = blocks[0] if len(blocks) == count else ""
        inside = block.removesuffix(outside).rstrip("\n").rpartition("\n")[2]
        begins = outside.partition("\n")[0]
        opening = self.RE.search(block)
        if opening:
            first = opening.group().strip()
            parent[-1].set(WRITTEN, f"{first}\n{begins}")
            self.findings.mark_consumed(opening.group(1))
            if " " in opening.group(1):
                self.note_problem(
                    "'{line}' has words after the kind of box that would not be shown.",
                    BOX_REMEDY,
                    first,
                )
            if inside == first:
                return  # it is empty, which is reported when it gets its final form
        if outside and count_indent(begins) < _TAB and not _STARTS_BLOCK.match(begins):
            self.note_problem(
                "'{line}' is outside the box above it.",
                "Indent it by four spaces if it belongs inside, or leave an empty line before it.",
                inside,
                begins,
            )


class QuoteReader(BlockReader, BlockQuoteProcessor):
    """Quotations: no text joins one by accident, and no `>` starts one by accident."""

    def run(self, parent: ET.Element, blocks: list[str]) -> None:
        """Read a quotation."""
        block = blocks[0]
        self.note_small_indent(parent, block)
        found = self.RE.search(block)
        start = found.start() if found else 0
        before, lines = block[:start].strip(), block[start:].strip("\n").split("\n")
        if before:
            self.note_problem(
                "The quotation '{line}' starts right below a line of text.",
                r"Leave an empty line before it; write the character itself as \>, or in words.",
                before.rpartition("\n")[2],
                lines[0],
            )
        elif _AMOUNT.match(lines[0]):
            self.note_problem(
                "'{line}' would be shown as a quotation, without the >.",
                r"Write the character as \>, or in words.",
                lines[0],
            )
        self.note_first_wrong_line(
            lines,
            lambda line: not line.lstrip().startswith(">"),
            "'{line}' would run into the quotation above it.",
            "Begin it with > if it belongs there, or leave an empty line before it.",
        )
        super().run(parent, blocks)


class IndentedText(BlockReader, CodeBlockProcessor):
    """Text indented by four spaces with nothing above it: the library shows it as code."""

    def run(self, parent: ET.Element, blocks: list[str]) -> None:
        """Read the block, and note the problem."""
        self.note_problem(
            "'{line}' is indented under nothing, so it would be shown as code.",
            "Remove the spaces, or put it directly under the item or box that it belongs to.",
            blocks[0].partition("\n")[0],
        )
        super().run(parent, blocks)
