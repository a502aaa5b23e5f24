"""How the exam of a course is drawn, passed and taken again, as its rule says it."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any


@dataclass(frozen=True)
class ExamRule:
    """What a learner is told before the first try."""

    cases: int
    red_flags: int
    pass_mark: Fraction
    tries: int | None
    """None: no limit."""
    pause_first: int
    """Hours to wait after a first failed try."""
    pause_later: int
    """Hours to wait after each later one."""
    minutes: int | None
    """None: no limit of time."""

    @classmethod
    def from_front(cls, front: Mapping[str, Any]) -> "ExamRule":
        """Read what the revision of an exam holds."""
        return cls(
            cases=front["draw"]["cases"],
            red_flags=front["draw"]["red_flags"],
            pass_mark=Fraction(front["pass_mark"]),
            tries=front["tries"],
            pause_first=front["pause_hours"]["first"],
            pause_later=front["pause_hours"]["later"],
            minutes=front["time_limit_minutes"],
        )
