"""Names and other single lines as people type them: any script, no invisible characters.

A name is printed on certificates and shown to strangers, so characters that reverse, hide or pile
up text are refused rather than silently removed, and the person is told which one it was. Joiners
are the exception in scripts that use them: a joiner that changes no letter is left out.
"""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile

from cpd.kernel.characters import JOINS_NEXT, JOINS_PREVIOUS, is_visible

LONGEST = 120
_MOST_MARKS = 4
"""Accents in a row on one letter: Vietnamese needs two, pointed Hebrew three."""
_JOINER = "\N{ZERO WIDTH JOINER}"
_JOINERS = frozenset({_JOINER, "\N{ZERO WIDTH NON-JOINER}"})
_VIRAMA = 9
"""The combining class of the marks with which Indic scripts remove the vowel of a letter."""
_SELECTORS = {chr(code): "MONGOLIAN LETTER" for code in range(0x180B, 0x1810)} | {
    chr(code): "CJK UNIFIED IDEOGRAPH" for code in range(0xE0100, 0xE01F0)
}
"""Selectors of another shape of a letter, and how the Unicode names of such letters begin."""


class LineFault(StrEnum):
    """Why a text cannot be used as a name or line."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    HIDDEN_SIGN = "hidden_sign"
    NO_LETTER = "no_letter"
    PILED_MARKS = "piled_marks"


@dataclass(frozen=True)
class CleanLine:
    """A cleaned text, and what is wrong with it, if anything."""

    text: str
    fault: LineFault | None = None
    sign: str = ""
    """The Unicode name of the invisible character that was found."""


def clean_line(typed: str, *, longest: int = LONGEST, needs_letter: bool = True) -> CleanLine:
    """Return the text in NFC with single spaces, and what is wrong with it."""
    text = _convert_to_plain_spaces(unicodedata.normalize("NFC", typed))
    hidden = ""
    if len(text) <= 2 * longest:  # a longer text is not checked character by character
        text, hidden = _drop_idle_joiners(text)
    text = " ".join(part for part in unicodedata.normalize("NFC", text).split(" ") if part)
    if not text:
        return CleanLine(text, LineFault.EMPTY)
    if len(text) > longest:
        return CleanLine(text, LineFault.TOO_LONG)
    if hidden:
        return CleanLine(text, LineFault.HIDDEN_SIGN, _describe_character(hidden))
    if needs_letter and not any(char.isalpha() for char in text):
        return CleanLine(text, LineFault.NO_LETTER)
    if _count_longest_run_of_marks(text) > _MOST_MARKS:
        return CleanLine(text, LineFault.PILED_MARKS)
    return CleanLine(text)


def _convert_to_plain_spaces(text: str) -> str:
    return "".join(" " if unicodedata.category(char) == "Zs" else char for char in text)


def _drop_idle_joiners(text: str) -> tuple[str, str]:
    """Return the text without idle joiners, and the first invisible character in it."""
    kept, hidden = "", ""
    may_drop = any(unicodedata.category(char) == "Lo" for char in text)
    for index, char in enumerate(text):
        is_needed = _affects_shaping(kept, char, text[index + 1 :])
        if char in _JOINERS and may_drop and not is_needed:
            continue
        if _is_invisible(char) and not is_needed:
            hidden = hidden or char
        kept += char
    return kept, hidden


def _is_invisible(char: str) -> bool:
    """Control, direction, empty, private, unassigned and line-breaking characters."""
    return char != " " and (not is_visible(char) or unicodedata.category(char)[0] == "C")


def _affects_shaping(before: str, char: str, after: str) -> bool:
    """Whether a character that is not drawn itself changes how its neighbors are drawn."""
    if char in _JOINERS:
        return _is_needed_joiner(before, char, after)
    if char in _SELECTORS:
        letter, _ = _split_off_last_letter(before)
        return unicodedata.name(letter, "").startswith(_SELECTORS[char])
    return False


def _is_needed_joiner(before: str, joiner: str, after: str) -> bool:
    """Whether a joiner is part of the spelling in this place: RFC 5892, A.1 and A.2.

    The zero-width joiner itself is also used before the virama in Bengali and Kannada, and after a
    letter that joins in Kurdish.
    """
    letter, marks = _split_off_last_letter(before)
    following = "".join(takewhile(_is_mark, after))
    if _has_virama(marks):
        return True
    if joiner == _JOINER:
        is_indic = _has_virama(following) and unicodedata.category(letter) == "Lo"
        return letter in JOINS_NEXT or is_indic
    return letter in JOINS_NEXT and after[len(following) :][:1] in JOINS_PREVIOUS


def _split_off_last_letter(text: str) -> tuple[str, str]:
    """Return the last letter of a text, or a space where there is none, and the marks on it."""
    marks = "".join(takewhile(_is_mark, reversed(text)))
    return text[: len(text) - len(marks)][-1:] or " ", marks


def _is_mark(char: str) -> bool:
    return unicodedata.category(char) in {"Mn", "Me"} or unicodedata.combining(char) == _VIRAMA


def _has_virama(marks: str) -> bool:
    return any(unicodedata.combining(char) == _VIRAMA for char in marks)


def _count_longest_run_of_marks(text: str) -> int:
    most = run = 0
    for char in text:
        run = run + 1 if unicodedata.category(char) in {"Mn", "Me"} else 0
        most = max(most, run)
    return most


def _describe_character(char: str) -> str:
    return unicodedata.name(char, f"U+{ord(char):04X}").lower()
