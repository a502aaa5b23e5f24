"""What all pages of an open attempt do first: load it, and redirect if it is over."""

from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue

from cpd.access.guard import current_actor
from cpd.db import db
from cpd.kernel import clock
from cpd.quizzes.attempts import delivery
from cpd.quizzes.attempts.delivery import OpenAttempt
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.attempts.queries import find_own_attempt
from cpd.quizzes.rules.attempts import AttemptState


def find_own_attempt_or_404(public_id: str) -> Attempt:
    """Return the actor's own attempt; aborts with 404 for anybody else's, as if missing."""
    return find_own_attempt(db.session(), current_actor(), public_id) or abort(404)


def find_own_attempt_with_cases_or_404(public_id: str) -> OpenAttempt:
    """Return the actor's own attempt with its cases, even if it is over."""
    return delivery.find_attempt_with_shown_cases(
        db.session(), find_own_attempt_or_404(public_id), now=clock.now()
    )


def redirect_to_result_if_over(attempt: OpenAttempt) -> ResponseReturnValue | None:
    """Redirect to the result of an attempt that is over."""
    if attempt.state is AttemptState.OPEN:
        return None
    return redirect(url_for(".result", public_id=attempt.attempt.public_id), 303)
