"""Codes to join with: eight letters and digits that are hard to confuse."""

import re
import secrets
import unicodedata

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""32 characters, so that eight of them hold 40 random bits."""
_LENGTH = 8
_HALF = 4
MOST_DAYS = 366
MOST_SEATS = 5000
USUAL_DAYS = 30
USUAL_SEATS = 25
_CODE = re.compile(rf"[{ALPHABET}]{{{_LENGTH}}}")


def make_join_code() -> str:
    """Return a random code."""
    return "".join(secrets.choice(ALPHABET) for _ in range(_LENGTH))


def format_join_code(code: str) -> str:
    """Return a code in two groups, as people read it out."""
    return f"{code[:_HALF]}-{code[_HALF:]}"


def parse_join_code(typed: str) -> str | None:
    """Return the code that a text is, however it is grouped; None if it is none."""
    text = unicodedata.normalize("NFKC", typed).upper()
    squeezed = re.sub(r"[\W_]+", "", text)
    return squeezed if _CODE.fullmatch(squeezed) else None
