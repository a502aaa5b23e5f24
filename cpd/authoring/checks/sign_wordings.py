"""Finding the signs of a list in other words: which of them a passage names.

A sign is compared by its content words, cut to their stems, so that "the face droops" is found in
"a drooping face". This is arithmetic on words and knows nothing about medicine.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from cpd.authoring.files.sign_list import SignListFile

ENOUGH_SIGNS = 3
"""From how many signs of one list on a passage is that list, written out."""
ENOUGH_OF_LIST = Fraction(1, 2)
"""What share of the list they must be, so that a long list may be referred to by examples."""
_ENOUGH_OF_SIGN = Fraction(2, 3)
"""What share of a sign's content words a clause must have to name it."""
_WORD = re.compile(r"[a-z]+")
_CLAUSE_END = re.compile(r"[;.:]+(?!\w)|[|\n]")
_ENDINGS = ("lessness", "ness", "ing", "less", "ally", "ily", "ly", "ed", "es", "y", "s", "e")
_STEM_LENGTH = 6
_IRREGULAR = {"swol": "swel", "los": "lost", "gre": "gray", "worsen": "worse", "hav": ""}
_WITHOUT_MEANING = """
a about above after all already also although an and another any
anyone are as at away be because been before being but by call can cannot client clients comes
could do does even feel feeling feels felt first for from get gets goes had has have if in into is
it its itself just like longer makes many more most much never new newly no nobody none not now of
off often on once one only or other out over own people person right same say
set she so some somebody someone such than that the their them then there they this those to today
too until up usual very was were what when where which who will with without words would you your
"""
_EMPTY = frozenset(_WITHOUT_MEANING.split())


def content_stems(text: str) -> frozenset[str]:
    """Return the stems of the words of a text that carry its meaning."""
    words = (word for word in _WORD.findall(text.casefold()) if word not in _EMPTY)
    return frozenset(filter(None, map(_stem, words)))


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= len("hiv"):
            word = word.removesuffix(ending)
            break
    if len(word) > len("swel") and word[-1] == word[-2]:
        word = word[:-1]
    for irregular, regular in _IRREGULAR.items():
        if word == irregular or word.startswith(irregular + "l"):
            return regular
    return word[:_STEM_LENGTH]


@dataclass(frozen=True)
class _Wordings:
    """The content words of a sign, in its full and in its short wording."""

    wordings: tuple[frozenset[str], ...]

    def is_named_in(self, clause: frozenset[str]) -> bool:
        """Whether a clause has enough words of one of the wordings."""
        return any(
            stems and Fraction(len(stems & clause), len(stems)) >= _ENOUGH_OF_SIGN
            for stems in self.wordings
        )


@lru_cache(maxsize=256)
def _wordings_of_signs(texts: tuple[tuple[str, str], ...]) -> tuple[_Wordings, ...]:
    return tuple(
        _Wordings(tuple(dict.fromkeys(content_stems(text) for text in both))) for both in texts
    )


def split_into_clauses(passage: str) -> Iterator[frozenset[str]]:
    """Yield the content words of each clause of a passage."""
    for clause in _CLAUSE_END.split(passage):
        if stems := content_stems(clause):
            yield stems


def signs_named_in(text: str, listed: SignListFile) -> set[str]:
    """Return the signs of a list that a text names, in any words, each in its short wording."""
    clauses = list(split_into_clauses(text))
    texts = tuple((sign.sign, sign.short_wording) for sign in listed.signs)
    return {
        sign.short_wording
        for sign, wordings in zip(listed.signs, _wordings_of_signs(texts), strict=True)
        if any(wordings.is_named_in(clause) for clause in clauses)
    }


@dataclass(frozen=True)
class Passage:
    """A paragraph, or the items of a list, in the words of a file."""

    units: tuple[str, ...]
    """The items; a paragraph is one."""
    first_line: str = ""
    """As written, to find it in the file."""

    def writes_out(self, listed: SignListFile) -> bool:
        """Whether one item names most of a list, or the items together do and most are about it.

        A list of many topics may name some signs of each.
        """
        named = [signs_named_in(unit, listed) for unit in self.units]
        if any(_is_list_written_out(signs, listed) for signs in named):
            return True
        about = sum(map(bool, named))
        is_about_it = Fraction(about, len(named)) >= ENOUGH_OF_LIST
        return is_about_it and _is_list_written_out(set().union(*named), listed)


def _is_list_written_out(named: set[str], listed: SignListFile) -> bool:
    return len(named) >= ENOUGH_SIGNS and Fraction(len(named), len(listed.signs)) >= ENOUGH_OF_LIST
