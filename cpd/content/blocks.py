"""The blocks of our Markdown as the library reads them, and what it would misread without a word.

The library drops a cell too many, flattens a list and leaves a box empty silently. Each reader here
notes that as a problem and lets the library go on.
"""

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

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

from cpd.content.document import Findings

WRITTEN = "data-written"
"""How a box begins in the source; gone when the box gets its form."""
LIST_REMEDY = (
    "Leave an empty line before a list, and between lists of two kinds; what belongs below an item "
    "is indented by four spaces."
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
"""The number that comes next in a list, and the highest one written so far."""
_TAB = 4
_AMOUNT = re.compile(r" {0,3}>\s*[=≥]?\s*\d(?!\d{0,2}\.\s)")
_BEGINS_ANEW = re.compile(r"##|!!! ?[a-z]")
_SAID_BETTER = re.compile(r"[-+*]\s|[-+]\w|\d+[.)]|[|>]|:::|!!!")
"""What the reader of paragraphs says of lines that begin so names the fault itself."""
_LONGEST_NUMBER = 9999
_SHOWN = 60


def is_box(element: ET.Element) -> bool:
    """Tell whether an element is a box as the library makes it."""
    return "admonition" in element.get("class", "").split()


def indent(line: str) -> int:
    """Count the spaces before a line."""
    return len(line) - len(line.lstrip(" "))


class Reader(BlockProcessor):
    """What our readers share: where to note what is wrong."""

    findings: Findings

    def note(self, message: str, remedy: str, *lines: str) -> None:
        """Note what is wrong with the last of the lines; those before it help to find it."""
        line = lines[-1].strip()
        line = line if len(line) <= _SHOWN else f"{line[:_SHOWN].rstrip()}…"
        self.findings.problem(message.replace("{line}", line), remedy, "\n".join(lines))

    def check_indent(self, parent: ET.Element, block: str) -> None:
        """Say when a block is indented, yet too little to belong to the list or box above it."""
        above = self.lastChild(parent)
        is_open = above is not None and (above.tag in ("ul", "ol") or is_box(above))
        first = block.partition("\n")[0]
        if is_open and 0 < indent(first) < _TAB:
            self.note(
                "'{line}' is indented too little to belong to the list or box above it.",
                "Indent it by four spaces if it belongs there, and not at all if it does not.",
                first,
            )


class _Lists(Reader, OListProcessor):
    """Lists: every item stands where it was written."""

    def run(self, parent: ET.Element, blocks: list[str]) -> None:
        """Read a list, or more items of the one above."""
        lines = blocks[0].split("\n")
        above = parent if parent.tag in ("ul", "ol") else self.lastChild(parent)
        goes_on = above is not None and above.tag in self.SIBLING_TAGS
        if not goes_on:
            self.check_indent(parent, blocks[0])
        written = above.get(_INDENT) if goes_on and above is not None else None
        expected = int(written) if written else indent(lines[0])
        for before, line in pairwise(["", *lines]):
            self._check_line(before, line, expected)
        super().run(parent, blocks)
        made = parent if parent.tag in ("ul", "ol") else parent[-1]
        made.set(_INDENT, str(expected))
        self.check_numbers(made, [line for line in lines if self.CHILD_RE.match(line)])

    def _check_line(self, before: str, line: str, expected: int) -> None:
        if self.CHILD_RE.match(line):
            if indent(line) != expected:
                self.note(
                    "The item '{line}' is indented too little to be nested: it would stand beside "
                    "the one above it.",
                    "Indent it by four spaces to nest it, or line it up with the other items.",
                    before,
                    line,
                )
        elif not line.startswith(" ") and not _SAID_BETTER.match(line):
            self.note(
                "'{line}' would run into the item above it.",
                "Leave an empty line before it, or indent it by two spaces if it belongs there.",
                before,
                line,
            )

    def check_numbers(self, made: ET.Element, items: list[str]) -> None:
        """Only numbers can be wrong."""


class Bullets(_Lists, SaneUListProcessor):
    """Lists with `-`, `*` or `+`."""


class Numbers(_Lists, SaneOListProcessor):
    """Lists with `1.`: the page counts from the first number on, or 1 throughout."""

    def check_numbers(self, made: ET.Element, items: list[str]) -> None:
        """Say when the page would show another number than the one that was written."""
        written = [line.partition(".")[0] for line in items]
        self.findings.mark_consumed(*written)
        numbers = [int(number) for number in written]
        start, highest = map(int, made.get(_NUMBERS, f"{numbers[0]} 1").split())
        shown = range(start, start + len(items))
        highest = max(highest, *numbers)
        made.set(_NUMBERS, f"{shown.stop} {highest}")
        if numbers[0] > _LONGEST_NUMBER:
            self.note(
                "'{line}' begins a list with a number too long for one.",
                r"If it is no list, put a backslash before the full stop: 12000\. of May.",
                items[0],
            )
        elif numbers != [*shown] and highest > 1:
            place = next(at for at, number in enumerate(numbers) if number != shown[at])
            self.note(
                f"'{{line}}' would be shown as number {shown[place]}.",
                f"Write {shown[place]}., or put a paragraph between two lists.",
                items[place],
            )


class Below(Reader, ListIndentProcessor):
    """What belongs to an item, after an empty line: all of it is indented."""

    def run(self, parent: ET.Element, blocks: list[str]) -> None:
        """Read it."""
        lines = blocks[0].split("\n")
        for above, line in pairwise(lines):
            if indent(line) // _TAB < indent(lines[0]) // _TAB:
                self.note(
                    "'{line}' would become part of the item above it.",
                    "Leave an empty line before it, or indent it like the line above it.",
                    above,
                    line,
                )
                break
        super().run(parent, blocks)


class Tables(Reader, TableProcessor):
    """Tables: no cell too many, and none too few."""

    def run(self, parent: ET.Element, blocks: list[str]) -> None:
        """Read a table."""
        self.check_indent(parent, blocks[0])
        columns = len(self.separator)
        for above, row in pairwise(blocks[0].split("\n")[1:]):
            cells = len(self._split_row(row.strip(" ")))  # type: ignore[attr-defined] # not in stubs
            if "---" in row and not row.strip(" |:-"):
                self.note(
                    "'{line}' begins a second table, and would be shown as a row of this one.",
                    "Leave an empty line between two tables.",
                    above,
                    row,
                )
            elif cells != columns:
                self.note(
                    f"The row '{{line}}' has {cells} {'cell' if cells == 1 else 'cells'}, but the "
                    f"table has {columns} columns.",
                    r"Write one cell for each column, an empty one too; a bar in the text is \|. "
                    "Leave an empty line after the table.",
                    above,
                    row,
                )
        super().run(parent, blocks)


class Boxes(Reader, AdmonitionProcessor):
    """Boxes: the whole text is inside, and nothing but kind and title in the first line."""

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
                self.note(
                    "'{line}' has words after the kind of box, which would not be shown.",
                    BOX_REMEDY,
                    first,
                )
            if inside == first:
                return  # it is empty, which is said when it gets its form
        if outside and indent(begins) < _TAB and not _BEGINS_ANEW.match(begins):
            self.note(
                "'{line}' stands outside the box above it.",
                "Indent it by four spaces if it belongs inside; leave an empty line if not.",
                inside,
                begins,
            )


class Quotes(Reader, BlockQuoteProcessor):
    """Quotations: nothing slips in, and no sign is taken for one."""

    def run(self, parent: ET.Element, blocks: list[str]) -> None:
        """Read a quotation."""
        block = blocks[0]
        self.check_indent(parent, block)
        found = self.RE.search(block)
        start = found.start() if found else 0
        before, lines = block[:start].strip(), block[start:].strip("\n").split("\n")
        if before:
            self.note(
                "The quotation '{line}' starts right below a line of text.",
                r"Leave an empty line before it; write the sign itself as \>, or in words.",
                before.rpartition("\n")[2],
                lines[0],
            )
        elif _AMOUNT.match(lines[0]):
            self.note(
                "'{line}' would be shown as a quotation, without its sign.",
                r"Write the sign as \>, or in words.",
                lines[0],
            )
        for above, line in pairwise(lines):
            if not line.lstrip().startswith(">"):
                self.note(
                    "'{line}' would run into the quotation above it.",
                    "Begin it with > if it belongs there, or leave an empty line before it.",
                    above,
                    line,
                )
                break
        super().run(parent, blocks)


class Indented(Reader, CodeBlockProcessor):
    """Text indented by four spaces below nothing: the library shows it as a program."""

    def run(self, parent: ET.Element, blocks: list[str]) -> None:
        """Read it, and say so."""
        self.note(
            "'{line}' is indented under nothing, so it would be shown as computer code.",
            "Remove the spaces, or put it right under the item or box that it belongs to.",
            blocks[0].partition("\n")[0],
        )
        super().run(parent, blocks)
