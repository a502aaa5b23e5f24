"""All documents of an application as one PDF. Needs the `pdf` extra."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

from cpd.applications.rules.documents import ApplicationDocument, describe_block
from cpd.certificates.formats.pdf.left_out import compile_pdf_leaving_out


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

    def build_data(show: Callable[[str], str], left_out: str) -> Mapping[str, Any]:
        return {
            "title": show(packet.title),
            "lines": [show(line) for line in packet.lines],
            "left_out": left_out,
            "documents": [
                {
                    "title": show(one.title),
                    "blocks": [_show_texts(describe_block(block), show) for block in one.blocks],
                }
                for one in packet.documents
            ],
        }

    return compile_pdf_leaving_out(_load_template(), build_data, packet.left_out_note, made_at)


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
