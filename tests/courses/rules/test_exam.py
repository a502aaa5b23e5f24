"""The rule of an exam as its revision holds it."""

from fractions import Fraction

from cpd.courses.rules.exam import ExamRule


def test_reading_the_rule() -> None:
    front = {
        "pass_mark": "3/4",
        "draw": {"cases": 12, "red_flags": 4, "per_objective": {}},
        "tries": None,
        "pause_hours": {"first": 0, "later": 12},
        "time_limit_minutes": None,
        "grace_seconds": 60,
    }
    rule = ExamRule.from_front(front)
    assert rule == ExamRule(12, 4, Fraction(3, 4), None, 0, 12, None)
