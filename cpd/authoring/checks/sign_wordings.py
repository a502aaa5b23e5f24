"""Finding the signs of a list in other words: which of them a passage names.

A sign is compared by its content words, cut to their stems, so that "the face droops" is found in
"a drooping face". This is arithmetic on words and knows nothing about medicine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from cpd.authoring.files.sign_list import SignListFile

ENOUGH_SIGNS = 3
"""From how many signs of one list on a passage is that list, written out."""
_ENOUGH_OF_LIST = Fraction(1, 2)
"""What share of the list they must be, so that a long list may be referred to by examples."""
_ENOUGH_OF_SIGN = Fraction(2, 3)
"""What share of a sign's content words a clause must have to name it."""
_WORD = re.compile(r"[a-z]+")
_CLAUSE_END = re.compile(r"[;.:]+(?!\w)|[|\n]")
_ENDINGS = (
    "lessness",
    "iness",
    "ness",
    "ing",
    "less",
    "ally",
    "ily",
    "ly",
    "ed",
    "es",
    "y",
    "s",
    "e",
)
_STEM_LENGTH = 6
_IRREGULAR = {"swollen": "swel", "los": "lost", "gre": "gra", "worsen": "wors"}
"""Stems that the rules below get wrong."""
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
    return _IRREGULAR.get(word, word)[:_STEM_LENGTH]


def split_into_clauses(text: str) -> Iterator[frozenset[str]]:
    """Yield the content words of each clause of a text."""
    for clause in _CLAUSE_END.split(text):
        if stems := content_stems(clause):
            yield stems


@dataclass(frozen=True)
class SignWordings:
    """The signs of a list by their content words: each in its full and in its short wording."""

    signs: tuple[frozenset[frozenset[str]], ...]
    """For each sign, its wordings."""
    stems: frozenset[str]
    """All words of all signs, to leave out quickly what has none of them."""

    @classmethod
    def of(cls, listed: SignListFile) -> SignWordings:
        """Return the wordings of a list."""
        signs = tuple(
            frozenset(filter(None, map(content_stems, (sign.sign, sign.short_wording))))
            for sign in listed.signs
        )
        return cls(signs, frozenset().union(*(words for sign in signs for words in sign)))

    def places_named_in(self, clauses: Sequence[frozenset[str]]) -> set[int]:
        """Return the places in the list of the signs that one of the clauses names."""
        near = [clause for clause in clauses if not self.stems.isdisjoint(clause)]
        return {
            place
            for place, wordings in enumerate(self.signs)
            if any(_does_clause_name(clause, words) for clause in near for words in wordings)
        }

    def are_most(self, places: set[int]) -> bool:
        """Return whether these are so many signs that they are the list."""
        is_half = len(places) >= len(self.signs) * _ENOUGH_OF_LIST
        return is_half and len(places) >= ENOUGH_SIGNS


def _does_clause_name(clause: frozenset[str], words: frozenset[str]) -> bool:
    return len(words & clause) >= len(words) * _ENOUGH_OF_SIGN


@dataclass(frozen=True)
class Passage:
    """A paragraph, or the items of a list, in the words of a file."""

    units: tuple[str, ...]
    """The items; a paragraph is one."""
    first_line: str = ""
    """As written, to find it in the file."""

    @cached_property
    def _clauses_of_units(self) -> list[list[frozenset[str]]]:
        return [list(split_into_clauses(unit)) for unit in self.units]

    @cached_property
    def _stems(self) -> frozenset[str]:
        return frozenset().union(*(stems for unit in self._clauses_of_units for stems in unit))

    def writes_out(self, listed: SignWordings) -> bool:
        """Whether one item names most of a list, or the items together do and most are about it.

        A list of many topics may name some signs of each.
        """
        if len(self._stems & listed.stems) < ENOUGH_SIGNS:
            return False
        named = [listed.places_named_in(clauses) for clauses in self._clauses_of_units]
        if any(map(listed.are_most, named)):
            return True
        is_about_it = sum(map(bool, named)) >= len(named) * _ENOUGH_OF_LIST
        return is_about_it and listed.are_most(set().union(*named))
