"""The signed record inside a picture: a text chunk after its header (PNG, 11.3.4.5 iTXt)."""

import struct
import zlib
from collections.abc import Iterator

from cpd.certificates.rules.record import RECORD_FILE_NAME, Record, RecordFaultError

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_FRAME = 12
"""The bytes of a chunk besides its data: length, type and checksum."""
_END_OF_HEADER = len(SIGNATURE) + _FRAME + 13
_TEXT = b"iTXt"
_BEFORE_RECORD = RECORD_FILE_NAME.encode() + b"\0\0\0\0\0"
"""The keyword, that the text is not compressed, and no language."""


def insert_record(picture: bytes, record: Record) -> bytes:
    """Return a picture with the record in it."""
    body = _TEXT + _BEFORE_RECORD + record.to_json().encode()
    chunk = struct.pack(">I", len(body) - len(_TEXT)) + body + struct.pack(">I", zlib.crc32(body))
    return picture[:_END_OF_HEADER] + chunk + picture[_END_OF_HEADER:]


def parse_record(picture: bytes) -> Record:
    """Return the record in a picture; raises RecordFaultError."""
    texts = [data for kind, data in _parse_chunks(picture) if kind == _TEXT]
    records = [text for text in texts if text.startswith(_BEFORE_RECORD)]
    if len(records) != 1:
        raise RecordFaultError("The file does not carry exactly one signed record.")
    return Record.from_json(records[0].removeprefix(_BEFORE_RECORD))


def _parse_chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at + _FRAME <= len(picture):
        (length,) = struct.unpack_from(">I", picture, at)
        yield picture[at + 4 : at + 8], picture[at + 8 : at + 8 + length]
        at += _FRAME + length
