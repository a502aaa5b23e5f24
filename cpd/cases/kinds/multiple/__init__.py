"""Every answer that applies, from a list: right ticks add marks, wrong ones take them away."""

from collections.abc import Mapping

from cpd.cases.kinds.choices import never_turned_away as turned_away
from cpd.cases.kinds.choices import words
from cpd.cases.kinds.multiple.answers import mark, next_step, outcomes, parse
from cpd.cases.kinds.multiple.example import example
from cpd.cases.kinds.multiple.front import NAME
from cpd.cases.model import Answer

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
