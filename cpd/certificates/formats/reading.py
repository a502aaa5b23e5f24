"""Reading a certificate's file back: the record it carries, and whether its page says the same."""

import io
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, TypeAlias

from cpd.certificates.formats import pdf
from cpd.certificates.rules.record import Record, RecordFaultError

SIZE_CAP = 2 * 1024 * 1024
"""Bytes of a file that is looked at; ours have some 50,000."""
Pieces: TypeAlias = list[tuple[str, str]]
"""Text of a page with the fact that each piece states."""

_RIGHT_TO_LEFT = {"R", "AL", "NSM"}


@dataclass(frozen=True)
class Carried:
    """What was found in a file."""

    record: Record
    text: str | None
    """The words of the page; None in a file that has none."""


def read(content: bytes) -> Carried:
    """Return what a PDF or a bare record file carries.

    Raises RecordFaultError with a sentence, and pdf.PdfExtraMissingError.
    """
    if len(content) > SIZE_CAP:
        raise RecordFaultError("The file is larger than any certificate.")
    if not content.lstrip().startswith(b"%PDF-"):
        return Carried(Record.from_json(content), None)
    return _read_pdf(content)


def _read_pdf(content: bytes) -> Carried:
    try:
        from pypdf import PdfReader  # noqa: PLC0415 - an extra
    except ImportError:
        raise pdf.PdfExtraMissingError from None
    try:
        reader = PdfReader(io.BytesIO(content))
        records = [one for name in reader.attachments for one in reader.attachments[name]]
        named = pdf.RECORD_NAME in reader.attachments
        text = "\n".join(page.extract_text() for page in reader.pages)
    except Exception:  # noqa: BLE001 - a hostile file can make the reader fail in any way
        raise RecordFaultError("The file is damaged: it cannot be read as a PDF.") from None
    if not named or len(records) != 1:
        raise RecordFaultError("The file does not carry exactly one signed record.")
    return Carried(Record.from_json(records[0]), text)


def differing(facts: Mapping[str, Any], text: str) -> tuple[str, ...]:
    """Return the facts that the page states otherwise than the record, in the order of the page.

    Text that belongs to no fact counts as one of its neighbours. Spaces and line ends do not count.
    Names written from right to left are compared letter by letter without their order, because
    readers of PDF files do not agree on it.
    """
    pieces = [(name, _squeezed(piece)) for name, piece in pdf.reading(facts)]
    found = _squeezed(text)
    touched = set[str]()
    if any(_has_backwards(piece) for _, piece in pieces):
        touched |= _backwards_differing(pieces, found)
        pieces = [(name, _without_backwards(piece)) for name, piece in pieces]
        found = _without_backwards(found)
    touched |= _forwards_differing(pieces, found)
    return tuple(dict.fromkeys(name for name, _ in pieces if name in touched))


def _forwards_differing(pieces: Pieces, found: str) -> set[str]:
    owners = [name for name, piece in pieces for _ in piece]
    signed = "".join(piece for _, piece in pieces)
    edits = SequenceMatcher(None, signed, found, autojunk=False).get_opcodes()
    touched = {
        name
        for tag, start, end, _, _ in edits
        if tag in {"replace", "delete"}
        for name in owners[start:end]
    }
    for tag, start, _, _, _ in edits:
        neighbours = set(owners[max(start - 1, 0) : start + 1])
        if tag == "insert" and not neighbours & touched:
            touched |= neighbours
    return touched


def _backwards_differing(pieces: Pieces, found: str) -> set[str]:
    signed = "".join(piece for _, piece in pieces)
    if Counter(_only_backwards(found)) == Counter(_only_backwards(signed)):
        return set()
    return {name for name, piece in pieces if _has_backwards(piece)}


def _squeezed(text: str) -> str:
    """Return text without what readers of PDF files add or lose.

    Spaces and invisible signs go. A letter that the font puts together from several shapes is read
    once for each of them, so letters beyond ASCII that stand twice count once.
    """
    letters: list[str] = []
    for sign in unicodedata.normalize("NFKC", text):
        if sign.isspace() or unicodedata.category(sign) == "Cf":
            continue
        if letters and unicodedata.combining(sign):
            letters[-1] += sign
        else:
            letters.append(sign)
    return "".join(
        letter
        for before, letter in zip(["", *letters], letters, strict=False)
        if letter.isascii() or letter != before
    )


def _is_backwards(character: str) -> bool:
    return unicodedata.bidirectional(character) in _RIGHT_TO_LEFT


def _has_backwards(text: str) -> bool:
    return any(unicodedata.bidirectional(c) in {"R", "AL"} for c in text)


def _only_backwards(text: str) -> str:
    return "".join(c for c in text if _is_backwards(c))


def _without_backwards(text: str) -> str:
    return "".join(c for c in text if not _is_backwards(c))
