"""One answer from a list."""

from collections.abc import Mapping

from cpd.cases.front import Answer
from cpd.cases.kinds import choices
from cpd.cases.kinds.single import answers, key, sample

name = key.NAME
shuffles = True
asks_for_decision = False
constant_answers: Mapping[str, Answer] = {}

example = sample.example
mark = choices.mark_one
next_step = choices.next_after_one
outcomes = choices.outcomes_of_one
parse = answers.parse
turned_away = choices.never_turned_away
chosen_texts = choices.chosen_texts
