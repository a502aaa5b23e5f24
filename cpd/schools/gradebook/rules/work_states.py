"""How far a learner is with an assignment: a state while it is unfinished, a score only after."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from cpd.quizzes.rules.attempts import AttemptState
from cpd.schools.assignments.rules.terms import Purpose, ScorePolicy
from cpd.schools.gradebook.rules.scores import GradedTry, choose_score


class WorkState(StrEnum):
    """How far a learner is, the furthest behind first."""

    NOT_STARTED = "not-started"
    READING = "reading"
    EXAM_OPEN = "exam-open"
    HANDED_IN = "handed-in"
    NOT_PASSED = "not-passed"
    COMPLETED = "completed"
    """What was only to be read is read."""
    PASSED = "passed"
    GRADED_BY_HAND = "graded-by-hand"
    """Somebody at the school gave a grade by hand, which counts instead."""

    @property
    def is_finished(self) -> bool:
        """Whether nothing is left to do."""
        return self in {WorkState.COMPLETED, WorkState.PASSED, WorkState.GRADED_BY_HAND}


@dataclass(frozen=True, slots=True)
class Try:
    """A try at the exam under the assignment."""

    number: int
    state: AttemptState
    deadline_at: datetime | None
    closed_at: datetime | None
    graded: GradedTry | None = None
    """Its result, while it counts."""

    def is_open_at(self, now: datetime) -> bool:
        """Whether it can still be answered."""
        return self.state is AttemptState.OPEN and not self._is_over(now)

    def is_handed_in_at(self, now: datetime) -> bool:
        """Whether it is closed, or its time is over, and it has no result yet."""
        if self.state is AttemptState.OPEN:
            return self._is_over(now)
        return self.state in {AttemptState.SUBMITTED, AttemptState.EXPIRED}

    def _is_over(self, now: datetime) -> bool:
        return self.deadline_at is not None and self.deadline_at < now


@dataclass(frozen=True, slots=True)
class LearnerWork:
    """What one learner has done under an assignment, and by when it is due for them."""

    due_at: datetime
    """With a later date, if there is one."""
    is_excused: bool = False
    has_begun: bool = False
    tries: Sequence[Try] = ()
    hand_grade: Fraction | None = None
    """What somebody at the school gave by hand."""
    read: Collection[int] = frozenset()
    """The ids of the sections that are finished."""
    read_at: datetime | None = None
    """When the last of them was finished."""

    def with_reading(self, read: Collection[int], read_at: datetime | None) -> LearnerWork:
        """Return the same with what was read."""
        return replace(self, read=read, read_at=read_at)

    @property
    def passed_at(self) -> datetime | None:
        """When the exam was passed for the first time."""
        passed = (each.closed_at for each in self.tries if each.graded and each.graded.passed)
        return min((at for at in passed if at is not None), default=None)


def find_work_state(
    work: LearnerWork, purpose: Purpose, required: Collection[int], *, now: datetime
) -> WorkState:
    """Return how far a learner is; `required` are the ids of the sections to finish."""
    if work.hand_grade is not None:
        return WorkState.GRADED_BY_HAND
    if not work.has_begun:
        return WorkState.NOT_STARTED
    if purpose is Purpose.PRACTICE:
        return WorkState.COMPLETED if set(required) <= set(work.read) else WorkState.READING
    return _find_exam_work_state(work.tries, now)


def _find_exam_work_state(tries: Sequence[Try], now: datetime) -> WorkState:
    if not tries:
        return WorkState.READING
    if any(each.graded is not None and each.graded.passed for each in tries):
        return WorkState.PASSED
    if any(each.is_open_at(now) for each in tries):
        return WorkState.EXAM_OPEN
    if any(each.is_handed_in_at(now) for each in tries):
        return WorkState.HANDED_IN
    return WorkState.NOT_PASSED if any(each.graded for each in tries) else WorkState.READING


def choose_counted_score(work: LearnerWork, policy: ScorePolicy) -> Fraction | None:
    """Return the score that counts: one given by hand, or that of a passed try; None before."""
    if work.hand_grade is not None:
        return work.hand_grade
    return choose_score((each.graded for each in work.tries if each.graded is not None), policy)


def is_late(work: LearnerWork, work_state: WorkState, *, now: datetime) -> bool:
    """Tell whether something is due that is neither finished nor excused."""
    return not work_state.is_finished and not work.is_excused and work.due_at < now


def is_done_late(work: LearnerWork, work_state: WorkState) -> bool:
    """Tell whether it was finished after it was due; what was graded by hand is not."""
    match work_state:
        case WorkState.PASSED:
            finished_at = work.passed_at
        case WorkState.COMPLETED:
            finished_at = work.read_at
        case _:
            return False
    return finished_at is not None and finished_at > work.due_at
