"""Certificate codes: 130 random bits as letters and digits, with checks that locate a typo.

A code has 26 random characters of Crockford's base 32 (https://www.crockford.com/base32.html) in
groups of 5-5-5-5-5-1, and five check characters, one for each full group, at the end of the last.
A check character is a sum over GF(32): every character of the group, and the 26th, times its own
weight. Because no weight is zero and no two are equal, one wrong character in a group, or two
swapped neighbors, always changes the sum of that group and of no other. The 26th is part of all
sums.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS = 5
"""Full groups, of five characters each; a last group follows them."""
SIZE = 5
RANDOM = GROUPS * SIZE + 1
BITS = RANDOM * 5
LENGTH = RANDOM + GROUPS
LAST_GROUP = GROUPS
"""The index of the last group: the 26th character and the five check characters."""

_PRINTED_IN_TEXT = re.compile(
    r"(?<![0-9A-Z])[0-9A-Z]{5}(?:[-\u2010-\u2015][0-9A-Z]{5}){4}[-\u2010-\u2015][0-9A-Z]{6}(?![0-9A-Z])"
)
"""A code with its hyphens, in the middle of a sentence."""
_LOOKS_LIKE = str.maketrans("OIL", "011")
_WEIGHTS = (1, 2, 4, 8, 16, 5)
"""Powers 0 to 5 of the element x of GF(32) modulo x^5 + x^2 + 1."""
_REDUCTION = 0b100101
_TOP_BIT = 0b100000


class FaultKind(StrEnum):
    """What is wrong with a code as it was typed."""

    EMPTY = "empty"
    CHARACTER = "character"
    """A character that no code has."""
    GROUP_LENGTH = "group_length"
    LENGTH = "length"
    CHECK = "check"
    """The groups named do not fit their check characters."""


@dataclass(frozen=True)
class CodeFault:
    """What is wrong with a code, and where to look."""

    kind: FaultKind
    groups: tuple[int, ...] = ()
    """Groups to look at, from 0; `LAST_GROUP` is the last."""
    typed: tuple[str, ...] = ()
    """Those groups as typed, or the character that no code has."""
    count: int = 0
    """How many characters there are, if that is the fault."""


def build_code_from_random_text(random_text: str) -> str:
    """Return the code for 26 random characters: normalized, 31 characters without hyphens.

    Raises ValueError when the text is not 26 characters of the alphabet, in either case.
    """
    random_text = random_text.upper()
    if len(random_text) != RANDOM or set(random_text) - set(ALPHABET):
        raise ValueError(f"a code is made from {RANDOM} characters of base 32")
    return random_text + _compute_check_characters(random_text)


def format_code(code: str) -> str:
    """Return a normalized code as it is printed: in groups, upper case."""
    return "-".join(_split_code_into_groups(code))


def parse_code(text: str) -> str | CodeFault:
    """Read a code as a person typed or pasted it; its page's URL or a sentence works too.

    Case, spaces and hyphens do not matter, O is read as 0, and I and L as 1.
    """
    text = unicodedata.normalize("NFKC", text).strip().upper()
    printed = set(_PRINTED_IN_TEXT.findall(text))
    text = printed.pop() if len(printed) == 1 else text.rstrip("/").rsplit("/", 1)[-1]
    pieces = [piece for piece in re.split(r"[\W_]+", text) if piece]
    typed = "".join(pieces)
    code = typed.translate(_LOOKS_LIKE)
    if not code:
        return CodeFault(FaultKind.EMPTY)
    for place, character in enumerate(code):
        if character not in ALPHABET:
            group = min(place // SIZE, LAST_GROUP)
            return CodeFault(FaultKind.CHARACTER, (group,), (typed[place],))
    if len(code) != LENGTH:
        return _length_fault(pieces, len(code))
    return _check_characters_fault(code, typed) or code


def _length_fault(pieces: list[str], count: int) -> CodeFault:
    sizes = [SIZE] * GROUPS + [LENGTH - GROUPS * SIZE]
    if len(pieces) == len(sizes):
        wrong = [i for i, piece in enumerate(pieces) if len(piece) != sizes[i]]
        looks = tuple(pieces[i] for i in wrong)
        return CodeFault(FaultKind.GROUP_LENGTH, tuple(wrong), looks, count)
    return CodeFault(FaultKind.LENGTH, count=count)


def _check_characters_fault(code: str, typed: str) -> CodeFault | None:
    found, expected = code[RANDOM:], _compute_check_characters(code[:RANDOM])
    wrong = [i for i in range(GROUPS) if found[i] != expected[i]]
    if not wrong:
        return None
    if _are_swapped_neighbors(wrong, found, expected) or len(wrong) == GROUPS:
        wrong = [LAST_GROUP]
    shown = _split_code_into_groups(typed)
    return CodeFault(FaultKind.CHECK, tuple(wrong), tuple(shown[i] for i in wrong))


def _are_swapped_neighbors(wrong: list[int], found: str, expected: str) -> bool:
    """Tell whether two check characters were swapped, so that both groups look wrong."""
    match wrong:
        case [first, second] if second == first + 1:
            return found[first] == expected[second] and found[second] == expected[first]
        case _:
            return False


def _split_code_into_groups(code: str) -> list[str]:
    return [code[i * SIZE : (i + 1) * SIZE] for i in range(GROUPS)] + [code[GROUPS * SIZE :]]


def _compute_check_characters(random_text: str) -> str:
    *groups, last = _split_code_into_groups(random_text)
    return "".join(ALPHABET[_compute_check_sum(group + last)] for group in groups)


def _compute_check_sum(characters: str) -> int:
    total = 0
    for character, weight in zip(characters, _WEIGHTS, strict=True):
        total ^= _multiply_in_gf32(ALPHABET.index(character), weight)
    return total


def _multiply_in_gf32(a: int, b: int) -> int:
    """Multiply in GF(32)."""
    product = 0
    while b:
        if b & 1:
            product ^= a
        a <<= 1
        if a & _TOP_BIT:
            a ^= _REDUCTION
        b >>= 1
    return product
