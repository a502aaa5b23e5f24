"""The PDF format; its libraries are loaded on first use."""

from types import ModuleType

from flask_babel import lazy_gettext as _l

from cpd.certificates.formats.extras import load_optional
from cpd.certificates.formats.format import CertificateFormat, UnsupportedCharacters
from cpd.certificates.rules.record import Record


class PdfFormat(CertificateFormat):
    """One A4 page, tagged (PDF/UA-1), for archiving (PDF/A-3a), with embedded fonts."""

    name = "pdf"
    label = _l("PDF")
    media_type = "application/pdf"

    def render(self, record: Record) -> bytes | UnsupportedCharacters:
        """Return the PDF of a record; see `page.render`."""
        pdf: bytes | UnsupportedCharacters = _load("page").render(record)
        return pdf

    def recognizes(self, content: bytes) -> bool:
        """Tell whether a file claims to be a PDF."""
        return content.lstrip().startswith(b"%PDF-")

    def read_record(self, content: bytes) -> Record:
        """Return the record attached to a PDF; see `attachment.read_record`."""
        record: Record = _load("attachment").read_record(content)
        return record

    def unsupported_characters(self, text: str) -> tuple[str, ...]:
        """Return the characters that the fonts lack; see `page.unsupported_characters`."""
        characters: tuple[str, ...] = _load("page").unsupported_characters(text)
        return characters


def _load(name: str) -> ModuleType:
    return load_optional(f"{__package__}.{name}")
