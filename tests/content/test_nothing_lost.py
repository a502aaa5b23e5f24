"""Every word of a source stands where it was meant to stand, or a fault says that it would not.

The judge knows nothing of our readers: html5lib parses the page as a browser does.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import html5lib
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from markdown.blockprocessors import (
    BlockQuoteProcessor,
    CodeBlockProcessor,
    OListProcessor,
    ParagraphProcessor,
)
from markdown.extensions.admonition import AdmonitionProcessor
from markdown.extensions.tables import TableProcessor

from cpd.authoring import library
from cpd.authoring.folders import shipped
from cpd.content import blocks, boxes, leftovers, paragraphs, renderer
from cpd.content.document import Rendered
from cpd.content.render import render
from cpd.content.renderer import convert
from cpd.web import provider_texts
from tests.support.courses import SMALL

MEANT = ("li", "td", "th", "aside", "blockquote", "h2", "h3", "pre")
"""Where a word can stand; a word of a paragraph stands in none of them."""
WORD = re.compile(r"word\d+x")
LEFT = re.compile(r"\*\*|~~|```|:::|!!!|\[\^|\]\(|\]\[|\[ \]|\{#|<b>|<!--|`")


@dataclass(frozen=True)
class Page:
    """A page as a browser has it: its text, and inside what each word stands."""

    text: str
    places: dict[str, frozenset[str]]
    depths: dict[str, int]

    @classmethod
    def of(cls, html: str) -> "Page":
        tree = html5lib.parse(html, treebuilder="etree", namespaceHTMLElements=False)
        places: dict[str, frozenset[str]] = {}
        depths: dict[str, int] = {}
        said: list[str] = []
        for text, above, is_code in _texts(tree, ()):
            for word in WORD.findall(text):
                places[word] = frozenset(above) & frozenset(MEANT)
                depths[word] = above.count("li")
            said.append("" if is_code else text)
        return cls("".join(said), places, depths)


def _texts(element: Any, above: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    inside = (*above, element.tag)
    is_code = "code" in inside
    yield element.attrib.get("title", ""), inside, is_code
    yield element.text or "", inside, is_code
    for child in element:
        yield from _texts(child, inside)
        yield child.tail or "", inside, is_code


@dataclass
class Written:
    """A source, and where each of its words is meant to stand; None says: anywhere."""

    lines: list[str] = field(default_factory=list)
    meant: dict[str, frozenset[str] | None] = field(default_factory=dict)

    @property
    def source(self) -> str:
        return "\n".join(self.lines)

    def add(self, line: str, *inside: str, anywhere: bool = False) -> None:
        """Add a line; each W in it becomes a word of its own."""

        def named(_found: re.Match[str]) -> str:
            word = f"word{len(self.meant)}x"
            self.meant[word] = None if anywhere else frozenset(inside)
            return word

        self.lines.append(re.sub(r"\bW\b", named, line))


def wrong(source: Written) -> str:
    """Say what is wrong with a page that has no fault; nothing is."""
    found = convert(source.source)
    if found.problems:
        return ""
    page = Page.of(found.html)
    for word, meant in source.meant.items():
        if word not in page.places:
            return f"{word} is lost"
        if meant is not None and page.places[word] != meant:
            return f"{word} stands in {page.places[word]}, not in {meant}"
    left = LEFT.search(page.text)
    return f"{left.group()} is left" if left else ""


GOOD = (
    *("W", "W W", "W, W.", "**W** W", "W *W*", "“W”", "`W`", "W <24 W", r"W \* W", "W & W"),
    *("[W](https://example.org/)", "[W](section:a-b#c)", "[@smith-2020] W", "W&nbsp;W", "W  "),
    *("**[W](hazard:heat)**", "*W* **W**", "(W) W", r"\- W", "W > 5 W", "___W___", "[W]"),
)
BAD = (
    *("**W W", "W *W", "W`W", "[W] (https://example.org/)", "[W][W]", "[W](https://e.org W)"),
    *('[W](https://example.org/ "W")', "W[^1]", "[ ] W", "<b>W</b>", "W <!-- W -->", "~~W~~"),
    *("W {#w}", "[@smith W", "[W]: W", "*[MS]: W", "1) W", "2*3 W 4*5 W", "W \\", "_W"),
    *("![W](figure:a)", "[](https://example.org/) W", "W | W", "> 5 W", "[W", "W\n  - W"),
)
PIECES = st.sampled_from([*GOOD * 6, *BAD])
INDENTS = st.sampled_from([0, 0, 0, 0, 1, 2, 3, 4, 5, 8])
Block = Callable[[Written], None]


@st.composite
def a_block(draw: st.DrawFn) -> Block:
    """Draw one block of the dialect, well written or not."""
    kind = draw(
        st.sampled_from(["text", "list", "table", "box", "quote", "heading", "strange", "defined"])
    )
    pieces = draw(st.lists(PIECES, min_size=1, max_size=4))
    indents = ["", *(draw(INDENTS) * " " for _ in pieces[1:])]
    if kind == "text":
        return lambda to: [to.add(piece) for piece in pieces] and None
    if kind == "list":
        sign = draw(st.sampled_from(["- ", "* ", "+ ", "1. ", "• ", "1) "]))
        return lambda to: (
            [
                to.add(f"{indent}{sign}{piece}", "li")
                for indent, piece in zip(indents, pieces, strict=True)
            ]
            and None
        )
    if kind == "table":
        counts = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3))
        rule = draw(st.sampled_from(["|---|---|", "|:-:|---|", "---|---", "|---|", ""]))
        counts = counts if rule else [2, 2]
        edge = draw(st.sampled_from(["|", ""]))

        def table(to: Written) -> None:
            to.add(f"{edge} W | W {edge}".strip(), "th")
            if rule:
                to.add(rule)
            for count in counts:
                to.add(f"{edge} {' | '.join(['W'] * count)} {edge}".strip(), "td")

        return table
    if kind == "box":
        first = draw(
            st.sampled_from(
                ["!!! caution", '!!! evidence "W"', "!!! caution W", "!!! monday", "::: caution"]
            )
        )
        gap = draw(st.booleans())
        inner = draw(st.sampled_from(["", "", "", "- "]))
        indent = draw(st.sampled_from([4, 4, 4, 4, 2, 0, 5])) * " "
        last = draw(st.sampled_from([None, None, indent, "  "]))
        places = ("aside", "li") if inner else ("aside",)

        def box(to: Written) -> None:
            to.add(first, "aside")
            if gap:
                to.add("")
            for piece in pieces:
                to.add(f"{indent}{inner}{piece}", *places)
            if last is not None:
                to.add("")
                to.add(f"{last}{inner}W", *places)

        return box
    if kind == "quote":
        sign = draw(st.sampled_from(["> ", "> ", ">", "  > "]))
        return lambda to: [to.add(f"{sign}{piece}", "blockquote") for piece in pieces] and None
    if kind == "heading":
        tail = draw(st.sampled_from([" {#a}", " {#b}", " {#c} ##", " ## {#d}", ""]))
        level = draw(st.sampled_from([2, 2, 3]))
        return lambda to: to.add(f"{'#' * level} W{tail}", f"h{level}")
    if kind == "defined":
        line = draw(st.sampled_from(["[{0}]: https://example.org/", "*[{0}]: W", "[^{0}]: W"]))
        used = draw(st.booleans())

        def defined(to: Written) -> None:
            name = f"K{len(to.lines)}"
            if used:
                to.add(f"[W][{name}] {name}")
                to.add("")
            to.add(line.format(name), anywhere=True)

        return defined
    fence = draw(st.sampled_from(["```", "~~~", ":::", "---", "===", ": W", "??? note", "#W"]))

    def strange(to: Written) -> None:
        to.add(fence)
        to.add(pieces[0])

    return strange


@st.composite
def documents(draw: st.DrawFn) -> Written:
    """Draw a few blocks, most with an empty line between them."""
    to = Written()
    for block in draw(st.lists(a_block(), min_size=1, max_size=4)):
        block(to)
        if draw(st.sampled_from([True, True, True, False])):
            to.add("")
    return to


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents())
def test_every_word_stands_where_it_was_meant_or_a_fault_says_so(source: Written) -> None:
    assert not wrong(source), source.source


@st.composite
def nested_lists(draw: st.DrawFn) -> tuple[str, list[int]]:
    """Draw a list with items at many depths, and how deep each would be by its looks."""
    indents = [0, *draw(st.lists(st.sampled_from([0, 0, 1, 2, 3, 4, 4, 5, 6, 8, 9]), max_size=6))]
    open_, depths, lines = [], [], []
    for number, indent in enumerate(indents):
        while open_ and open_[-1] >= indent:
            open_.pop()
        open_.append(indent)
        depths.append(len(open_))
        gap = draw(st.sampled_from(["", "", "", "\n"]))
        sign = draw(st.sampled_from(["-", "-", "-", "1."]))
        lines.append(f"{gap}{' ' * indent}{sign} word{number}x")
    return "\n".join(lines), depths


@settings(max_examples=400, deadline=None)
@given(nested_lists())
def test_an_item_is_as_deep_as_it_looks_or_a_fault_says_so(drawn: tuple[str, list[int]]) -> None:
    source, depths = drawn
    found = convert(source)
    if not found.problems:
        shown = Page.of(found.html).depths
        assert [shown[f"word{number}x"] for number in range(len(depths))] == depths, source
