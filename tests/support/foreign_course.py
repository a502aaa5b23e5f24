"""The tiny course in another language: the same files, with other letters in every word to read.

Each word of the course then differs from every word of the pages around it, so a test can tell the
two apart in any text.
"""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import yaml

from tests.support.courses import SMALL
from tests.support.pages import Page, tag_of

GERMAN = str.maketrans("aeiouylAEIOUYL", "äêïöüÿßÄÊÏÖÜŸẞ")
ARABIC = str.maketrans("abcdefghijklmnopqrstuvwxyz", "ابتثجحخدذرزسشصضطظعغفقكلمنه")
LETTERS = {"de": GERMAN, "ar": ARABIC}
_PROSE = frozenset(
    {
        *("title", "subject", "level", "summary", "text", "credentials", "role", "disclosures"),
        *("rule", "say", "tell", "signs", "term", "meaning", "alt", "note"),
        *("prompt", "when", "facts", "rationale", "also", "raise"),
    }
)
_MARKUP = re.compile(
    r"\[@[^\]]*\]|\]\([^)]*\)|\{#[^}]*\}|^!!! \S+|: \d lines\]|\[\^\w+\]", re.MULTILINE
)


def write_foreign_course(parent: Path, slug: str, language: str) -> Path:
    """Write the tiny course in another language, and return its folder."""
    folder = parent / slug
    shutil.copytree(SMALL, folder)
    for file in folder.rglob("*.md"):
        _, front, body = file.read_text("utf-8").split("---\n", 2)
        fields = yaml.safe_load(front)
        if file.name == "course.md":
            latin = {"title_on_certificate": fields["title"]} if language == "ar" else {}
            fields |= {"id": slug, "language": language, **latin}
        fields = _translate_field("", fields, language, is_source=file.parent.name == "references")
        front = yaml.safe_dump(fields, allow_unicode=True, sort_keys=False, width=1000)
        file.write_text(f"---\n{front}---\n{translate_markdown(body, language)}", "utf-8")
    return folder


def translate(text: str, language: str) -> str:
    """Return a text in the letters of the language."""
    letters = LETTERS[language]
    return text.translate(letters) if language == "de" else text.lower().translate(letters)


def _translate_field(name: str, value: Any, language: str, *, is_source: bool) -> Any:
    if isinstance(value, dict):
        within = name if name in {"signs", "also", "raise"} else ""
        return {
            key: _translate_field(within or key, inner, language, is_source=is_source)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_translate_field(name, inner, language, is_source=is_source) for inner in value]
    is_prose = name in _PROSE and not (is_source and name == "title")
    return translate_markdown(value, language) if is_prose and isinstance(value, str) else value


def translate_markdown(body: str, language: str) -> str:
    """Return Markdown with its markup as it is."""
    pieces, at = [], 0
    for markup in _MARKUP.finditer(body):
        pieces += [translate(body[at : markup.start()], language), markup[0]]
        at = markup.end()
    return "".join([*pieces, translate(body[at:], language)])


def language_faults(page: Page, language: str) -> Iterator[str]:
    """Yield each text under the wrong language or direction; the pages themselves are English."""
    letters = "".join(chr(code) for code in LETTERS[language].values())
    # A page may name single letters that a font lacks.
    of_course = re.compile(f"[{letters}]{{2}}" if language == "ar" else f"[{letters}]")
    direction = "rtl" if language == "ar" else "ltr"

    def check(text: str | None, element: Element) -> Iterator[str]:
        if not text or not (text := text.strip()):
            return
        spoken, laid_out = _in_force(page, element, "lang"), _in_force(page, element, "dir")
        if of_course.search(text) and (spoken, laid_out) != (language, direction):
            yield f"{spoken} {laid_out}: {text!r}, of the course"
        if not of_course.search(text) and re.search(r"[A-Za-z]{3}", text) and spoken == language:
            yield f"{spoken} {laid_out}: {text!r}, of the page"

    if "<" in page.title:
        yield f"markup in the title: {page.title}"
    for element in page.all("body")[0].iter():
        if tag_of(element) in {"script", "style", "code", "pre", "#comment"}:
            continue
        yield from check(element.text, element)
        for spoken in ("alt", "aria-label", "title", "placeholder"):
            yield from check(element.get(spoken), element)
        for child in element:
            yield from check(child.tail, element)


def _in_force(page: Page, element: Element, attribute: str) -> str:
    return next(
        (
            found
            for one in (element, *page.within(element))
            if (found := one.get(attribute)) is not None
        ),
        "",
    )
