"""The language of what comes from a course, so that pages mark it wherever they show it.

Courses are written in any language, and the words of the pages around them in English. What is read
aloud, hyphenated and laid out from right to left must therefore say which language it is in.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from typing import Any, Self, SupportsIndex, TypeVar

from babel.core import get_global
from markupsafe import Markup, escape

from cpd.content.boxes import BOXES, MONDAY
from cpd.content.markup import trust_html

OF_PAGES = "en"
"""The language of the pages' own words; a course in it needs no marks."""
_PROSE = frozenset(
    {
        *("title", "subjects", "level", "summary", "text", "credentials", "role", "disclosures"),
        *("disclosure", "entry", "standard_setting"),
        *("rule", "say", "tell", "signs", "term", "meaning", "alt", "note"),
        *("prompt", "when"),
    }
)
"""The fields of fronts and keys that hold words to read; the others hold ids and stored names."""
_HTML = frozenset({"html", "note_html", "rationale_html", "stem_html", "vignette_html"})
_RIGHT_TO_LEFT = frozenset(
    {"Adlm", "Arab", "Hebr", "Mand", "Mend", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa"}
)
"""Scripts, by their ISO 15924 codes."""
_LATIN = "Latn"
_SCRIPT = re.compile(r"[-_]([A-Za-z]{4})(?![A-Za-z0-9])")
_TAG = re.compile(r"<(?P<end>/?)(?P<name>[a-z][a-z0-9]*)(?P<rest>[^>]*)>")
_VOID = frozenset({"br", "hr", "img", "input", "wbr"})
_TITLES_OF_BOXES = frozenset(BOXES.values())
"""The titles of boxes for which the author wrote none: words of ours inside those of a course."""
_BOX_TITLE = re.compile(
    rf'(?P<start><b|<h[2-4] id="(?:[a-z0-9-]+--)?{MONDAY}")>'
    rf"(?P<title>(?:{'|'.join(BOXES.values())})\.?)</"
)
_FIGURE = "figure"
"""Figures are placeholders in stored HTML; their macro marks what it shows."""

T = TypeVar("T")


@lru_cache(maxsize=64)
def direction_of_language(language: str) -> str:
    """Return ltr or rtl: the direction in which a language is written, by its BCP 47 tag."""
    return "rtl" if _script_of_language(language) in _RIGHT_TO_LEFT else "ltr"


def _script_of_language(language: str) -> str:
    """Return the ISO 15924 code of the script: the one that the tag names, or the usual one."""
    likely = get_global("likely_subtags").get(_first_subtag(language), "")
    found = _SCRIPT.search(language) or _SCRIPT.search(likely)
    return found[1].title() if found else _LATIN


def is_romanized(text: str, language: str) -> bool:
    """Tell whether a text is in Latin letters although its language is written in others."""
    letters = [unicodedata.name(sign, "") for sign in text if sign.isalpha()]
    return _script_of_language(language) != _LATIN and all(
        name.startswith("LATIN") for name in letters
    )


def language_needs_mark(language: str) -> bool:
    """Tell whether a text in this language must be marked on a page."""
    return _first_subtag(language) not in ("", OF_PAGES)


def _first_subtag(language: str) -> str:
    return language.partition("-")[0].lower()


class CourseText(str):
    """A text of a course in another language than the pages'.

    Templates show it under its language and direction. In an attribute, where there can be no
    markup, write `|plain`.
    """

    __slots__ = ("language",)

    language: str

    def __new__(cls, text: str, language: str) -> Self:
        """Return a text that knows its language."""
        made = super().__new__(cls, text)
        made.language = language
        return made

    def __reduce__(self) -> tuple[type[CourseText], tuple[str, str]]:
        """Return what makes a copy."""
        return CourseText, (str(self), self.language)

    def __html__(self) -> Markup:
        """Return the text as pages show it."""
        attributes = format_language_attributes(self.language)
        return trust_html(f"<span{attributes}>{escape(str(self))}</span>")

    def split(self, sep: str | None = None, maxsplit: SupportsIndex = -1) -> list[str]:
        """Return the pieces, each of which knows the language too."""
        return [CourseText(piece, self.language) for piece in super().split(sep, maxsplit)]

    def strip(self, chars: str | None = None) -> str:
        """Return the text without what surrounds it."""
        return CourseText(super().strip(chars), self.language)


def mark_texts_within(text: str, texts: Collection[str]) -> str:
    """Return a sentence of ours in which each of these texts of a course is marked."""
    known = {str(one): one for one in texts if language_of_text(one) and one in text}
    if not known:
        return text
    longest_first = sorted(known, key=len, reverse=True)
    pieces = re.split(f"({'|'.join(map(re.escape, longest_first))})", text)
    return Markup("").join(known.get(piece, piece) for piece in pieces)


def language_of_text(text: str) -> str:
    """Return the language of a text if it is not that of the pages, or an empty string."""
    return text.language if isinstance(text, CourseText) else ""


def mark_text(text: str, language: str) -> str:
    """Return a text that pages will show under this language."""
    return CourseText(text, language) if language_needs_mark(language) else text


def format_language_attributes(language: str) -> Markup:
    """Return the attributes of an element in this language; empty if it is that of the pages."""
    if not language_needs_mark(language):
        return Markup("")
    return Markup(' lang="{}" dir="{}"').format(language, direction_of_language(language))


def format_attributes_of_text(text: str) -> Markup:
    """Return the attributes of an element whose text this is, for texts in attributes."""
    return format_language_attributes(language_of_text(text))


def mark_html(html: str, language: str) -> str:
    """Return HTML that the renderer made with each outermost element under this language."""
    attributes = format_language_attributes(language)
    if not attributes:
        return html
    ours = rf'\g<start> lang="{OF_PAGES}" dir="ltr">\g<title></'
    return _BOX_TITLE.sub(ours, _mark_outermost_elements(html, attributes))


def _mark_outermost_elements(html: str, attributes: str) -> str:
    depth = 0

    def mark_if_outermost(found: re.Match[str]) -> str:
        nonlocal depth
        name = found["name"]
        if found["end"]:
            depth -= 1
            return found[0]
        is_outermost = depth == 0 and name != _FIGURE and " lang=" not in found["rest"]
        depth += name not in _VOID
        return f"<{name}{found['rest']}{attributes}>" if is_outermost else found[0]

    return _TAG.sub(mark_if_outermost, html)


def mark_language(value: T, language: str) -> T:
    """Return a front, a key or a part with every text in it marked with this language."""
    return _mark_field("", value, language) if language_needs_mark(language) else value


def _mark_field(name: str, value: Any, language: str) -> Any:
    if isinstance(value, str):
        if name in _HTML:
            return mark_html(value, language)
        is_of_course = name in _PROSE and value not in _TITLES_OF_BOXES
        return CourseText(value, language) if is_of_course and value else value
    if isinstance(value, tuple):
        return tuple(_mark_field(name, item, language) for item in value)
    if isinstance(value, Mapping):
        return {key: _mark_field(name, item, language) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        marked = {
            field.name: _mark_field(field.name, getattr(value, field.name), language)
            for field in fields(value)
        }
        return replace(value, **marked)
    return value


def format_plain(text: object) -> str:
    """Return a text without markup, for attributes and for the title of the window."""
    if isinstance(text, Markup):
        return text.striptags()
    return str.__str__(text) if isinstance(text, str) else str(text)
