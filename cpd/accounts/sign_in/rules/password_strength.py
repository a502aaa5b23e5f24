"""Which passwords are too easily guessed; no rule about which characters they are made of.

Length comes first (NIST SP 800-63B-4: 15 characters if a password is the only factor, any
characters, no forced change). Long passwords that are still easy to guess are made of common words,
runs and repetition. So each of these counts as one character, and enough others must be left.
"""

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

SHORTEST = 15
LONGEST = 256
_FEWEST_LEFT = 6
"""Characters that must be left when words, runs and repetition count as one each."""
_SHORTEST_WORD = 3
"""Shorter parts of a name or address are too common to be taken out."""
_SHORTEST_RUN = 3
"""This many neighboring keys or letters make a run."""

_LOOKALIKES = str.maketrans("0134578@$!|€", "oleastbasiie")

_RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "zyxwvutsrqponmlkjihgfedcba",
    "01234567890",
    "09876543210",
    "qwertyuiop",
    "poiuytrewq",
    "asdfghjkl",
    "lkjhgfdsa",
    "zxcvbnm",
    "mnbvcxz",
    "qwertzuiop",
    "yxcvbnm",
    "azertyuiop",
    "qsdfghjklm",
    "wxcvbn",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "qazwsxedcrfvtgbyhnujmikolp",
    "1q2w3e4r5t6y7u8i9o0p",
    "!@#$%^&*()",
)

_COMMON = frozenset(Path(__file__).with_name("common_passwords.txt").read_text().split())
"""Words and phrases that are frequent in lists of stolen passwords; our own collection."""


class PasswordFault(StrEnum):
    """Why a password is refused."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    EASILY_GUESSED = "easily_guessed"


def password_fault(password: str, *, about: Iterable[str] = ()) -> PasswordFault | None:
    """Return why a password is refused, or None; `about` names the person, address and site."""
    if len(password) < SHORTEST:
        return PasswordFault.TOO_SHORT
    if len(password) > LONGEST:
        return PasswordFault.TOO_LONG
    if _unguessable_character_count(password, about) < _FEWEST_LEFT:
        return PasswordFault.EASILY_GUESSED
    return None


def _unguessable_character_count(password: str, about: Iterable[str]) -> int:
    """Count the characters that someone who guesses has to find."""
    unrepeated = _shortest_repeated_part(password.casefold())
    words = _COMMON | {part for text in about for part in _split_into_words(text)}
    return min(
        len(_shorten_runs(_replace_known_words(form, words)))
        for form in (unrepeated, unrepeated.translate(_LOOKALIKES))
    )


def _split_into_words(text: str) -> set[str]:
    """Return the words of a name or address, and all of them written as one."""
    spaced = "".join(character if character.isalnum() else " " for character in text.casefold())
    parts = {*spaced.split(), "".join(spaced.split())}
    return {part for part in parts if len(part) >= _SHORTEST_WORD}


def _shortest_repeated_part(text: str) -> str:
    """Return the shortest part of which the text is a repetition (abcabcab gives abc)."""
    for length in range(1, len(text) // 2 + 1):
        if (text[:length] * (len(text) // length + 1))[: len(text)] == text:
            return text[:length]
    return text


def _replace_known_words(text: str, words: Iterable[str]) -> str:
    """Return the letters and digits, with each known word as one character of private use."""
    joined = "".join(
        character for character in text if character.isalnum() or character in _RUNS[-1]
    )
    for number, word in enumerate(sorted(words, key=lambda word: (-len(word), word))):
        joined = joined.replace(word, chr(0xE000 + number))
    return joined


def _shorten_runs(text: str) -> str:
    """Return the text with each run and each repeated character shortened to its first."""
    kept: list[str] = []
    index = 0
    while index < len(text):
        kept.append(text[index])
        index += _run_length_from(text, index)
    return "".join(kept)


def _run_length_from(text: str, start: int) -> int:
    """Return the length of the run that starts here; 1 if there is none."""
    longest = 1
    while start + longest < len(text) and text[start + longest] == text[start]:
        longest += 1
    for row in _RUNS:
        length = 1
        while start + length < len(text) and text[start : start + length + 1] in row:
            length += 1
        if length >= _SHORTEST_RUN:
            longest = max(longest, length)
    return longest
