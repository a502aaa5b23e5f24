"""How far a learner is with an assignment, as boards show it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

STUCK_AFTER = timedelta(days=7)
"""How long somebody who has begun does nothing before a board says so."""


class Progress(StrEnum):
    """How far a learner is, in the order of boards."""

    CERTIFIED = "certified"
    PASSED = "passed"
    """Passed the exam; where there is none, finished all sections."""
    AT_WORK = "at-work"
    STUCK = "stuck"
    """Has begun, and has done nothing for a while."""
    LATE = "late"
    NOT_STARTED = "not-started"
    EXCUSED = "excused"

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do."""
        return self in {Progress.CERTIFIED, Progress.PASSED}


class Completion(StrEnum):
    """What an employer sees instead: completed, or not yet."""

    COMPLETED = "completed"
    NOT_YET = "not-yet"


@dataclass(frozen=True, slots=True)
class Work:
    """What a learner has done under an assignment."""

    has_begun: bool
    is_certified: bool
    is_done: bool
    is_excused: bool
    due_at: datetime
    """For this learner, who may have been granted a later date."""
    last_at: datetime | None
    """When they last did anything."""


def judge_progress(work: Work, now: datetime) -> Progress:
    """Return how far a learner is: what is done counts before anything that is wanting."""
    if work.is_done or work.is_certified:
        return Progress.CERTIFIED if work.is_certified else Progress.PASSED
    if work.is_excused:
        return Progress.EXCUSED
    if now > work.due_at:
        return Progress.LATE
    if not work.has_begun:
        return Progress.NOT_STARTED
    is_stuck = work.last_at is not None and now - work.last_at >= STUCK_AFTER
    return Progress.STUCK if is_stuck else Progress.AT_WORK


def judge_completion(progress: Progress) -> Completion:
    """Return what an employer sees of it."""
    return Completion.COMPLETED if progress.is_done else Completion.NOT_YET


def count_progress(states: Iterable[Progress]) -> Mapping[Progress, int]:
    """Return how many people are how far; nobody is excused, where that state is absent."""
    counted = Counter(states)
    return {
        state: counted[state]
        for state in Progress
        if counted[state] or state is not Progress.EXCUSED
    }


def count_completion(states: Iterable[Progress]) -> Mapping[Completion, int]:
    """Return how many people have completed it, and how many have not yet."""
    counted = Counter(judge_completion(state) for state in states)
    return {state: counted[state] for state in Completion}
