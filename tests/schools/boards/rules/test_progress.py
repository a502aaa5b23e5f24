"""How far a learner is: what is done counts first, and nobody excused is late."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cpd.schools.boards.rules.progress import (
    STUCK_AFTER,
    Completion,
    Progress,
    Work,
    count_completion,
    count_progress,
    judge_completion,
    judge_progress,
)

DUE = datetime(2026, 11, 30, 18, tzinfo=UTC)
A_SECOND = timedelta(seconds=1)
BEGUN = Work(
    has_begun=True, is_certified=False, is_done=False, is_excused=False, due_at=DUE, last_at=DUE
)
FRESH = replace(BEGUN, has_begun=False, last_at=None)


@pytest.mark.parametrize(
    ("work", "now", "progress"),
    [
        (FRESH, DUE, Progress.NOT_STARTED),
        (FRESH, DUE + A_SECOND, Progress.LATE),
        (BEGUN, DUE, Progress.AT_WORK),
        (BEGUN, DUE + A_SECOND, Progress.LATE),
        (replace(BEGUN, last_at=DUE - STUCK_AFTER), DUE, Progress.STUCK),
        (replace(BEGUN, last_at=DUE - STUCK_AFTER + A_SECOND), DUE, Progress.AT_WORK),
        (replace(BEGUN, is_excused=True), DUE + A_SECOND, Progress.EXCUSED),
        (replace(BEGUN, is_excused=True, is_done=True), DUE + A_SECOND, Progress.PASSED),
        (replace(BEGUN, is_done=True, is_certified=True), DUE + A_SECOND, Progress.CERTIFIED),
    ],
)
def test_how_far_somebody_is(work: Work, now: datetime, progress: Progress) -> None:
    assert judge_progress(work, now) is progress


@pytest.mark.parametrize("progress", Progress)
def test_an_employer_sees_completed_or_not_yet(progress: Progress) -> None:
    is_done = progress in {Progress.PASSED, Progress.CERTIFIED}
    assert judge_completion(progress) is (Completion.COMPLETED if is_done else Completion.NOT_YET)


def test_everybody_is_counted_once() -> None:
    states = [Progress.LATE, Progress.PASSED, Progress.LATE]
    counted = count_progress(states)
    assert counted[Progress.LATE] == 2
    assert sum(counted.values()) == 3
    assert Progress.EXCUSED not in counted
    assert count_progress([Progress.EXCUSED])[Progress.EXCUSED] == 1
    assert count_completion(states) == {Completion.COMPLETED: 1, Completion.NOT_YET: 2}
