"""Names and other single lines as people write them: any script, nothing that cannot be seen.

A name is printed on certificates and shown to strangers, so signs that turn, hide or pile up text
are refused rather than silently taken out: the person sees which sign it was. The one exception
are joiners in scripts that are spelt with them: where one changes no letter it is left out.
"""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from itertools import takewhile

from cpd.kernel.characters import JOINS_NEXT, JOINS_PREVIOUS, is_visible

LONGEST = 120
_MOST_MARKS = 4
"""Accents in a row on one letter: Vietnamese needs two, Hebrew with points three."""
_JOINER = "\N{ZERO WIDTH JOINER}"
_JOINERS = frozenset({_JOINER, "\N{ZERO WIDTH NON-JOINER}"})
_VIRAMA = 9
"""The combining class of the signs with which Indic scripts take the vowel from a letter."""
_SELECTORS = {chr(code): "MONGOLIAN LETTER" for code in range(0x180B, 0x1810)} | {
    chr(code): "CJK UNIFIED IDEOGRAPH" for code in range(0xE0100, 0xE01F0)
}
"""Signs that choose another shape of a letter, and what the Unicode name of that begins with."""


class LineFault(StrEnum):
    """Why a text cannot be kept as a name or line."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    HIDDEN_SIGN = "hidden_sign"
    NO_LETTER = "no_letter"
    PILED_MARKS = "piled_marks"


@dataclass(frozen=True)
class CleanLine:
    """A text as it is kept, and what is wrong with it if anything."""

    text: str
    fault: LineFault | None = None
    sign: str = ""
    """The hidden sign that was found, by its Unicode name."""


def clean(typed: str, *, longest: int = LONGEST, needs_letter: bool = True) -> CleanLine:
    """Return the text in NFC with single spaces, and what is wrong with it."""
    text = _plain_spaces(unicodedata.normalize("NFC", typed))
    hidden = ""
    if len(text) <= 2 * longest:  # what is longer is not looked at sign by sign
        text, hidden = _without_idle_joiners(text)
    text = " ".join(part for part in unicodedata.normalize("NFC", text).split(" ") if part)
    if not text:
        return CleanLine(text, LineFault.EMPTY)
    if len(text) > longest:
        return CleanLine(text, LineFault.TOO_LONG)
    if hidden:
        return CleanLine(text, LineFault.HIDDEN_SIGN, _unicode_name(hidden))
    if needs_letter and not any(sign.isalpha() for sign in text):
        return CleanLine(text, LineFault.NO_LETTER)
    if _most_marks(text) > _MOST_MARKS:
        return CleanLine(text, LineFault.PILED_MARKS)
    return CleanLine(text)


def _plain_spaces(text: str) -> str:
    return "".join(" " if unicodedata.category(sign) == "Zs" else sign for sign in text)


def _without_idle_joiners(text: str) -> tuple[str, str]:
    """Return the text without idle joiners, and the first sign in it that hides."""
    kept, hidden = "", ""
    may_drop = any(unicodedata.category(sign) == "Lo" for sign in text)
    for index, sign in enumerate(text):
        is_needed = _affects_shaping(kept, sign, text[index + 1 :])
        if sign in _JOINERS and may_drop and not is_needed:
            continue
        if _is_invisible(sign) and not is_needed:
            hidden = hidden or sign
        kept += sign
    return kept, hidden


def _is_invisible(sign: str) -> bool:
    """Controls, marks of direction, empty, private, unassigned and line-breaking signs."""
    return sign != " " and (not is_visible(sign) or unicodedata.category(sign)[0] == "C")


def _affects_shaping(before: str, sign: str, after: str) -> bool:
    """Whether a sign that is itself not drawn changes how its neighbours are drawn."""
    if sign in _JOINERS:
        return _is_needed_joiner(before, sign, after)
    if sign in _SELECTORS:
        letter, _ = _last_letter(before)
        return unicodedata.name(letter, "").startswith(_SELECTORS[sign])
    return False


def _is_needed_joiner(before: str, joiner: str, after: str) -> bool:
    """Whether a joiner stands where scripts are spelt with it: RFC 5892, A.1 and A.2.

    The joiner proper also stands before the virama in Bengali and Kannada, and after a letter that
    joins in Kurdish.
    """
    letter, marks = _last_letter(before)
    following = "".join(takewhile(_is_mark, after))
    if _takes_vowel(marks):
        return True
    if joiner == _JOINER:
        is_indic = _takes_vowel(following) and unicodedata.category(letter) == "Lo"
        return letter in JOINS_NEXT or is_indic
    return letter in JOINS_NEXT and after[len(following) :][:1] in JOINS_PREVIOUS


def _last_letter(text: str) -> tuple[str, str]:
    """Return the last letter of a text, or a space where there is none, and the marks on it."""
    marks = "".join(takewhile(_is_mark, reversed(text)))
    return text[: len(text) - len(marks)][-1:] or " ", marks


def _is_mark(sign: str) -> bool:
    return unicodedata.category(sign) in {"Mn", "Me"} or unicodedata.combining(sign) == _VIRAMA


def _takes_vowel(marks: str) -> bool:
    return any(unicodedata.combining(sign) == _VIRAMA for sign in marks)


def _most_marks(text: str) -> int:
    most = run = 0
    for sign in text:
        run = run + 1 if unicodedata.category(sign) in {"Mn", "Me"} else 0
        most = max(most, run)
    return most


def _unicode_name(sign: str) -> str:
    return unicodedata.name(sign, f"U+{ord(sign):04X}").lower()
