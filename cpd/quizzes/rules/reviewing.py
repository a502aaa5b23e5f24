"""When a learner may see the keys of an attempt."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from cpd.quizzes.rules.attempts import AttemptState
from cpd.quizzes.rules.eligibility import PastAttempt

_ENDED = {AttemptState.GRADED, AttemptState.VOID}


class Review(StrEnum):
    """Whether the keys of an attempt are open to its learner."""

    OPEN = "open"
    CLOSED = "closed"
    """Until the exam is passed, and while an attempt is open or not yet graded."""
    WAITING = "waiting"
    """The exam is passed here, but not yet in another context."""


def judge_review_access(
    state: AttemptState, past: Sequence[PastAttempt], *, must_pass_elsewhere: bool
) -> Review:
    """Return whether an attempt may be reviewed, given all of this person's attempts at the exam.

    A pass opens every graded attempt, failed ones too. Until then, and while an attempt is open or
    not yet graded, a key could still help the person pass. The same is true while the person
    takes the course in another context and has not passed there (`must_pass_elsewhere`), because
    the exam has the same cases.
    """
    is_earned = (
        state is AttemptState.GRADED
        and any(attempt.passed for attempt in past)
        and all(attempt.state in _ENDED for attempt in past)
    )
    if not is_earned:
        return Review.CLOSED
    return Review.WAITING if must_pass_elsewhere else Review.OPEN
