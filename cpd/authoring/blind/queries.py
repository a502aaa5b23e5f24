"""Reads of what reviewers are asked, for themselves; none of them reads a key."""

from collections.abc import Collection, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from cpd.access.permissions import Actor, Permission
from cpd.accounts.tokens import hash_token
from cpd.authoring.blind.models import (
    RequestState,
    Review,
    Reviewer,
    ReviewRequest,
    ReviewVisit,
    SentText,
)
from cpd.authoring.drafts.models import UNDER_REVIEW, Draft


def find_requests_of_account(
    session: Session, actor: Actor, *, now: datetime
) -> Sequence[ReviewRequest]:
    """Return what a reviewer with an account is asked, the newest request last."""
    if not actor.may(Permission.REVIEW_GIVE):
        return []
    return session.scalars(
        sa.select(ReviewRequest)
        .join(ReviewRequest.reviewer)
        .where(
            Reviewer.subject == actor.subject,
            ReviewRequest.state == RequestState.OPEN,
            ReviewRequest.expires_at > now,
        )
        .order_by(ReviewRequest.id)
        .options(selectinload(ReviewRequest.reviews))
    ).all()


def find_review_with_case(session: Session, public_id: str) -> Review | None:
    """Return a review with the front of its case; pages decide who may see it."""
    return session.scalar(
        sa.select(Review)
        .where(Review.public_id == public_id)
        .execution_options(populate_existing=True)
    )


def find_waiting_review(
    session: Session, actor: Actor, course_id: int, *paths: str, now: datetime
) -> Review | None:
    """Return the review of one of these cases that the actor has been asked for, if any is open."""
    return session.scalar(
        sa.select(Review)
        .join(Draft, Draft.id == Review.draft_id)
        .join(ReviewRequest, ReviewRequest.id == Review.request_id)
        .join(Reviewer, Reviewer.id == Review.reviewer_id)
        .where(
            Draft.course_id == course_id,
            Draft.path.in_(paths),
            Draft.state.in_(UNDER_REVIEW),
            Reviewer.subject == actor.subject,
            ReviewRequest.is_guest.is_(False),
            ReviewRequest.state == RequestState.OPEN,
            ReviewRequest.expires_at > now,
            Review.opened_at.is_(None),
            Review.handed_back_at.is_(None),
            Review.sent_text.has(SentText.key_hash != SentText.text_hash),
        )
        .limit(1)
    )


def find_request_by_link(session: Session, token: str, *, now: datetime) -> ReviewRequest | None:
    """Return the open request of the link in a guest's invitation."""
    request = session.scalar(
        sa.select(ReviewRequest)
        .where(ReviewRequest.link_hash == hash_token(token))
        .options(selectinload(ReviewRequest.reviews))
        .execution_options(populate_existing=True)
    )
    return request if request is not None and request.is_open(now) else None


def find_request(session: Session, public_id: str) -> ReviewRequest | None:
    """Return a request; who may see it is decided where it is asked for."""
    return session.scalar(
        sa.select(ReviewRequest)
        .where(ReviewRequest.public_id == public_id)
        .options(selectinload(ReviewRequest.reviews))
    )


def is_visit_open(
    session: Session, request: ReviewRequest, grants: Collection[str], *, now: datetime
) -> bool:
    """Tell whether a browser with these grants has typed a code for a guest's request."""
    visits = sa.exists().where(
        ReviewVisit.request_id == request.id,
        ReviewVisit.grant_hash.in_([hash_token(grant) for grant in grants]),
        ReviewVisit.expires_at > now,
    )
    return bool(grants) and bool(session.scalar(sa.select(visits)))
