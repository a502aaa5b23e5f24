"""The exam rule: its defaults, pauses and JSON."""

from datetime import timedelta
from fractions import Fraction

import pytest

from cpd.courses.rules.fronts.exam import DrawRule, ExamPolicy


def test_the_defaults() -> None:
    policy = ExamPolicy()
    assert (policy.draw.cases, policy.draw.red_flags) == (12, 4)
    assert policy.pass_mark == Fraction(3, 4)
    assert policy.max_attempts is None
    assert policy.time_limit_minutes is None


@pytest.mark.parametrize(("failed", "hours"), [(0, 0), (1, 0), (2, 12), (3, 12), (9, 12)])
def test_no_pause_after_a_first_failed_try(failed: int, hours: int) -> None:
    assert ExamPolicy().pause_after_failed_attempts(failed) == timedelta(hours=hours)


def test_pauses_can_be_set() -> None:
    policy = ExamPolicy(pause_first_hours=1, pause_later_hours=24)
    assert [policy.pause_after_failed_attempts(n) for n in range(3)] == [
        timedelta(0),
        timedelta(hours=1),
        timedelta(hours=24),
    ]


def test_a_policy_survives_json() -> None:
    policy = ExamPolicy(
        draw=DrawRule(cases=5, red_flags=2, per_objective={"b": 2, "a": 1}),
        pass_mark=Fraction(4, 5),
        max_attempts=3,
        pause_first_hours=1,
        pause_later_hours=2,
        time_limit_minutes=40,
        grace_seconds=30,
    )
    stored = {**policy.to_json(), "title": "The exam"}
    assert ExamPolicy.from_json(stored) == policy
    assert stored["pass_mark"] == "4/5"
    assert stored["pause_hours"] == {"first": 1, "later": 2}
