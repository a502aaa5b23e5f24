"""Names and other single lines as people write them: any script, nothing invisible.

A name is printed on certificates and shown to strangers, so signs that turn, hide or pile up text
are refused rather than silently taken out: the person sees which sign it was.
"""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

LONGEST = 120
_MOST_MARKS = 4
"""Accents in a row on one letter: Vietnamese needs two, Hebrew with points three."""
_JOINERS = "\N{ZERO WIDTH NON-JOINER}\N{ZERO WIDTH JOINER}"
_VIRAMA = 9
"""The combining class of the signs after which Indic scripts write a joiner."""


class NameFault(StrEnum):
    """Why a text cannot be kept as a name or line."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    HIDDEN_SIGN = "hidden_sign"
    NO_LETTER = "no_letter"
    PILED_MARKS = "piled_marks"


@dataclass(frozen=True)
class Name:
    """A text as it is kept, and what is wrong with it if anything."""

    text: str
    fault: NameFault | None = None
    sign: str = ""
    """The hidden sign that was found, by its Unicode name."""


def read(typed: str, *, longest: int = LONGEST, needs_letter: bool = True) -> Name:
    """Return the text in NFC with single spaces, and what is wrong with it."""
    spaced = _plain_spaces(unicodedata.normalize("NFC", typed))
    text = " ".join(part for part in spaced.split(" ") if part)
    if not text:
        return Name(text, NameFault.EMPTY)
    if len(text) > longest:
        return Name(text, NameFault.TOO_LONG)
    for index, sign in enumerate(text):
        if _is_hidden(sign) and not _joins(text, index):
            return Name(text, NameFault.HIDDEN_SIGN, _called(sign))
    if needs_letter and not any(sign.isalpha() for sign in text):
        return Name(text, NameFault.NO_LETTER)
    if _most_marks(text) > _MOST_MARKS:
        return Name(text, NameFault.PILED_MARKS)
    return Name(text)


def _plain_spaces(text: str) -> str:
    return "".join(" " if unicodedata.category(sign) == "Zs" else sign for sign in text)


def _is_hidden(sign: str) -> bool:
    """Controls, marks of direction, invisible, private, unassigned and line-breaking signs."""
    return unicodedata.category(sign)[0] == "C" or unicodedata.category(sign) in {"Zl", "Zp"}


def _joins(text: str, index: int) -> bool:
    """Persian and Indic names are spelt with joiners; elsewhere these only hide (RFC 5892, A.1)."""
    if text[index] not in _JOINERS or index in {0, len(text) - 1}:
        return False
    before = text[index - 1]
    is_arabic = unicodedata.bidirectional(before) == "AL" and text[index + 1].isalpha()
    return is_arabic or unicodedata.combining(before) == _VIRAMA


def _most_marks(text: str) -> int:
    most = run = 0
    for sign in text:
        run = run + 1 if unicodedata.category(sign) in {"Mn", "Me"} else 0
        most = max(most, run)
    return most


def _called(sign: str) -> str:
    return unicodedata.name(sign, f"U+{ord(sign):04X}").lower()
