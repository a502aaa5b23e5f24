"""The decision about today's session: five answers, always all five, always in this order."""

from cpd.cases.kinds import choices
from cpd.cases.kinds.decision import answers, front, sample

name = front.NAME
shuffles = False
asks_for_decision = True
constant_answers = answers.CONSTANT_ANSWERS

example = sample.example
mark = choices.mark_one
next_step = choices.next_after_one
outcomes = choices.outcomes_of_one
parse = answers.parse
turned_away = answers.turned_away
chosen_texts = answers.chosen_texts
