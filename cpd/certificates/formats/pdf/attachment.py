"""Reading the signed record back out of a PDF. Needs the `pdf` extra."""

import io

from pypdf import PdfReader

from cpd.certificates.rules.record import RECORD_FILE_NAME, Record, RecordFaultError


def parse_attached_record(content: bytes) -> Record:
    """Return the record attached to a PDF; raises RecordFaultError."""
    try:
        attached = PdfReader(io.BytesIO(content)).attachments
        records = [record for name in attached for record in attached[name]]
        is_named = RECORD_FILE_NAME in attached
    except Exception as fault:  # a hostile file can make the reader fail in any way
        raise RecordFaultError("The file is damaged: it cannot be read as a PDF.") from fault
    if not is_named or len(records) != 1:
        raise RecordFaultError("The file does not carry exactly one signed record.")
    return Record.from_json(records[0])
