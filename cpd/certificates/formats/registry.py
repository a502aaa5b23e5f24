"""All certificate formats. A new one is a file or folder beside this module, and a line here."""

from cpd.certificates.formats.extras import MissingExtraError
from cpd.certificates.formats.format import CertificateFormat
from cpd.certificates.formats.pdf.format import PdfFormat
from cpd.certificates.rules.record import Record, RecordFaultError

FORMATS: dict[str, CertificateFormat] = {
    "pdf": PdfFormat(),
}
"""By name, in the order in which pages offer them."""

MAX_FILE_BYTES = 2 * 1024 * 1024
"""Larger files are not opened; ours have some 50,000 bytes."""


def format_of(content: bytes) -> CertificateFormat | None:
    """Return the format of a file; None for a bare record, or for something else altogether."""
    return next((it for it in FORMATS.values() if it.recognizes(content)), None)


def read_record(content: bytes) -> Record:
    """Return the record that a certificate file carries, or that a bare record file is.

    The words on the page are not read: programs that extract text do not agree with each other, so
    a genuine page would be called altered because of its reader. Only the bytes of a page can
    prove it.

    Raises RecordFaultError and MissingExtraError.
    """
    if len(content) > MAX_FILE_BYTES:
        raise RecordFaultError("The file is larger than any certificate.")
    found = format_of(content)
    return Record.from_json(content) if found is None else found.read_record(content)


def is_reproducible(record: Record, content: bytes) -> bool:
    """Tell whether rendering a genuine record again gives exactly this file.

    If it does, the page is confirmed. If not, nothing follows: another release may lay it out
    differently.
    """
    found = format_of(content)
    try:
        return found is not None and found.render(record) == content
    except MissingExtraError:
        return False


def unsupported_characters(text: str) -> list[str]:
    """Return the characters of a text that some format cannot show.

    A format whose extra is missing has no say.
    """
    characters: dict[str, None] = {}
    for it in FORMATS.values():
        try:
            characters |= dict.fromkeys(it.unsupported_characters(text))
        except MissingExtraError:
            continue
    return list(characters)
