"""Codes as people type or paste them: six digits from an email or an app, and recovery codes."""

import re
import unicodedata

RECOVERY_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""32 characters that are hard to confuse; 16 of them hold 80 random bits."""
RECOVERY_GROUPS, RECOVERY_GROUP_LENGTH = 4, 4

_DIGITS = 6
_GROUP = f"[{RECOVERY_ALPHABET}]{{{RECOVERY_GROUP_LENGTH}}}"
_RECOVERY_CODE = re.compile(rf"(?:{_GROUP}){{{RECOVERY_GROUPS}}}")
_RECOVERY_CODE_IN_TEXT = re.compile(
    rf"(?<![A-Z0-9]){_GROUP}(?:[\s\-\u2010-\u2015]+{_GROUP}){{{RECOVERY_GROUPS - 1}}}(?![A-Z0-9])"
)
_SIX_DIGITS_IN_TEXT = re.compile(r"(?<!\d)\d{3}[\s\-\u2010-\u2015]?\d{3}(?!\d)")
_DIGIT_BESIDE_LETTER = re.compile(r"[A-Za-z]\d|\d[A-Za-z]")


def parse_six_digits(typed: str) -> str | None:
    """Return the six digits that a text holds, in ASCII; None if it is unclear which they are.

    The text may be a whole sentence with other numbers in it, and any script has digits.
    """
    text = _write_digits_in_ascii(unicodedata.normalize("NFKC", typed))
    if _DIGIT_BESIDE_LETTER.search(text):
        return None  # such as a part of a recovery code
    digits = _keep_digits(text)
    if len(digits) == _DIGITS:
        return digits
    found = {_keep_digits(match) for match in _SIX_DIGITS_IN_TEXT.findall(text)}
    return found.pop() if len(found) == 1 else None


def parse_app_or_recovery_code(typed: str) -> str | None:
    """Return six digits, or the 16 characters of a recovery code; None if the text is neither."""
    text = unicodedata.normalize("NFKC", typed).upper()
    squeezed = re.sub(r"[\W_]+", "", text)
    if is_recovery_code(squeezed):
        return squeezed
    found = {re.sub(r"[\W_]+", "", match) for match in _RECOVERY_CODE_IN_TEXT.findall(text)}
    return found.pop() if len(found) == 1 else parse_six_digits(text)


def is_recovery_code(code: str) -> bool:
    """Tell whether a parsed code is a recovery code rather than one from an app."""
    return _RECOVERY_CODE.fullmatch(code) is not None


def _write_digits_in_ascii(text: str) -> str:
    return "".join(
        str(unicodedata.decimal(character)) if character.isdecimal() else character
        for character in text
    )


def _keep_digits(text: str) -> str:
    return "".join(character for character in text if character.isdecimal())
