"""How the first decisions of a class are counted, without names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from cpd.cases.scales import Decision

MOST_HANDS = 999


class Phase(StrEnum):
    """What the class does with the case: it decides, or it discusses the answer."""

    ASKING = "asking"
    ANSWER = "answer"


@dataclass(frozen=True)
class Tally:
    """How many decided how in one case."""

    counts: Mapping[Decision, int] = field(default_factory=dict)

    def count_of(self, decision: Decision) -> int:
        """Return how many chose a decision."""
        return self.counts.get(decision, 0)

    def share_of(self, decision: Decision) -> int:
        """Return the same in percent, rounded down; 0 before anybody decided."""
        return 100 * self.count_of(decision) // self.total if self.total else 0

    @property
    def total(self) -> int:
        """How many decided."""
        return sum(self.counts.values())

    def with_hands(self, hands: "Tally") -> "Tally":
        """Return this and the hands that were raised together."""
        return Tally({each: self.count_of(each) + hands.count_of(each) for each in Decision})


def build_tallies(rows: Iterable[tuple[int, Decision, int]]) -> dict[int, Tally]:
    """Return the tally of each case that was answered, by its place, from counted answers."""
    counts: dict[int, dict[Decision, int]] = {}
    for place, decision, count in rows:
        counts.setdefault(place, {})[decision] = count
    return {place: Tally(counted) for place, counted in counts.items()}


def parse_hands(typed: Mapping[str, str]) -> Tally:
    """Return the raised hands that somebody typed, by decision; what is no number counts as 0."""
    counts = {}
    for decision in Decision:
        text = typed.get(decision.value, "").strip()
        is_number = text.isascii() and text.isdigit()
        counts[decision] = min(int(text[:4]), MOST_HANDS) if is_number else 0
    return Tally(counts)
