"""Stray markup: characters in a page's text that were meant as markup but had no effect."""

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import nh3
from markdown.util import BLOCK_LEVEL_ELEMENTS, AtomicString

from cpd.content.blocks import BOX_REMEDY, KnownMistake, TreeReader, build_known_mistake

_ELEMENTS = "|".join(sorted({*nh3.ALLOWED_TAGS, *BLOCK_LEVEL_ELEMENTS}))
_KINDS = r"(?:section|hazard|tool|term|figure):"
_TAKEN = re.compile(r"\x02[^\x03]*\x03")
"""The library's placeholder for an escaped character or an entity."""
_PLAIN = "\x03"
"""Replaces that placeholder, and marks an element before or after a text."""
_SIGN = re.compile(r"[\[(\]{*_`~=<@\\]")
"""A text without any of these has no stray markup."""
_NEAR = 40
"""How many characters around it are used to find the line of stray markup."""
_AS_TEXT = r" If it is meant as text, put a backslash before the character."


STRAY_MARKUP = (
    build_known_mistake(
        r"\[\^[^\]\s]*\]",
        "'{found}' would be shown as written: there are no footnotes.",
        "Say it in the sentence or in a box, or cite a source as [@smith-2020].",
    ),
    build_known_mistake(
        r"\[[ xX]?\](?!\()",
        "'{found}' would be shown as written: there are no checkboxes in a list.",
        "Remove it; the items of !!! monday have boxes, and in a tool ☐ makes a checkbox."
        + _AS_TEXT,
    ),
    build_known_mistake(
        rf"!\[|\[\[|\]\(|\]\[|\]\s+\((?=https?:|mailto:|www\.|#|{_KINDS})|\((?={_KINDS}[a-z])",
        "'{found}' does not make a link or a figure.",
        "Write [words](address), with nothing between the brackets and no space in the address."
        + _AS_TEXT,
    ),
    build_known_mistake(
        r"\[@[a-z0-9-]+(?![^\[]*\])|\[\s+@",
        "'{found}' does not make a citation.",
        "Write it as [@smith-2020] or [@smith-2020; @jones-2019].",
    ),
    build_known_mistake(
        r"(?<![\w\[;,/])(?<![;,] )@[a-z][a-z0-9-]*-(?:19|20)\d\d\b",
        "'{found}' would be shown as written: a citation stands in brackets.",
        "Write it as [@smith-2020]." + _AS_TEXT,
    ),
    build_known_mistake(
        r"\[![A-Za-z]+\]",
        "'{found}' would be shown as written: it does not make a box.",
        BOX_REMEDY,
    ),
    build_known_mistake(
        r"\{[#.:]",
        "'{found}' would be shown as written: only headings have anchors, and nothing has a class.",
        "Remove it, or write ## Text {#anchor} on a line of its own." + _AS_TEXT,
    ),
    build_known_mistake(
        r"\*{2,}|(?<!\S)\*(?=\S)|\*(?=[^\s\d*])|(?<=[^\s\d*])\*"
        r"|(?<!\w)_{1,3}(?=[^\W_])|(?<=[^\W_])_{1,3}(?!\w)",
        "The emphasis at '{found}' has no beginning or no end.",
        "Write **bold** or *italic* within one paragraph, with no space inside the asterisks."
        + _AS_TEXT,
    ),
    build_known_mistake(
        r"`",
        "The backtick at '{found}' is not closed.",
        "Close it in the same paragraph." + _AS_TEXT,
    ),
    build_known_mistake(
        r"~~(?=[^\s~])|==(?=\w)",
        "'{found}' would be shown as written: there is no strikethrough or highlighting.",
        "Write it in words, or in bold." + _AS_TEXT,
    ),
    build_known_mistake(
        rf"<!--|</?(?:{_ELEMENTS})(?:\s[^<>]*)?/?>",
        "'{found}' would be shown as written: HTML has no effect.",
        "Remove it or write it as Markdown; to show it, put it between backticks.",
    ),
    build_known_mistake(
        r"<[^<>\s@]+@[^<>\s@]+>|<www\.",
        "'{found}' does not make a link.",
        "Write [you@example.org](mailto:you@example.org), or [words](https://example.org/).",
    ),
    build_known_mistake(
        r"\\(?=[!-/:-@\[-`{-~\x03\n]|\s*\Z)",
        r"The backslash at '{found}' would be shown.",
        "Remove it; to break a line, end it with two spaces.",
    ),
)
"""The kinds of markup that readers must not see as it was written."""


def find_stray_markup(text: str) -> Iterator[tuple[KnownMistake, str, str]]:
    """Yield each kind of stray markup in a text once, with its context and a needle to find it."""
    plain = _TAKEN.sub(_PLAIN, text)
    for leftover in STRAY_MARKUP if _SIGN.search(plain) else ():
        for match in leftover.pattern.finditer(plain):
            start, end = match.span()
            before = plain[max(start - _NEAR, 0) : start].rpartition(_PLAIN)[2]
            after = re.split(r"[\s\x03]", plain[end : end + _NEAR])[0]
            word = re.split(r"\s", before)[-1]
            if "://" not in word:  # an address may contain any of these characters
                found = match.group() + after
                needle = (before + found).rpartition(_PLAIN)[2]
                yield leftover, (word + found).replace(_PLAIN, "…"), needle
                break


class StrayMarkupCheck(TreeReader):
    """Checks the text of a document once all markup is read."""

    def run(self, root: ET.Element) -> None:
        """Note stray markup everywhere except in code."""
        for element in root.iter():
            is_code = element.tag in ("code", "pre") or isinstance(element.text, AtomicString)
            before = "" if is_code else element.text or ""
            for child in element:
                self._note_stray_markup(before + _PLAIN)
                self._note_emphasis_inside_word(before, child)
                before = _PLAIN + (child.tail or "")
            self._note_stray_markup(before)

    def _note_stray_markup(self, text: str) -> None:
        for leftover, shown, needle in find_stray_markup(text):
            message = leftover.message.replace("{found}", shown)
            self.findings.note_problem(message, leftover.remedy, needle)

    def _note_emphasis_inside_word(self, before: str, child: ET.Element) -> None:
        """Note emphasis inside a word: 3*4 and 5*6 in one paragraph would lose their asterisks."""
        if child.tag in ("em", "strong") and before[-1:].isalnum():
            word = f"{before.rsplit(maxsplit=1)[-1]}*{(child.text or '').partition(' ')[0]}"
            self.findings.note_problem(
                f"The emphasis at '{word}' begins inside a word: the asterisk would be lost.",
                r"Write × for times, \* for an asterisk, or begin the emphasis before the word.",
                before[-_NEAR:].rpartition(_PLAIN)[2],
            )
