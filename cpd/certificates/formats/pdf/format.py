"""The PDF format; its libraries are loaded on first use."""

from types import ModuleType

from cpd.certificates.formats.extras import import_module_needing_extra, is_extra_installed
from cpd.certificates.formats.format import CertificateFormat
from cpd.certificates.rules.record import Record


class PdfFormat(CertificateFormat):
    """One A4 page, tagged (PDF/UA-1), for archiving (PDF/A-3a), with embedded fonts."""

    name = "pdf"
    ending = ".pdf"
    label = "PDF"
    media_type = "application/pdf"

    def build_file(self, record: Record) -> bytes:
        """Return the PDF of a record; see `page.build_certificate_pdf`."""
        pdf: bytes = _import_pdf_module("page").build_certificate_pdf(record)
        return pdf

    def can_build_files(self) -> bool:
        """Tell whether the extra is installed."""
        return is_extra_installed()

    def recognizes_file(self, content: bytes) -> bool:
        """Tell whether a file claims to be a PDF."""
        return content.lstrip().startswith(b"%PDF-")

    def parse_record_in_file(self, content: bytes) -> Record:
        """Return the record attached to a PDF; see `attachment.parse_attached_record`."""
        record: Record = _import_pdf_module("attachment").parse_attached_record(content)
        return record

    def unsupported_characters(self, text: str) -> tuple[str, ...]:
        """Return the characters that the fonts lack; see `page.unsupported_characters`."""
        characters: tuple[str, ...] = _import_pdf_module("page").unsupported_characters(text)
        return characters


def _import_pdf_module(name: str) -> ModuleType:
    return import_module_needing_extra(f"{__package__}.{name}")
