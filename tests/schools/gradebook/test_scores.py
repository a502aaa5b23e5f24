"""Which try counts: by the policy, among those that were passed."""

from fractions import Fraction

import pytest

from cpd.schools.assignments.rules.terms import ScorePolicy
from cpd.schools.gradebook.rules.scores import GradedTry, choose_score


def one(number: int, percent: int, *, passed: bool = True) -> GradedTry:
    return GradedTry(number, Fraction(percent, 100), passed)


@pytest.mark.parametrize(
    ("policy", "percent"),
    [(ScorePolicy.FIRST, 80), (ScorePolicy.BEST, 90), (ScorePolicy.LAST, 85)],
)
def test_the_policy_chooses_among_passed_tries(policy: ScorePolicy, percent: int) -> None:
    tries = [one(4, 85), one(1, 95, passed=False), one(2, 80), one(3, 90), one(5, 40, passed=False)]
    assert choose_score(tries, policy) == Fraction(percent, 100)


@pytest.mark.parametrize("policy", ScorePolicy)
def test_there_is_no_score_before_a_pass(policy: ScorePolicy) -> None:
    """A score above the pass mark without a pass would tell the class what happened."""
    assert choose_score([one(1, 95, passed=False), one(2, 20, passed=False)], policy) is None
    assert choose_score([], policy) is None
