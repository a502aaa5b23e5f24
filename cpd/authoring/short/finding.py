"""Finding a card, a passage or a source of a course by words."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from cpd.authoring.files.bundle import Bundle
from cpd.authoring.files.hazard import HazardFile
from cpd.authoring.files.reference import ReferenceFile

MOST_FOUND = 6
_WORD = re.compile(r"[^\W_]{2,}")
_SHORT_WORDS = "the and for with her his has had not was are one who she they you"
_EMPTY = frozenset(_SHORT_WORDS.split())
_T = TypeVar("_T")


def find_cards(course: Bundle, words: str) -> Sequence[HazardFile]:
    """Return the cards with most of these words, those that have them in their title first."""
    cards = [part.file for part in course.hazards]
    return _find_best(cards, words, lambda card: (card.title, _text_of_card(card)))


def find_sources(course: Bundle, words: str) -> Sequence[ReferenceFile]:
    """Return the references with most of these words: author, title, year, journal."""
    sources = [part.file for part in course.references]
    return _find_best(sources, words, lambda source: (source.title, _text_of_source(source)))


def list_passages(course: Bundle) -> list[tuple[str, str]]:
    """Return the passages that a course has, each with its section and heading in words."""
    return [
        (f"{part.name}#{heading.anchor}", f"{part.file.title}: {heading.text}")
        for part in course.sections
        for heading in part.body.headings
    ]


def find_passage(course: Bundle, words: str) -> str:
    """Return the passage whose heading has most of these words, else the first of the course."""
    passages = list_passages(course)
    best = _find_best(passages, words, lambda passage: (passage[1], ""))
    return (best or passages)[0][0]


def _text_of_card(card: HazardFile) -> str:
    signs = " ".join(sign for signs in card.signs.values() for sign in signs)
    return f"{signs} {card.rule} {card.tell}"


def _text_of_source(source: ReferenceFile) -> str:
    return f"{source.id} {source.authors} {source.year} {source.source} {source.note}"


def _find_best(
    items: Iterable[_T], words: str, texts: Callable[[_T], tuple[str, str]]
) -> Sequence[_T]:
    """Return the items with most of the words; a word in the title counts twice."""
    wanted = {word.casefold() for word in _WORD.findall(words)} - _EMPTY
    counted = [(_count_words(wanted, *texts(item)), item) for item in items]
    best = max((count for count, _ in counted), default=0)
    found = [(count, item) for count, item in counted if count and count * 2 >= best]
    return [item for _, item in sorted(found, key=lambda pair: -pair[0])][:MOST_FOUND]


def _count_words(wanted: Iterable[str], title: str, text: str) -> int:
    title, text = title.casefold(), text.casefold()
    return sum(2 * (word in title) or (word in text) for word in wanted)
