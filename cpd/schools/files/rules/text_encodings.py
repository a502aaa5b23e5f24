"""From the bytes of a text file to its text and back, byte for byte."""

import codecs
import re
from dataclasses import dataclass

from cpd.schools.files.rules.file_faults import FileFault, FileRefusedError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UTF_32 = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
_SAMPLE = 4096
_LETTER_IN_UTF_8 = re.compile(rb"[\xc3-\xf4][\x80-\xbf]{1,3}")


@dataclass(frozen=True)
class DecodedText:
    """The text of a file, and what is needed to write it as it was."""

    text: str
    encoding: str
    mark: bytes = b""
    """The byte order mark at the start of the file."""

    def encode(self, text: str) -> bytes:
        """Return the bytes of another text for the same file; raises UnicodeEncodeError."""
        return self.mark + text.encode(self.encoding)


def decode_text(contents: bytes) -> DecodedText:
    """Return the text of a file in UTF-8, UTF-16 or Windows-1252; raises FileRefusedError."""
    if contents.startswith(_UTF_32):
        raise FileRefusedError(FileFault.UNKNOWN_ENCODING)
    decoded = _decode_marked(contents) or _decode_unmarked(contents)
    if "\0" in decoded.text:
        raise FileRefusedError(FileFault.NO_TEXT)
    return decoded


def _decode_marked(contents: bytes) -> DecodedText | None:
    for mark, encoding in _MARKS:
        if contents.startswith(mark):
            return _decode_as(encoding, contents, mark)
    return None


def _decode_unmarked(contents: bytes) -> DecodedText:
    if b"\0" in contents:
        return _decode_as(_guess_utf_16(contents), contents)
    try:
        return DecodedText(contents.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        _refuse_mixed_encodings(contents, error.start)
    return _decode_as("cp1252", contents)


def _decode_as(encoding: str, contents: bytes, mark: bytes = b"") -> DecodedText:
    try:
        return DecodedText(contents[len(mark) :].decode(encoding), encoding, mark)
    except UnicodeDecodeError as error:
        raise FileRefusedError(FileFault.UNKNOWN_ENCODING) from error


def _guess_utf_16(contents: bytes) -> str:
    """Return which UTF-16 it is: in Western text, every second byte is zero."""
    sample = contents[:_SAMPLE]
    low, high = sample[1::2].count(0), sample[0::2].count(0)
    if max(low, high) * 4 < len(sample):
        raise FileRefusedError(FileFault.NO_TEXT)
    return "utf-16-le" if low > high else "utf-16-be"


def _refuse_mixed_encodings(contents: bytes, first_fault: int) -> None:
    """Refuse a file of which only some letters are in UTF-8: half its names would be wrong."""
    for match in _LETTER_IN_UTF_8.finditer(contents):
        try:
            match[0].decode("utf-8")
        except UnicodeDecodeError:
            continue
        line = len(re.findall(rb"\r\n|\r|\n", contents[:first_fault])) + 1
        raise FileRefusedError(FileFault.MIXED_ENCODINGS, line=line)
