"""Reading a certificate's file back: the signed record that it carries.

The words of the page are not read: programs that read pages do not agree on them, so that a genuine
page would be accused of what only its reader did. What a page is worth, its bytes alone can say.
"""

import io

from cpd.certificates.formats import pdf
from cpd.certificates.rules.record import Record, RecordFaultError

SIZE_CAP = 2 * 1024 * 1024
"""Bytes of a file that is looked at; ours have some 50,000."""


def read(content: bytes) -> Record:
    """Return the record that a PDF carries, or that a bare record file is.

    Raises RecordFaultError with a sentence, and pdf.PdfExtraMissingError.
    """
    if len(content) > SIZE_CAP:
        raise RecordFaultError("The file is larger than any certificate.")
    return _read_pdf(content) if is_pdf(content) else Record.from_json(content)


def is_pdf(content: bytes) -> bool:
    """Tell whether a file says that it is a PDF, and so has a page."""
    return content.lstrip().startswith(b"%PDF-")


def _read_pdf(content: bytes) -> Record:
    try:
        from pypdf import PdfReader  # noqa: PLC0415 - an extra
    except ImportError:
        raise pdf.PdfExtraMissingError from None
    try:
        attached = PdfReader(io.BytesIO(content)).attachments
        records = [one for name in attached for one in attached[name]]
        named = pdf.RECORD_NAME in attached
    except Exception:  # noqa: BLE001 - a hostile file can make the reader fail in any way
        raise RecordFaultError("The file is damaged: it cannot be read as a PDF.") from None
    if not named or len(records) != 1:
        raise RecordFaultError("The file does not carry exactly one signed record.")
    return Record.from_json(records[0])
