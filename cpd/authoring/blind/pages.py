"""What the pages of reviewers begin with: the review in the address, for who was asked about it."""

from flask import abort, redirect, session, url_for

from cpd.access.guard import (
    SIGN_IN,
    TypedTextUnsentError,
    build_url_after_sign_in,
    current_actor,
    holds_typed_text,
)
from cpd.access.permissions import Actor, Permission
from cpd.authoring.blind import queries
from cpd.authoring.blind.models import Review, ReviewRequest
from cpd.db import db
from cpd.kernel import clock

GRANTS = "review-grants"
"""The cookie's entry for the grants that this browser got for mailed codes."""
MOST_GRANTS = 5


def asked_review_or_404(public_id: str) -> Review:
    """Return the review in the address, open or closed, if it was asked of whoever is reading."""
    review = queries.find_review_with_case(db.session(), public_id)
    _refuse_others(review.request if review else None)
    return review or abort(404)


def asked_request_or_404(public_id: str) -> ReviewRequest:
    """Return the request in the address, if it was made to whoever is reading."""
    request = queries.find_request(db.session(), public_id)
    _refuse_others(request)
    return request or abort(404)


def find_grants() -> list[str]:
    """Return the grants that this browser got for mailed codes."""
    return [grant for grant in session.get(GRANTS, ()) if isinstance(grant, str)]


def keep_grant(grant: str) -> None:
    """Keep a grant in this browser."""
    session[GRANTS] = [grant, *find_grants()][:MOST_GRANTS]


def build_reviewer_actor(request: ReviewRequest) -> Actor:
    """Return on whose behalf a reviewer acts; a guest is nobody with an account."""
    actor = current_actor()
    is_account = actor.subject == request.reviewer.subject
    return actor if is_account else Actor(subject=request.reviewer.subject)


def _refuse_others(request: ReviewRequest | None) -> None:
    """Answer 404, or with the way to sign in, unless the reader was asked."""
    actor = current_actor()
    if not actor.is_signed_in and not find_grants():
        if holds_typed_text():
            raise TypedTextUnsentError
        abort(redirect(url_for(SIGN_IN, next=build_url_after_sign_in()), 303))
    if request is None or not request.is_open(clock.now()):
        abort(404)
    is_account = actor.subject == request.reviewer.subject and actor.may(Permission.REVIEW_GIVE)
    if is_account:
        return
    is_guest = request.is_guest and queries.is_visit_open(
        db.session(), request, find_grants(), now=clock.now()
    )
    if not is_guest:
        if not actor.is_signed_in and holds_typed_text():
            raise TypedTextUnsentError  # the code that was typed here may have expired
        abort(404)
