"""What somebody earns who always gives the same decision."""

from fractions import Fraction

from cpd.quizzes.rules.case import Decision
from cpd.quizzes.rules.guessing import ConstantScore, constant_scores
from tests.quizzes.rules.samples import (
    EMERGENCY,
    PROCEED,
    SAME_DAY,
    ask_many,
    ask_one,
    case,
    decide,
    flat,
)

F = Fraction


def test_constant_decisions_over_flat_cases() -> None:
    scores = constant_scores([flat(PROCEED), flat(SAME_DAY), flat(EMERGENCY)])
    assert {decision: (s.decisions, s.at_most, s.critical) for decision, s in scores.items()} == {
        Decision.PROCEED: (F(1, 3), F(1, 3), 1),
        Decision.MODIFY: (F(1, 6), F(1, 6), 1),
        Decision.POSTPONE: (0, 0, 0),
        Decision.SAME_DAY: (F(1, 3), F(1, 3), 0),
        Decision.EMERGENCY: (F(1, 2), F(1, 2), 0),
    }


def test_other_questions_are_taken_as_answered_in_the_best_way() -> None:
    story = case(
        decide(SAME_DAY, routes={"same_day": "tell", "emergency": "tell"}),
        ask_one(routes={"*": "check"}),
        ask_many(),
    )
    scores = constant_scores([story])
    assert scores[SAME_DAY] == ConstantScore(decisions=F(1), at_most=F(1), critical=0)
    assert scores[EMERGENCY] == ConstantScore(decisions=F(1, 2), at_most=F(5, 6), critical=0)
    assert scores[PROCEED] == ConstantScore(decisions=F(0), at_most=F(0), critical=0)


def test_a_case_with_two_critical_steps_counts_once() -> None:
    twice = case(decide(EMERGENCY, routes={"*": "again"}), decide(EMERGENCY, step="again"))
    assert constant_scores([twice])[PROCEED].critical == 1


def test_an_empty_pool_scores_nothing() -> None:
    assert constant_scores([])[PROCEED] == ConstantScore(F(0), F(0), 0)
