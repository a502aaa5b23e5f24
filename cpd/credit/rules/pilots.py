"""What makes a pilot group, and when its report may be made."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from cpd.credit.rules.claims import LEAST_LEARNERS

PREFIX = "pil"
"""What the public id of a pilot group begins with."""


def is_pilot_context(context: str) -> bool:
    """Tell whether a course is taken in a pilot group, by the context of the enrollment."""
    return context.startswith(f"{PREFIX}_")


@dataclass(frozen=True)
class PilotLearner:
    """What is measured of one learner of a pilot group, without a name."""

    minutes: int
    has_finished: bool
    """Whether every required section was finished."""


class PilotFault(StrEnum):
    """Why a pilot group cannot be started or finished."""

    NO_COURSE = "no-course"
    """The course has no published version."""
    UNDER_WAY = "under-way"
    """The newest version has a pilot group that is not finished."""
    FINISHED = "finished"
    """Its report exists, and stays as it is."""
    TOO_FEW = "too-few"
    """Too few learners have read everything."""


def list_measured_minutes(learners: Sequence[PilotLearner]) -> tuple[int, ...]:
    """Return the minutes of those who read everything; what others took says nothing."""
    return tuple(one.minutes for one in learners if one.has_finished)


def find_report_fault(learners: Sequence[PilotLearner], *, is_finished: bool) -> PilotFault | None:
    """Return why no report can be made, or None if it can."""
    if is_finished:
        return PilotFault.FINISHED
    if len(list_measured_minutes(learners)) < LEAST_LEARNERS:
        return PilotFault.TOO_FEW
    return None
