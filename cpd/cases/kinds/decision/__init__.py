"""The decision about today's session: five answers, always all five, always in this order."""

from cpd.cases.kinds.choices import mark_one as mark
from cpd.cases.kinds.choices import next_after_one as next_step
from cpd.cases.kinds.choices import outcomes_of_one as outcomes
from cpd.cases.kinds.decision.answers import CONSTANT_ANSWERS, parse, turned_away, words
from cpd.cases.kinds.decision.example import example
from cpd.cases.kinds.decision.front import NAME

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
shuffles = False
asks_for_decision = True
constant_answers = CONSTANT_ANSWERS
