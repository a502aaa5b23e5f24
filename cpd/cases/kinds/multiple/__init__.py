"""Every answer that applies, from a list: right choices add marks, wrong ones take them away."""

from collections.abc import Mapping

from cpd.cases.front import Answer
from cpd.cases.kinds import choices
from cpd.cases.kinds.multiple import answers, key, sample

name = key.NAME
shuffles = True
asks_for_decision = False
constant_answers: Mapping[str, Answer] = {}

example = sample.example
mark = answers.mark
next_step = answers.next_step
outcomes = answers.outcomes
parse = answers.parse
turned_away = choices.never_turned_away
chosen_texts = choices.chosen_texts
