"""The letter as a format; its libraries are loaded on first use."""

from cpd.certificates.formats.extras import import_module_needing_extra
from cpd.certificates.formats.pdf.format import PdfFormat
from cpd.certificates.rules.record import Record


class LetterFormat(PdfFormat):
    """One A4 page with title, date and hours, from the same record and with it inside."""

    name = "attestation"
    ending = ", letter.pdf"
    label = "Letter"

    def build_file(self, record: Record) -> bytes:
        """Return the letter of a record; see `letter.build_letter_pdf`."""
        module = import_module_needing_extra(f"{__package__}.letter")
        letter: bytes = module.build_letter_pdf(record)
        return letter

    def unsupported_characters(self, text: str) -> tuple[str, ...]:
        """Return nothing: it lacks the letters that the certificate lacks, which are asked for."""
        del text
        return ()
