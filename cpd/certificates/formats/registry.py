"""All certificate formats. To add one, add a file or folder beside this module, and a line here."""

from cpd.certificates.formats.attestation.format import LetterFormat
from cpd.certificates.formats.extras import MissingExtraError
from cpd.certificates.formats.format import CertificateFormat, LettersMissingError
from cpd.certificates.formats.pdf.format import PdfFormat
from cpd.certificates.formats.png.format import PngFormat
from cpd.certificates.rules.record import Record, RecordFaultError

FORMATS: dict[str, CertificateFormat] = {
    "pdf": PdfFormat(),
    "png": PngFormat(),
    "attestation": LetterFormat(),
}
"""By name, in the order in which pages offer them."""

PRINTED_FORMAT = FORMATS["pdf"]
"""The one that is printed, in which samples are made."""

MAX_FILE_BYTES = 2 * 1024 * 1024
"""Larger files are not opened; ours have about 50,000 bytes."""


def recognize_file_format(content: bytes) -> CertificateFormat | None:
    """Return the format of a file; None for a bare record, or for something else entirely."""
    return next((format_ for format_ in FORMATS.values() if format_.recognizes_file(content)), None)


def parse_record_of_file(content: bytes) -> Record:
    """Return the record that a certificate file carries, or that a bare record file is.

    The words on the page are not read. Programs that extract text disagree with each other, so a
    genuine page could be called altered because of its reader. Only the bytes of a page can prove
    it.

    Raises RecordFaultError and MissingExtraError.
    """
    if len(content) > MAX_FILE_BYTES:
        raise RecordFaultError("The file is larger than any certificate.")
    format_ = recognize_file_format(content)
    return Record.from_json(content) if format_ is None else format_.parse_record_in_file(content)


def is_file_reproducible(record: Record, content: bytes) -> bool:
    """Tell whether rendering a genuine record again gives exactly this file.

    If it does, the page is confirmed. If not, nothing follows: another release may lay it out
    differently.
    """
    try:
        return any(
            format_.recognizes_file(content) and format_.build_file(record) == content
            for format_ in FORMATS.values()
        )
    except (MissingExtraError, LettersMissingError):
        return False


COMMON_CHARACTERS = frozenset(
    [
        *map(chr, range(0x20, 0x7F)),
        *map(chr, range(0xC0, 0x180)),
        *map(chr, range(0x391, 0x3A2)),
        *map(chr, range(0x3A3, 0x3CF)),
        *map(chr, range(0x400, 0x460)),
        *"\N{NO-BREAK SPACE}‘’“”–—…·",
    ]
)
"""Characters that every format shows, so that no format has to be asked about most texts."""


def unsupported_characters(text: str) -> list[str]:
    """Return the characters of a text that some format cannot show.

    A format whose extra is missing is skipped.
    """
    if COMMON_CHARACTERS.issuperset(text):
        return []
    characters: dict[str, None] = {}
    for format_ in FORMATS.values():
        try:
            characters |= dict.fromkeys(format_.unsupported_characters(text))
        except MissingExtraError:
            continue
    return list(characters)
