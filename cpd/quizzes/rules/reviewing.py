"""When a learner may see the keys of a try."""

from __future__ import annotations

from collections.abc import Sequence

from cpd.quizzes.rules.attempts import AttemptState
from cpd.quizzes.rules.starting import PastTry

_OVER = {AttemptState.GRADED, AttemptState.VOID}


def may_review(this: AttemptState, tries: Sequence[PastTry]) -> bool:
    """Say whether a try may be reviewed, given all this person's tries at the exam.

    A pass opens every graded try, failed ones too. Until then, and while a try is open or not yet
    graded, a key could still help somebody to pass. Who takes the course in another context may
    meet some of the cases again there.
    """
    return (
        this is AttemptState.GRADED
        and any(one.passed for one in tries)
        and all(one.state in _OVER for one in tries)
    )
