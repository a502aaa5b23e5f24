"""What a board shows of a safety topic in a class: how many met it, and how many need practice.

Only first choices count. Somebody needs practice on a topic whose first choice could have done
serious harm.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from fractions import Fraction

FEWEST_WITHOUT_NAMES = 5
"""Among fewer people, a figure says what each of them did."""

_LEVELS = (Fraction(0), Fraction(6, 100), Fraction(12, 100), Fraction(20, 100))
"""A share up to each of these is shown in a stronger color than one up to the last."""


class TopicState(IntEnum):
    """What a learner's first choices on a topic were, the worst last."""

    NOT_MET = 0
    WELL = 1
    """None of them could have done serious harm."""
    HARMFUL = 2
    HARMFUL_UNREAD = 3
    """One of them could have, before the learner had finished the section that explains it."""


@dataclass(frozen=True, slots=True)
class LearnerTopics:
    """What one learner of a class chose first, by topic."""

    membership_id: int
    states: Mapping[str, TopicState]
    """Topics that the learner has not met are absent."""
    is_named: bool = True
    """Whether the school may see it with the learner's name."""


def merge_states(learners: Iterable[LearnerTopics]) -> Mapping[int, Mapping[str, TopicState]]:
    """Return the worst state of each learner by topic, by the id of the membership."""
    merged: dict[int, dict[str, TopicState]] = {}
    for learner in learners:
        own = merged.setdefault(learner.membership_id, {})
        for topic, state in learner.states.items():
            own[topic] = max(state, own.get(topic, state))
    return merged


@dataclass(frozen=True, slots=True)
class TopicCount:
    """How many people in a class met a topic, and how many of them need practice on it."""

    met: int
    harmful: int
    unread: int = 0
    """Of those who need practice: who had not finished the section that explains it."""
    unnamed: int = 0
    """Of those who met it: whose names the school may not see beside it."""

    def __add__(self, other: TopicCount) -> TopicCount:
        """Return the counts of two classes together."""
        return TopicCount(
            self.met + other.met,
            self.harmful + other.harmful,
            self.unread + other.unread,
            self.unnamed + other.unnamed,
        )


def count_topics(learners: Sequence[LearnerTopics]) -> Mapping[str, TopicCount]:
    """Return how many people of one class met each topic; each person counts once."""
    unnamed: dict[str, set[int]] = {}
    for learner in learners:
        if not learner.is_named:
            for topic in learner.states:
                unnamed.setdefault(topic, set()).add(learner.membership_id)
    states: dict[str, list[TopicState]] = {}
    for own in merge_states(learners).values():
        for topic, state in own.items():
            states.setdefault(topic, []).append(state)
    return {
        topic: TopicCount(
            met=len(of),
            harmful=sum(state >= TopicState.HARMFUL for state in of),
            unread=of.count(TopicState.HARMFUL_UNREAD),
            unnamed=len(unnamed.get(topic, ())),
        )
        for topic, of in states.items()
    }


@dataclass(frozen=True, slots=True)
class TopicCell:
    """A cell of the matrix; nobody has met the topic without a count."""

    count: TopicCount | None
    is_hidden: bool = False
    """Whether too few people met the topic to show a figure without names."""

    @property
    def level(self) -> int:
        """Return how strong the color is, from 0 to 4, by the share of people."""
        if self.count is None:
            return 0
        share = Fraction(self.count.harmful, self.count.met)
        return sum(share > step for step in _LEVELS)


def build_cell(count: TopicCount | None) -> TopicCell:
    """Return the cell of a class, without its figure if few people in it are seen without names.

    Those who are seen with names as well do not hide the others, because their part is known.
    """
    if count is not None and 0 < count.unnamed < FEWEST_WITHOUT_NAMES:
        return TopicCell(None, is_hidden=True)
    return TopicCell(count)


def add_cells(cells: Iterable[TopicCell]) -> TopicCell:
    """Return all classes together, without those that show no figure.

    If they were in it, the difference would tell theirs.
    """
    counts = [cell.count for cell in cells if cell.count is not None]
    return TopicCell(sum(counts, start=TopicCount(0, 0)) if counts else None)


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A topic with its cells: one for each class, and one for all of them."""

    topic: str
    cells: tuple[TopicCell, ...]
    total: TopicCell


def build_row(topic: str, cells: Iterable[TopicCell]) -> TopicRow:
    """Return the row of a topic."""
    of_classes = tuple(cells)
    return TopicRow(topic, of_classes, add_cells(of_classes))


def sort_rows(rows: Iterable[TopicRow]) -> Sequence[TopicRow]:
    """Return the rows with the topics first on which most people need practice."""
    return sorted(rows, key=_count_harmful, reverse=True)


def _count_harmful(row: TopicRow) -> int:
    return row.total.count.harmful if row.total.count is not None else 0
