"""A table over as many pages as it needs, as a PDF; it is made by typst as certificates are."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

from cpd.certificates.formats.pdf.left_out import compile_pdf_leaving_out


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

    def build_data(show: Callable[[str], str], left_out: str) -> Mapping[str, Any]:
        return {
            "title": show(document.title),
            "sentences": [show(text) for text in document.sentences],
            "head": [show(text) for text in document.head],
            "rows": [[show(text) for text in row] for row in document.rows],
            "left_out": left_out,
        }

    return compile_pdf_leaving_out(_load_template(), build_data, document.left_out_note, made_at)


@cache
def _load_template() -> str:
    return resources.files(__package__).joinpath("table.typ").read_text("utf-8")
