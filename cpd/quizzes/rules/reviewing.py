"""When a learner may see the keys of a try."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from cpd.quizzes.rules.attempts import AttemptState
from cpd.quizzes.rules.eligibility import PastTry

_OVER = {AttemptState.GRADED, AttemptState.VOID}


class Review(StrEnum):
    """Whether the keys of a try are open to its learner."""

    OPEN = "open"
    CLOSED = "closed"
    """Until the exam is passed, and while a try is open or not yet graded."""
    WAITING = "waiting"
    """It is passed, and is still to be passed in another context."""


def review(this: AttemptState, tries: Sequence[PastTry], *, is_to_pass_elsewhere: bool) -> Review:
    """Say whether a try may be reviewed, given all this person's tries at the exam.

    A pass opens every graded try, failed ones too. Until then, and while a try is open or not yet
    graded, a key could still help somebody to pass. So it could while the person takes the course
    in another context, too, and has not passed there (`is_to_pass_elsewhere`): the exam has the
    same cases.
    """
    is_earned = (
        this is AttemptState.GRADED
        and any(one.passed for one in tries)
        and all(one.state in _OVER for one in tries)
    )
    if not is_earned:
        return Review.CLOSED
    return Review.WAITING if is_to_pass_elsewhere else Review.OPEN
