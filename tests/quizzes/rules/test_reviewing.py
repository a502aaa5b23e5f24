"""When a learner may see the keys of a try: once passed, and while nothing can come back."""

import pytest

from cpd.quizzes.rules.attempts import AttemptState
from cpd.quizzes.rules.eligibility import PastAttempt
from cpd.quizzes.rules.reviewing import Review, judge_review_access

OPEN, SUBMITTED, EXPIRED = AttemptState.OPEN, AttemptState.SUBMITTED, AttemptState.EXPIRED
GRADED, VOID = AttemptState.GRADED, AttemptState.VOID
PASSED, FAILED = PastAttempt(1, GRADED, passed=True), PastAttempt(2, GRADED)


@pytest.mark.parametrize(
    ("this", "tries", "may"),
    [
        pytest.param(GRADED, [PASSED], True, id="the pass itself"),
        pytest.param(GRADED, [FAILED, PASSED], True, id="a failed try, passed since"),
        pytest.param(GRADED, [PASSED, PastAttempt(3, VOID)], True, id="another try does not count"),
        pytest.param(GRADED, [FAILED], False, id="not passed"),
        pytest.param(GRADED, [FAILED, FAILED], False, id="not passed, twice"),
        pytest.param(GRADED, [FAILED, PastAttempt(3, VOID)], False, id="the pass was voided"),
        pytest.param(VOID, [PASSED, PastAttempt(3, VOID)], False, id="a try that does not count"),
        pytest.param(OPEN, [PASSED, PastAttempt(3, OPEN)], False, id="an open try"),
        pytest.param(GRADED, [PASSED, PastAttempt(3, OPEN)], False, id="another was opened again"),
        pytest.param(
            GRADED, [PASSED, PastAttempt(3, SUBMITTED)], False, id="another is to be graded"
        ),
        pytest.param(GRADED, [PASSED, PastAttempt(3, EXPIRED)], False, id="another has run out"),
    ],
)
def test_who_may_review_what(this: AttemptState, tries: list[PastAttempt], *, may: bool) -> None:
    here = judge_review_access(this, tries, must_pass_elsewhere=False)
    assert here is (Review.OPEN if may else Review.CLOSED)
    also_there = judge_review_access(this, tries, must_pass_elsewhere=True)
    assert also_there is (Review.WAITING if may else Review.CLOSED)
