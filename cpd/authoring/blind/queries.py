"""Reads of what reviewers are asked, for themselves; none of them reads a key."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, selectinload

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
    waiting = sa.select(Review).join(Draft, Draft.id == Review.draft_id)
    of_files = waiting.where(Draft.course_id == course_id, Draft.path.in_(paths))
    review: Review | None = session.scalar(
        _where_awaited(of_files, Draft).limit(1), build_values_of_awaited(actor, now=now)
    )
    return review


def find_paths_to_answer_first(
    session: Session, actor: Actor, *, now: datetime
) -> Sequence[tuple[int, str]]:
    """Return the files, by course and path, that wait for the actor's blind answer."""
    columns: tuple[Any, ...] = (Draft.course_id, Draft.path)
    waiting = sa.select(*columns).select_from(Review).join(Draft, Draft.id == Review.draft_id)
    rows = session.execute(_where_awaited(waiting, Draft), build_values_of_awaited(actor, now=now))
    return [(course_id, path) for course_id, path in rows]


@cache
def select_review_to_answer_first() -> sa.ScalarSelect[str]:
    """Select, beside a draft, the review of its file that waits for a blind answer.

    It needs the values of `build_values_of_awaited`. It is built once, because every save uses it.
    """
    same = aliased(Draft)
    waiting = sa.select(Review.public_id).join(same, same.id == Review.draft_id)
    of_file = waiting.where(same.course_id == Draft.course_id, same.path == Draft.path)
    return _where_awaited(of_file, same).limit(1).correlate(Draft).scalar_subquery()


def build_values_of_awaited(actor: Actor, *, now: datetime) -> dict[str, Any]:
    """Return whose answers are awaited, and when."""
    return {"awaited_from": actor.subject, "awaited_at": now}


def _where_awaited(reviews: sa.Select[Any], draft: type[Draft]) -> sa.Select[Any]:
    """Narrow reviews to those that somebody is asked for and has not answered."""
    return (
        reviews.join(ReviewRequest, ReviewRequest.id == Review.request_id)
        .join(Reviewer, Reviewer.id == Review.reviewer_id)
        .join(SentText, SentText.id == Review.sent_text_id)
        .where(
            draft.state.in_(UNDER_REVIEW),
            Reviewer.subject == sa.bindparam("awaited_from"),
            ReviewRequest.is_guest.is_(False),
            ReviewRequest.state == RequestState.OPEN,
            ReviewRequest.expires_at > sa.bindparam("awaited_at"),
            Review.opened_at.is_(None),
            Review.handed_back_at.is_(None),
            SentText.key_hash != SentText.text_hash,
        )
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
