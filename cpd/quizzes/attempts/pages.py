"""What all pages of an open attempt share: loading it, and leaving when it is over."""

from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue

from cpd.access.guard import current_actor
from cpd.db import db
from cpd.kernel import clock
from cpd.quizzes.attempts import delivery
from cpd.quizzes.attempts import queries as attempt_queries
from cpd.quizzes.attempts.delivery import Sitting
from cpd.quizzes.rules.attempts import AttemptState


def _sitting(public_id: str) -> Sitting:
    """Return the actor's own attempt, or answer 404 as for one that does not exist."""
    attempt = attempt_queries.attempt_of(db.session(), current_actor(), public_id)
    return delivery.sitting(db.session(), attempt or abort(404), now=clock.now())


def _closed(sitting: Sitting) -> ResponseReturnValue | None:
    """Send a learner whose attempt is over to its result."""
    if sitting.state is AttemptState.OPEN:
        return None
    return redirect(url_for(".result", public_id=sitting.attempt.public_id), 303)
