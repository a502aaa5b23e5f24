"""Why an uploaded picture is refused, and the limits; loaded by both processes."""

import enum

OK = b"ok "
"""How the answer of the process begins when it has written the picture anew."""
MAX_UPLOAD = 10_000_000
"""Bytes: more than phones use for a photo."""
MAX_PIXELS = 50_000_000


class Refusal(enum.StrEnum):
    """Why a picture is not taken."""

    EMPTY = "empty"
    TOO_LARGE = "too-large"
    SVG = "svg"
    OTHER_FORMAT = "other-format"
    TWO_FILES = "two-files"
    ANIMATED = "animated"
    TOO_MANY_PIXELS = "too-many-pixels"
    BROKEN = "broken"
    TOO_SLOW = "too-slow"


class PictureRefusedError(Exception):
    """A picture is not taken; `reason` says why."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason)
        self.reason = reason
