"""The front of an exam: how it is drawn, when it is passed, and when it may be taken again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from fractions import Fraction
from math import ceil
from typing import Any

from cpd.kernel.canonical import Json, format_fraction

MOST_ADDITIONS = 10
"""How often a learner can add time to a try: the least that WCAG 2.2 asks for."""
_FEWEST_MINUTES = 2


def minutes_per_addition(limit_minutes: Fraction) -> int:
    """Return how many minutes a learner adds to a try at once: a tenth of its time limit."""
    return max(_FEWEST_MINUTES, ceil(limit_minutes / 10))


@dataclass(frozen=True, slots=True)
class DrawRule:
    """The blueprint: how many cases, and the minimum of red flags and of cases per objective."""

    cases: int = 12
    red_flags: int = 4
    per_objective: Mapping[str, int] = field(default_factory=dict, hash=False)

    def to_json(self) -> Json:
        """Return the JSON form, as in exam.md."""
        return {
            "cases": self.cases,
            "red_flags": self.red_flags,
            "per_objective": dict(sorted(self.per_objective.items())),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> DrawRule:
        """Read the JSON form."""
        return cls(
            cases=data["cases"],
            red_flags=data["red_flags"],
            per_objective=dict(data["per_objective"]),
        )


@dataclass(frozen=True, slots=True)
class ExamPolicy:
    """The rules of an exam, which a learner agrees to before starting, with their defaults."""

    draw: DrawRule = field(default_factory=DrawRule)
    pass_mark: Fraction = Fraction(3, 4)
    max_attempts: int | None = None
    """How many attempts are allowed; None means no limit."""
    pause_first_hours: int = 0
    """The pause between a first failed attempt and the next."""
    pause_later_hours: int = 12
    time_limit_minutes: int | None = None
    is_time_limit_essential: bool = False
    """Whether the limit is part of what the exam tests, so that learners cannot add time."""
    grace_seconds: int = 60

    @property
    def minutes_to_add(self) -> int:
        """How many minutes a learner can add near the end, several times; 0 for none."""
        if self.time_limit_minutes is None or self.is_time_limit_essential:
            return 0
        return minutes_per_addition(Fraction(self.time_limit_minutes))

    def pause_after_failed_attempts(self, failed: int) -> timedelta:
        """Return the pause after this many failed attempts."""
        if failed == 0:
            return timedelta(0)
        return timedelta(hours=self.pause_first_hours if failed == 1 else self.pause_later_hours)

    def to_json(self) -> Json:
        """Return the JSON form, with the names used in exam.md."""
        return {
            "draw": self.draw.to_json(),
            "pass_mark": format_fraction(self.pass_mark),
            "tries": self.max_attempts,
            "pause_hours": {"first": self.pause_first_hours, "later": self.pause_later_hours},
            "time_limit_minutes": self.time_limit_minutes,
            "time_limit_essential": self.is_time_limit_essential,
            "grace_seconds": self.grace_seconds,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ExamPolicy:
        """Read the JSON form; other keys, such as a title, are ignored."""
        return cls(
            draw=DrawRule.from_json(data["draw"]),
            pass_mark=Fraction(data["pass_mark"]),
            max_attempts=data["tries"],
            pause_first_hours=data["pause_hours"]["first"],
            pause_later_hours=data["pause_hours"]["later"],
            time_limit_minutes=data["time_limit_minutes"],
            is_time_limit_essential=data.get("time_limit_essential", False),
            grace_seconds=data["grace_seconds"],
        )


def parse_standard_setting(data: Mapping[str, Any]) -> str:
    """Read how the pass mark was set; empty if the authors simply set it."""
    return data.get("standard_setting") or ""
