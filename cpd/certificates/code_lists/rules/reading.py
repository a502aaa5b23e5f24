"""Finding the codes in a list that somebody pasted or saved from a spreadsheet."""

import re
from enum import StrEnum

MAX_CODES = 50
MAX_BYTES = 100_000
_MAX_ECHO = 80
"""How much of a line that is no code is shown again."""
_CELLS = re.compile(r"[,;\t]")
_SIGNS = re.compile(r"[\s\-\u2010-\u2015]")
_LIKE_A_CODE = range(26, 37)
"""How many letters and digits a code may have that was copied with a slip."""


class ListFault(StrEnum):
    """Why no list could be read."""

    EMPTY = "empty"
    NOT_TEXT = "not_text"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"


def parse_listed_codes(content: bytes) -> list[str] | ListFault:
    """Return the codes in a list as they were typed, one for each line, in its order.

    Of a line with several cells, the one that looks like a code is taken, and of the address of a
    certificate its last part. A line with titles at the top is left out.
    """
    if len(content) > MAX_BYTES:
        return ListFault.TOO_LARGE
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "" if b"\0" in content else content.decode("latin-1")
    if content and (not text or "\0" in text):
        return ListFault.NOT_TEXT
    lines = [line for line in text.splitlines() if line.strip(" \t,;\"'")]
    found = [code for place, line in enumerate(lines) if (code := _find_code(line, place))]
    if not found:
        return ListFault.EMPTY
    return ListFault.TOO_MANY if len(found) > MAX_CODES else found


def _find_code(line: str, place: int) -> str:
    """Return the code in a line, the line itself if it has none, or nothing for titles."""
    cells = [_read_cell(cell) for cell in _CELLS.split(line)]
    code = next((cell for cell in cells if len(_SIGNS.sub("", cell)) in _LIKE_A_CODE), "")
    if code:
        return code
    is_title = place == 0 and not re.search(r"\d", line)
    return "" if is_title else line.strip()[:_MAX_ECHO]


def _read_cell(cell: str) -> str:
    return cell.strip(" \"'").rstrip("/").rpartition("/")[2]
