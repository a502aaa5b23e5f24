"""Every word of a source stands where it was meant to stand, or a fault says that it would not.

The judge knows nothing of our readers: html5lib parses the page as a browser does.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import html5lib
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from cpd.authoring.files import texts
from cpd.authoring.sources import loading
from cpd.authoring.sources.disk import shipped_course_folders
from cpd.content import blocks, renderer_process
from cpd.content.document import Rendered
from cpd.content.render import render_markdown
from cpd.content.renderer_process import convert_markdown
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
    if element.tag == "abbr":
        yield element.attrib["title"], inside, is_code
    yield element.text or "", inside, is_code
    for child in element:
        yield from _texts(child, inside)
        yield child.tail or "", inside, is_code


@dataclass
class Written:
    """Lines of a source, and in what their words are meant to stand; None says: anywhere."""

    lines: list[tuple[str, frozenset[str] | None]] = field(default_factory=list)

    def add(self, line: str, *inside: str, anywhere: bool = False) -> None:
        """Add a line; each W in it will be a word of its own."""
        self.lines.append((line, None if anywhere else frozenset(inside)))

    def named(self) -> tuple[str, dict[str, frozenset[str] | None]]:
        """Return the source, and where each of its words is meant to stand."""
        meant: dict[str, frozenset[str] | None] = {}
        said = []
        for line, inside in self.lines:
            first, *others = re.split(r"\bW\b", line)
            for other in others:
                word = f"word{len(meant)}x"
                meant[word] = inside
                first += word + other
            said.append(first)
        return "\n".join(said), meant

    @property
    def source(self) -> str:
        return self.named()[0]


def faults(source: str, *, off: str = "^$") -> list[str]:
    """Return what is said of a source, as if one rule were turned off."""
    return [
        one.message for one in convert_markdown(source).problems if not re.search(off, one.message)
    ]


def wrong(source: Written, *, off: str = "^$") -> str:
    """Say what is wrong with a page of which no fault is said; nothing is."""
    text, words = source.named()
    if faults(text, off=off):
        return ""
    page = Page.of(convert_markdown(text).html)
    for word, meant in words.items():
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
    *("☐ W", "W ☐ W ☐ W", "**W** ○ W ○ W"),
)
BAD = (
    *("**W W", "W *W", "W`W", "[W] (https://example.org/)", "[W][W]", "[W](https://e.org W)"),
    *('[W](https://example.org/ "W")', "W[^1]", "[ ] W", "<b>W</b>", "W <!-- W -->", "~~W~~"),
    *("W {#w}", "[@smith W", "[W]: W", "*[MS]: W", "1) W", "2*3 W 4*5 W", "W \\", "_W"),
    *("☐ **W**", "○ W", "**W** ○ W", "W ☐ W ○ W"),
    *("![W](figure:a)", "[](https://example.org/) W", "W | W", "> 5 W", "[W", "W\n  - W"),
)
PIECES = st.sampled_from([*GOOD * 6, *BAD])
INDENTS = st.sampled_from([0, 0, 0, 0, 1, 2, 3, 4, 5, 8])


PIECES_OF = st.lists(PIECES, min_size=1, max_size=4)


@st.composite
def paragraphs(draw: st.DrawFn) -> Written:
    to = Written()
    for piece in draw(PIECES_OF):
        to.add(piece)
    return to


@st.composite
def lists(draw: st.DrawFn) -> Written:
    to = Written()
    sign = draw(st.sampled_from(["- ", "* ", "+ ", "1. ", "• ", "1) "]))
    for number, piece in enumerate(draw(PIECES_OF)):
        to.add(f"{' ' * (draw(INDENTS) if number else 0)}{sign}{piece}", "li")
    return to


@st.composite
def tables(draw: st.DrawFn) -> Written:
    to = Written()
    rule = draw(st.sampled_from(["|---|---|", "|:-:|---|", "---|---", "|---|", ""]))
    edge = draw(st.sampled_from(["|", ""]))
    to.add(f"{edge} W | W {edge}".strip(), "th")
    if rule:
        to.add(rule)
    for count in draw(st.lists(st.integers(1, 3), min_size=1, max_size=3)) if rule else [2, 2]:
        to.add(f"{edge} {' | '.join(['W'] * count)} {edge}".strip(), "td")
    return to


@st.composite
def boxes(draw: st.DrawFn) -> Written:
    to = Written()
    openings = ["!!! caution", '!!! evidence "W"', "!!! caution W", "!!! monday", "::: caution"]
    to.add(draw(st.sampled_from(openings)), "aside")
    if draw(st.booleans()):
        to.add("")
    sign = draw(st.sampled_from(["", "", "", "- "]))
    places = ("aside", "li") if sign else ("aside",)
    indent = draw(st.sampled_from([4, 4, 4, 4, 2, 0, 5])) * " "
    for piece in draw(PIECES_OF):
        to.add(f"{indent}{sign}{piece}", *places)
    last = draw(st.sampled_from([None, None, indent, "  "]))
    if last is not None:
        to.add("")
        to.add(f"{last}{sign}W", *places)
    return to


@st.composite
def quotations(draw: st.DrawFn) -> Written:
    to = Written()
    sign = draw(st.sampled_from(["> ", "> ", ">", "  > "]))
    for piece in draw(PIECES_OF):
        to.add(sign + piece, "blockquote")
    return to


@st.composite
def headings(draw: st.DrawFn) -> Written:
    to = Written()
    level = draw(st.sampled_from([2, 2, 3]))
    tail = draw(st.sampled_from([" {#a}", " {#b}", " {#c} ##", " ## {#d}", ""]))
    to.add(f"{'#' * level} W{tail}", f"h{level}")
    return to


@st.composite
def definitions(draw: st.DrawFn) -> Written:
    to = Written()
    name = draw(st.sampled_from(["K", "Kay", "The key"]))
    if draw(st.booleans()):
        to.add(f"[W][{name}] {name}")
        to.add("")
    line = draw(st.sampled_from(["[{0}]: https://example.org/", "*[{0}]: W", "[^{0}]: W"]))
    to.add(line.format(name), anywhere=True)
    return to


@st.composite
def strange(draw: st.DrawFn) -> Written:
    to = Written()
    to.add(draw(st.sampled_from(["```", "~~~", ":::", "---", "===", ": W", "??? note", "#W"])))
    to.add(draw(PIECES))
    return to


BLOCKS = st.one_of(
    paragraphs(), lists(), tables(), boxes(), quotations(), headings(), definitions(), strange()
)


@st.composite
def documents(draw: st.DrawFn) -> Written:
    """Draw a few blocks of the dialect, well written or not, most with an empty line between."""
    to = Written()
    for block in draw(st.lists(BLOCKS, min_size=1, max_size=4)):
        to.lines.extend(block.lines)
        if draw(st.sampled_from([True, True, True, False])):
            to.add("")
    return to


EXAMPLES = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@EXAMPLES
@given(documents())
def test_every_word_stands_where_it_was_meant_or_a_fault_says_so(source: Written) -> None:
    assert not wrong(source), source.source


LOOK = settings(
    EXAMPLES, max_examples=3000, derandomize=True, database=None, phases=[Phase.generate]
)


@pytest.mark.parametrize("sign", ["|---|", "!!! ", "\n> ", "## ", "- ", "*[", "]: "])
def test_documents_without_fault_are_among_them(sign: str) -> None:
    """The control of the documents: those with faults alone would prove nothing."""
    found = find(
        documents(),
        lambda one: sign in one.source and len(one.lines) > 3 and not faults(one.source),
        settings=LOOK,
    )
    assert not wrong(found)


@st.composite
def nested_lists(draw: st.DrawFn) -> tuple[str, list[int]]:
    """Draw a list with items at many depths, and how deep each would be by its looks."""
    indents = [0, *draw(st.lists(st.sampled_from([0, 0, 1, 2, 3, 4, 4, 5, 6, 8, 9]), max_size=6))]
    open_: list[int] = []
    depths: list[int] = []
    lines: list[str] = []
    for number, indent in enumerate(indents):
        while open_ and open_[-1] >= indent:
            open_.pop()
        open_.append(indent)
        depths.append(len(open_))
        gap = draw(st.sampled_from(["", "", "", "\n"]))
        sign = draw(st.sampled_from(["-", "-", "-", "1."]))
        lines.append(f"{gap}{' ' * indent}{sign} word{number}x")
    return "\n".join(lines), depths


def too_deep(drawn: tuple[str, list[int]], *, off: str = "^$") -> bool:
    """Tell whether a list without a fault has an item at another depth than it looks."""
    source, depths = drawn
    if faults(source, off=off):
        return False
    shown = Page.of(convert_markdown(source).html).depths
    return [shown.get(f"word{at}x") for at in range(len(depths))] != depths


@EXAMPLES
@given(nested_lists())
def test_an_item_is_as_deep_as_it_looks_or_a_fault_says_so(drawn: tuple[str, list[int]]) -> None:
    assert not too_deep(drawn), drawn[0]


@pytest.mark.parametrize("rule", ["^The row", "^The box is empty"])
def test_with_a_rule_turned_off_a_document_says_nothing(rule: str) -> None:
    """The control: the property above fails as soon as a rule is missing."""
    found = find(documents(), lambda source: bool(wrong(source, off=rule)), settings=LOOK)
    assert not wrong(found), "the rule says it"


@pytest.mark.parametrize("rule", ["too little to be nested", "become part of the item"])
def test_with_a_rule_turned_off_lists_are_flattened(rule: str) -> None:
    """The same for lists."""
    assert find(nested_lists(), lambda drawn: too_deep(drawn, off=rule), settings=LOOK)


@pytest.mark.parametrize(
    ("rule", "lines"),
    [
        ("words after the kind", {"!!! caution W": "aside", "    W": "aside"}),
        ("is outside the box", {"!!! caution": "", "    W": "aside", "W": "aside"}),
        ("is not used anywhere", {"W": "", "": "", "[W]: W": ""}),
        ("is defined twice", {"[a] W": "", "": "", "[a]: https://W": "", "[a]: https://b": ""}),
        ("is the title of a link", {'[W](https://a.example/ "W")': ""}),
        ("The item .* run into the text", {"W": "", "- W": "li"}),
        ("is not read as an item", {"• W": "li"}),
        ("run into the item", {"- W": "li", "W": ""}),
        ("run into the quotation", {"> W": "blockquote", "W": ""}),
        ("shown as code", {"W": "", "": "", "    W": ""}),
        ("this is not read as a table", {"W": "", "| W | W |": "th", "|---|---|": ""}),
        ("this does not make a box", {"??? note": "aside", "W": "aside"}),
        ("no fenced blocks", {"~~~": "", "W": "", "~~": ""}),
        ("The emphasis .* no end", {"**W": ""}),
        ("The backtick", {"`W": ""}),
        ("no footnotes", {"W[^1]": ""}),
        ("does not make a link", {"[W] (https://a.example/)": "", "[W][W]": ""}),
        ("no checkboxes", {"- [ ] W": "li"}),
        ("HTML has no effect", {"<b>W</b>": ""}),
        ("only headings have anchors", {"W {#w}": ""}),
    ],
)
def test_each_rule_is_needed(rule: str, lines: dict[str, str]) -> None:
    """The control of the others: nothing else says what goes wrong here."""
    source = Written()
    for line, inside in lines.items():
        source.add(line, *filter(None, [inside]))
    assert faults(source.source)
    assert not wrong(source), source.source
    assert wrong(source, off=rule), source.source


def test_the_last_check_finds_what_no_reader_names(monkeypatch: pytest.MonkeyPatch) -> None:
    source = "Some text.\n\n| a | b |\n|---|---|\n| 1 | 2 | three |\n"
    assert [one.message[:7] for one in convert_markdown(source).problems] == ["The row"]
    monkeypatch.setattr(blocks.TableReader, "note_problem", lambda *_: None)
    (problem,) = convert_markdown(source).problems
    assert problem.message == "'three' would not be on the page."
    assert problem.needle == "| 1 | 2 | three |"
    monkeypatch.setattr(renderer_process, "find_missing_words", lambda *_: None)
    assert convert_markdown(source).problems == (), "the control: nothing else says so"


MARKS = re.compile(
    r"\{\{[^}]*\}\}|\[awaiting review\]|\{#[^}]*\}|\]\([^)]*\)|\[@[^\]]*\]|^!!! [a-z-]+"
    r"|: \d lines\]|^[ >]*\d+\.",
    re.MULTILINE,
)
"""What does its work in the shipped texts and is not shown."""


def _shipped_texts(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Rendered]]:
    batch: list[tuple[str, Rendered]] = []

    def kept(documents: list[str]) -> list[Rendered]:
        rendered = render_markdown(documents)
        batch.extend(zip(documents, rendered, strict=True))
        return rendered

    monkeypatch.setattr(texts, "render_markdown", kept)
    loading.clear_course_caches()
    for folder in (*shipped_course_folders(), SMALL):
        loading.load_course_folder(folder)
    for file in provider_texts.SHIPPED.glob("*.md"):
        kept([file.read_text(encoding="utf-8")])
    yield from batch


def test_every_word_of_the_shipped_texts_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = list(_shipped_texts(monkeypatch))
    assert len(texts) > 500
    for written, rendered in texts:
        html = rendered.html.replace('<span class="awaiting">', ' <span class="awaiting">')
        tree = html5lib.parse(html, treebuilder="etree", namespaceHTMLElements=False)
        shown = " ".join("".join(tree.itertext()).split())
        said = re.findall(r"[^\W_]+", shown)
        rest = iter(said)
        for word in re.findall(r"[^\W_]+", MARKS.sub(" ", written)):
            assert word in rest, f"{word!r} is not shown, or elsewhere: {written[:200]}"
