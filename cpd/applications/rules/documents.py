"""Documents as data: text, headings and tables, which a page and a PDF show alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, get_args

from cpd.credit.rules.authority_file import DocumentName

DOCUMENTS: tuple[DocumentName, ...] = get_args(DocumentName)
"""All documents, in the order in which an archive numbers them."""


@dataclass(frozen=True)
class Heading:
    """The title of a part of a document."""

    kind: ClassVar[str] = "heading"
    text: str


@dataclass(frozen=True)
class Paragraph:
    """A piece of text."""

    kind: ClassVar[str] = "paragraph"
    text: str


@dataclass(frozen=True)
class Table:
    """Rows of text below a head."""

    kind: ClassVar[str] = "table"
    name: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


Block = Heading | Paragraph | Table


@dataclass(frozen=True)
class ApplicationDocument:
    """One document of an application."""

    name: DocumentName
    title: str
    blocks: Sequence[Block]


def describe_block(block: Block) -> Mapping[str, object]:
    """Return a block as a typesetter reads it."""
    if isinstance(block, Table):
        rows = [list(row) for row in block.rows]
        return {"kind": block.kind, "name": block.name, "head": list(block.head), "rows": rows}
    return {"kind": block.kind, "text": block.text}


def build_file_name(name: DocumentName, extension: str) -> str:
    """Return what a document is called inside an archive."""
    return f"{DOCUMENTS.index(name) + 1:02}-{name}.{extension}"
