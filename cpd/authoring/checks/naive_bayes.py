"""A multinomial naive Bayes classifier in whole numbers: it guesses a label from words.

Weights are exact fractions instead of sums of logarithms, so every machine makes the same guess.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import TypeAlias

Words: TypeAlias = tuple[str, ...]


@dataclass(frozen=True)
class LabeledText:
    """The words of a text, its label, and the group of texts that resemble each other."""

    label: str
    words: Words
    group: str


@dataclass(frozen=True)
class Model:
    """How often each label and each of its words occurs in the texts that it was trained with."""

    texts: Mapping[str, int]
    """How many texts have each label."""
    words: Mapping[str, Mapping[str, int]]
    """How often each word occurs in the texts of a label."""
    known: Collection[str]
    """All these words."""

    def weigh_labels(self, words: Iterable[str]) -> dict[str, Fraction]:
        """Return a weight for each label: how well it fits the words, with one added to each count.

        Words of which the model knows nothing are left out, as they speak for no label.
        """
        known = [word for word in words if word in self.known]
        return {label: self._weigh_label(label, known) for label in sorted(self.texts)}

    def _weigh_label(self, label: str, known: Sequence[str]) -> Fraction:
        counts = self.words[label]
        size = sum(counts.values()) + len(self.known)
        matches = prod(counts.get(word, 0) + 1 for word in known)
        return Fraction(self.texts[label] * matches, size ** len(known))


def train_model(texts: Iterable[LabeledText]) -> Model:
    """Count the labels and words of texts."""
    labels = Counter[str]()
    words: dict[str, Counter[str]] = {}
    for text in texts:
        labels[text.label] += 1
        words.setdefault(text.label, Counter()).update(text.words)
    return Model(labels, words, frozenset[str]().union(*words.values()))


def models_without_each_group(texts: Sequence[LabeledText]) -> Iterator[tuple[str, Model]]:
    """Yield each group with a model that was trained with all others."""
    for group in sorted({text.group for text in texts}):
        yield group, train_model(text for text in texts if text.group != group)
