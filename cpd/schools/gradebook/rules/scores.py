"""Which try counts for the school; a score counts only if the try was passed.

A try can reach the pass mark and not be passed. Its score alone would say otherwise, and leaving
out only such scores would say what happened; so no score is given before there is a pass.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from cpd.schools.assignments.rules.terms import ScorePolicy


@dataclass(frozen=True, slots=True)
class GradedTry:
    """A try at the exam, with its result."""

    number: int
    score: Fraction
    passed: bool


def choose_score(tries: Iterable[GradedTry], policy: ScorePolicy) -> Fraction | None:
    """Return the score that counts; None while no try was passed."""
    passed = sorted((each for each in tries if each.passed), key=lambda each: each.number)
    if not passed:
        return None
    match policy:
        case ScorePolicy.FIRST:
            return passed[0].score
        case ScorePolicy.LAST:
            return passed[-1].score
        case ScorePolicy.BEST:
            return max(each.score for each in passed)
