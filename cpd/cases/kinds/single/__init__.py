"""One answer from a list."""

from collections.abc import Mapping, Sequence

from cpd.cases.kinds.choices import mark_one as mark
from cpd.cases.kinds.choices import never_turned_away as turned_away
from cpd.cases.kinds.choices import next_after_one as next_step
from cpd.cases.kinds.choices import outcomes_of_one as outcomes
from cpd.cases.kinds.choices import parse_one, words
from cpd.cases.kinds.single.example import example
from cpd.cases.kinds.single.front import NAME
from cpd.cases.model import Answer, StepFront

__all__ = [
    "asks_for_decision",
    "constant_answers",
    "example",
    "mark",
    "name",
    "next_step",
    "outcomes",
    "parse",
    "shuffles",
    "turned_away",
    "words",
]

name = NAME
shuffles = True
asks_for_decision = False
constant_answers: Mapping[str, Answer] = {}


def parse(step: StepFront, values: Sequence[str]) -> Answer:
    """Read one option."""
    return parse_one(step, values, ask="Choose one answer.")
