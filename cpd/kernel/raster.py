"""Photos and other pictures made of pixels: WebP files that hold only the picture.

A file is named after its size and the SHA-256 of its content, such as `640x480-9f86...`. So a text
that names a picture always shows the same one, and pages know its size without reading it.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator

TYPE = "image/webp"
NAME = re.compile(r"([1-9][0-9]{0,3})x([1-9][0-9]{0,3})-([0-9a-f]{64})")
"""The width, the height and the SHA-256 of a picture."""
FILE = re.compile(rf"media/({NAME.pattern})\.webp")
"""Where a picture is in the folder of a course."""
MENTION = re.compile(rf"\bmedia:({NAME.pattern})\b")
ADDRESS = re.compile(rf"/media/({NAME.pattern})\.webp")
"""Where pages find a picture."""
MAX_BYTES = 1_000_000
"""The largest file of a course's picture, as it is sent to readers."""
MAX_SIDE = 1280
"""The longest side in pixels: more than a page shows on a wide screen."""
DECORATIVE = "decorative"
"""What stands in the place of a description if a picture says nothing."""
_HEAD = 12
_CHUNK_HEAD = 8
_FORMS = (["VP8 "], ["VP8L"], ["VP8X", "ALPH", "VP8 "])
"""The chunks of a picture that has no metadata and does not move."""
_HAS_ALPHA = b"\x10"
_LOSSLESS_MARK = b"\x2f"
_START_CODE = b"\x9d\x01\x2a"


class NotPlainWebpError(ValueError):
    """The bytes are not a WebP file that holds one picture and nothing else."""


def build_picture_name(content: bytes) -> str:
    """Return the name of a picture; raises NotPlainWebpError."""
    width, height = parse_picture_size(content)
    return f"{width}x{height}-{hashlib.sha256(content).hexdigest()}"


def parse_picture_size(content: bytes) -> tuple[int, int]:
    """Return the width and height of a picture; raises NotPlainWebpError."""
    is_webp = content[:4] == b"RIFF" and content[8:_HEAD] == b"WEBP"
    if not is_webp or int.from_bytes(content[4:8], "little") + _CHUNK_HEAD != len(content):
        raise NotPlainWebpError
    chunks = list(_iterate_chunks(content))
    if [name for name, _ in chunks] not in _FORMS:
        raise NotPlainWebpError
    name, data = chunks[0]
    width, height = _parse_size_of_chunk(name, data)
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
        raise NotPlainWebpError
    return width, height


def _iterate_chunks(content: bytes) -> Iterator[tuple[str, bytes]]:
    place = _HEAD
    while place < len(content):
        size = int.from_bytes(content[place + 4 : place + _CHUNK_HEAD], "little")
        end = place + _CHUNK_HEAD + size
        if end + size % 2 > len(content):
            raise NotPlainWebpError
        yield content[place : place + 4].decode("latin-1"), content[place + _CHUNK_HEAD : end]
        place = end + size % 2


def _parse_size_of_chunk(name: str, data: bytes) -> tuple[int, int]:
    if name == "VP8X" and data[:1] == _HAS_ALPHA:
        return _read_number(data[4:7]) + 1, _read_number(data[7:10]) + 1
    if name == "VP8L" and data[:1] == _LOSSLESS_MARK:
        bits = _read_number(data[1:5])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if name == "VP8 " and data[3:6] == _START_CODE:
        return _read_number(data[6:8]) & 0x3FFF, _read_number(data[8:10]) & 0x3FFF
    raise NotPlainWebpError


def _read_number(data: bytes) -> int:
    return int.from_bytes(data, "little")


def describe_file_problem(name: str, content: bytes) -> tuple[str, str] | None:
    """Return what is wrong with a picture in a course, and the remedy; None if it may be shown."""
    remedy = "Add the picture with 'cpd content picture', which writes the file as it must be."
    if len(content) > MAX_BYTES:
        return f"The picture has {len(content):,} bytes; {MAX_BYTES:,} are allowed.", remedy
    try:
        built = build_picture_name(content)
    except NotPlainWebpError:
        return "This is not a WebP file with one picture and nothing else in it.", remedy
    if built != name:
        return "The file's name does not fit its content.", remedy
    return None


def format_reference(name: str, description: str) -> str:
    """Return the Markdown that shows a picture; it belongs on a line of its own."""
    said = re.sub(r"([\\\[\]])", r"\\\1", " ".join(description.split())) or DECORATIVE
    return f"![{said}](media:{name})"


def find_mentioned_names(texts: Iterable[str]) -> set[str]:
    """Return the names of all pictures that texts show."""
    return {found[1] for text in texts for found in MENTION.finditer(text)}
