"""The protocol of the renderer process: frames of a four-byte length, then UTF-8.

Kept apart from the renderer, so that its clients need not load its libraries.
"""

from typing import BinaryIO

HEAD_BYTES = 4


def write_frame(stream: BinaryIO, payload: bytes) -> None:
    """Write one frame and flush it."""
    stream.write(len(payload).to_bytes(HEAD_BYTES, "big") + payload)
    stream.flush()


def read_frame(stream: BinaryIO) -> bytes | None:
    """Read one frame, or None when the other side has closed."""
    head = stream.read(HEAD_BYTES)
    return stream.read(int.from_bytes(head, "big")) if len(head) == HEAD_BYTES else None
