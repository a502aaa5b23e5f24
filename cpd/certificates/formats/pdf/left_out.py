"""PDFs with a sign where the fonts lack characters, which certificates never have."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from cpd.certificates.formats.pdf import typesetting
from cpd.certificates.formats.pdf.typesetting import UnsupportedCharacters

LEFT_OUT = "[…]"
"""Stands for characters that the fonts cannot show."""


def compile_pdf_leaving_out(
    template: str,
    build_data: Callable[[Callable[[str], str], str], Mapping[str, Any]],
    note: str,
    made_at: datetime,
) -> bytes:
    """Return the PDF of a template; raises RuntimeError inside a unit of work.

    `build_data` takes what shows a text, and the note about what is left out, which is empty if
    nothing is.
    """
    left_out: set[str] = set()

    def show(text: str) -> str:
        return leave_out_characters(text, left_out)

    while True:
        data = build_data(show, f"{LEFT_OUT} {note}" if left_out else "")
        with_fonts = {"fonts": typesetting.font_families(), **data}
        pdf = typesetting.compile_pdf_from_template(template, with_fonts, made_at)
        if not isinstance(pdf, UnsupportedCharacters):
            return pdf
        if left_out.issuperset(pdf.characters):
            raise RuntimeError(f"the fonts lack characters of the page itself: {pdf.characters}")
        left_out.update(pdf.characters)


def leave_out_characters(text: str, characters: Iterable[str]) -> str:
    """Return the text with a sign in place of each run of these characters."""
    one = "|".join(map(re.escape, sorted(characters, reverse=True)))
    return re.sub(rf"(?:{one})+(?: +(?:{one})+)*", LEFT_OUT, text) if one else text
