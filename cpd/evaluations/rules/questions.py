"""What an evaluation asks, and how the answers of many people are added up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

FEWEST = 5
"""Fewer answers give no figure and no comment, and further ones count once there are this many.

If each new answer changed the figures, comparing them before and after would reveal it.
"""
SCALE = range(1, 6)
"""From "not at all" to "completely"."""
NO, YES = 0, 1
CLEAR, USEFUL, UNBIASED = "clear", "useful", "unbiased"
_OBJECTIVE = "objective:"


def objective_question_name(objective: str) -> str:
    """Return the name of the question about an objective, by its id."""
    return f"{_OBJECTIVE}{objective}"


@dataclass(frozen=True)
class Tally:
    """How often each value was chosen in one question."""

    counts: Mapping[int, int] = field(default_factory=dict)

    @property
    def answer_count(self) -> int:
        """How many people answered it."""
        return sum(self.counts.values())

    @property
    def mean(self) -> Fraction | None:
        """The mean of the values; None where nobody answered."""
        total = sum(value * count for value, count in self.counts.items())
        return Fraction(total, self.answer_count) if self.answer_count else None

    def share_of(self, value: int) -> Fraction:
        """The share of those who answered that chose a value; 0 where nobody answered."""
        return Fraction(self.counts.get(value, 0), self.answer_count or 1)


def shown_count(count: int) -> int:
    """Return how many of so many answers may be shown: the first ones, in whole groups."""
    return count - count % FEWEST


def build_tallies(rows: Iterable[tuple[str, int, int]]) -> dict[str, Tally]:
    """Group rows of question, value and count by question, without values that nobody chose."""
    counts: dict[str, dict[int, int]] = {}
    for question, value, count in rows:
        by_value = counts.setdefault(question, {})
        if count:
            by_value[value] = count
    return {question: Tally(by_value) for question, by_value in counts.items()}
