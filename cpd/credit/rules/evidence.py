"""Which files are taken as evidence of an activity, by their content and never by their name."""

from enum import StrEnum

MOST_BYTES = 900_000
"""Somewhat less than one request may carry."""
MOST_FILES = 4
"""The most files of one activity."""
PDF, PICTURE = "application/pdf", "image/webp"
_END_WITHIN = 1024
_ACTIVE = (b"/JavaScript", b"/JS", b"/Launch", b"/EmbeddedFile")


class EvidenceFault(StrEnum):
    """Why a file is not taken."""

    EMPTY = "empty"
    TOO_LARGE = "too-large"
    TOO_MANY = "too-many"
    BROKEN_PDF = "broken-pdf"
    ACTIVE_PDF = "active-pdf"
    """It contains a script, another file, or a command to start a program."""
    KNOWN = "known"
    """The activity has this very file already."""


def find_size_fault(content: bytes) -> EvidenceFault | None:
    """Return why a file is not taken because of its size, or None."""
    if not content:
        return EvidenceFault.EMPTY
    return EvidenceFault.TOO_LARGE if len(content) > MOST_BYTES else None


def is_pdf(content: bytes) -> bool:
    """Tell whether a file claims to be a PDF; any other must be a picture."""
    return content.startswith(b"%PDF-")


def find_pdf_fault(content: bytes) -> EvidenceFault | None:
    """Return why a PDF is not taken, or None."""
    if b"%%EOF" not in content[-_END_WITHIN:]:
        return EvidenceFault.BROKEN_PDF
    return EvidenceFault.ACTIVE_PDF if any(sign in content for sign in _ACTIVE) else None


def find_addition_fault(content_hash: str, present: list[str]) -> EvidenceFault | None:
    """Return why one more file cannot be added to those present, or None."""
    if content_hash in present:
        return EvidenceFault.KNOWN
    return EvidenceFault.TOO_MANY if len(present) >= MOST_FILES else None
