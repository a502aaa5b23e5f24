"""All documents of an application as one PDF. Needs the `pdf` extra."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

from cpd.applications.rules.documents import ApplicationDocument, describe_block
from cpd.certificates.formats.pdf import typesetting
from cpd.certificates.formats.pdf.table import LEFT_OUT, leave_out_characters
from cpd.certificates.formats.pdf.typesetting import UnsupportedCharacters


@dataclass(frozen=True)
class Packet:
    """What the pages show, as text only."""

    title: str
    lines: Sequence[str]
    documents: Sequence[ApplicationDocument]
    left_out_note: str
    """Shown where the fonts lack characters, for which `LEFT_OUT` stands."""


def build_packet_pdf(packet: Packet, made_at: datetime) -> bytes:
    """Return the PDF of a packet; raises RuntimeError inside a unit of work."""
    left_out: set[str] = set()
    while True:
        data = _build_data(packet, left_out)
        pdf = typesetting.compile_pdf_from_template(_load_template(), data, made_at)
        if not isinstance(pdf, UnsupportedCharacters):
            return pdf
        if left_out.issuperset(pdf.characters):
            raise RuntimeError(f"the fonts lack characters of the page itself: {pdf.characters}")
        left_out.update(pdf.characters)


def _build_data(packet: Packet, left_out: set[str]) -> Mapping[str, Any]:
    def show(text: str) -> str:
        return leave_out_characters(text, left_out)

    return {
        "fonts": typesetting.font_families(),
        "title": show(packet.title),
        "lines": [show(line) for line in packet.lines],
        "left_out": f"{LEFT_OUT} {packet.left_out_note}" if left_out else "",
        "documents": [
            {
                "title": show(document.title),
                "blocks": [_show_texts(describe_block(block), show) for block in document.blocks],
            }
            for document in packet.documents
        ],
    }


def _show_texts(value: Any, show: Callable[[str], str]) -> Any:
    """Return a block with each of its texts as it is shown."""
    if isinstance(value, str):
        return show(value)
    if isinstance(value, Mapping):
        return {name: _show_texts(one, show) for name, one in value.items()}
    return [_show_texts(one, show) for one in value]


@cache
def _load_template() -> str:
    folder = resources.files("cpd.applications").joinpath("templates/applications/archives")
    return folder.joinpath("packet.typ").read_text("utf-8")
