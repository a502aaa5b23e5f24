"""What a board shows of a safety topic in a class: how many met it, and how many need practice.

Only first choices count. Somebody needs practice on a topic whose first choice could have done
serious harm.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

FEWEST_WITHOUT_NAMES = 5
"""Among fewer people, a figure says what each of them did."""

_LEVELS = (Fraction(0), Fraction(6, 100), Fraction(12, 100), Fraction(20, 100))
"""A share up to each of these is shown in a stronger color than one up to the last."""


@dataclass(frozen=True, slots=True)
class TopicCount:
    """How many people in a class met a topic, and how many of them need practice on it."""

    met: int
    harmful: int

    def __add__(self, other: TopicCount) -> TopicCount:
        """Return the counts of two classes together."""
        return TopicCount(self.met + other.met, self.harmful + other.harmful)


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


def build_cell(count: TopicCount | None, *, may_name: bool) -> TopicCell:
    """Return the cell of a class, without its figure where that would name people unentitled."""
    if count is not None and not may_name and count.met < FEWEST_WITHOUT_NAMES:
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
