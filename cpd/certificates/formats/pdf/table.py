"""A table over as many pages as it needs, as a PDF; it is made by typst as certificates are."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources

from cpd.certificates.formats.pdf import typesetting
from cpd.certificates.formats.pdf.typesetting import UnsupportedCharacters

LEFT_OUT = "[…]"
"""Stands for characters that the fonts cannot show."""


@dataclass(frozen=True)
class TableDocument:
    """What the pages show, as text only."""

    title: str
    sentences: Sequence[str]
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    left_out_note: str
    """Shown where the fonts lack characters, for which `LEFT_OUT` stands."""


def build_table_pdf(document: TableDocument, made_at: datetime) -> bytes:
    """Return the PDF of a table; raises RuntimeError inside a unit of work."""
    left_out: set[str] = set()
    while True:
        data = _build_data(document, left_out)
        pdf = typesetting.compile_pdf_from_template(_load_template(), data, made_at)
        if not isinstance(pdf, UnsupportedCharacters):
            return pdf
        if left_out.issuperset(pdf.characters):
            raise RuntimeError(f"the fonts lack characters of the page itself: {pdf.characters}")
        left_out.update(pdf.characters)


def _build_data(document: TableDocument, left_out: set[str]) -> dict[str, object]:
    def show(text: str) -> str:
        return leave_out_characters(text, left_out)

    return {
        "fonts": typesetting.font_families(),
        "title": show(document.title),
        "sentences": [show(text) for text in document.sentences],
        "head": [show(text) for text in document.head],
        "rows": [[show(text) for text in row] for row in document.rows],
        "left_out": f"{LEFT_OUT} {document.left_out_note}" if left_out else "",
    }


def leave_out_characters(text: str, characters: Iterable[str]) -> str:
    """Return the text with a sign in place of each run of these characters."""
    one = "|".join(map(re.escape, sorted(characters, reverse=True)))
    return re.sub(rf"(?:{one})+(?: +(?:{one})+)*", LEFT_OUT, text) if one else text


@cache
def _load_template() -> str:
    return resources.files(__package__).joinpath("table.typ").read_text("utf-8")
