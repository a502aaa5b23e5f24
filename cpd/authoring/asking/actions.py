"""Asking reviewers about drafts, and resolving what they disputed or remarked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.authoring.asking.reviewers import Invitee, find_or_add_reviewer, may_be_asked
from cpd.authoring.blind.actions import INVITATION_PURPOSE
from cpd.authoring.blind.models import (
    RequestState,
    Review,
    ReviewComment,
    Reviewer,
    ReviewOpinion,
    ReviewRequest,
    SentText,
)
from cpd.authoring.blind.rules.invitations import OPENS_FOR
from cpd.authoring.blind.rules.verdicts import Verdict
from cpd.authoring.drafts.models import Draft
from cpd.authoring.review import queries
from cpd.authoring.review.models import SentKey
from cpd.authoring.review.preparing import PreparedText
from cpd.authoring.review.published_texts import PublishedText, find_or_add_standing_draft
from cpd.courses.models import CourseRow
from cpd.jobs import outbox


class NothingChangedError(Exception):
    """An author resolves a dispute about a text that is still as it was disputed."""


@dataclass(frozen=True)
class AskReport:
    """Who was asked, and who was not, because they have seen a key that they would answer blind."""

    requests: Sequence[ReviewRequest]
    refused: Sequence[Invitee]
    """Those who may review none of the texts."""
    partly_refused: Sequence[Invitee]
    """Those who were asked about some of the texts only."""


# Asking


def ask_for_review(
    session: Session,
    prepared: Sequence[PreparedText],
    asked: Sequence[Invitee],
    *,
    note: str,
    actor: Actor,
    now: datetime,
) -> AskReport:
    """Ask each reviewer about these texts, and enqueue their invitations.

    Whoever wrote in one of the files, or has seen the key of a case, is not asked about it.
    """
    texts = [store_sent_text(session, text, now=now) for text in prepared]
    requests, refused, partly_refused = [], [], []
    for one in asked:
        reviewer = find_or_add_reviewer(session, one)
        open_to = [text for text in texts if may_be_asked(session, reviewer, text)]
        if not open_to:
            refused.append(one)
            continue
        if len(open_to) < len(texts):
            partly_refused.append(one)
        requests.append(_ask_one(session, reviewer, open_to, one, note=note, actor=actor, now=now))
    return AskReport(requests, refused, partly_refused)


def ask_about_published_texts(
    session: Session,
    course: CourseRow,
    texts: Sequence[PublishedText],
    asked: Sequence[Invitee],
    *,
    note: str,
    actor: Actor,
    now: datetime,
) -> AskReport:
    """Ask each reviewer about published texts as they stand, and enqueue their invitations."""
    prepared = [
        replace(
            text.prepared, draft_id=find_or_add_standing_draft(session, course, text, now=now).id
        )
        for text in texts
    ]
    return ask_for_review(session, prepared, asked, note=note, actor=actor, now=now)


def store_sent_text(session: Session, prepared: PreparedText, *, now: datetime) -> SentText:
    """Store a text and its key once, and point the reviews that have not begun it to it."""
    draft = session.get_one(Draft, prepared.draft_id)
    row = queries.find_sent_text(session, draft, prepared.text_hash)
    if row is None:
        row = SentText(
            draft_id=draft.id,
            text_hash=prepared.text_hash,
            key_hash=prepared.key_hash,
            front=prepared.front,
            sent_at=now,
        )
        session.add(row)
        session.flush()
        session.add(SentKey(sent_text_id=row.id, text=prepared.text, key=prepared.key))
    for review in session.scalars(sa.select(Review).where(Review.draft_id == draft.id)):
        _point_review_to_text(review, row)
    session.flush()
    return row


def _point_review_to_text(review: Review, text: SentText) -> None:
    """Let a review be about a newer text; answers that are not locked belong to the older one."""
    if review.sent_text_id != text.id:
        review.sent_text_id = text.id
        if review.opened_at is None:
            review.answers = {}


def _ask_one(
    session: Session,
    reviewer: Reviewer,
    texts: Sequence[SentText],
    asked: Invitee,
    *,
    note: str,
    actor: Actor,
    now: datetime,
) -> ReviewRequest:
    request = _find_open_request(session, reviewer, asked, actor=actor, now=now)
    if request is None:
        request = ReviewRequest(
            reviewer_id=reviewer.id, is_guest=asked.person is None, asked_by=actor.subject
        )
        session.add(request)
    request.note, request.asked_at, request.expires_at = note, now, now + OPENS_FOR
    session.flush()
    for text in texts:
        _add_review(session, request, reviewer, text)
    session.flush()
    audit.add_audit_entry(
        session,
        actor,
        "authoring:review:ask",
        now=now,
        to=request.public_id,
        drafts=[text.draft.public_id for text in texts],
    )
    _enqueue_invitation(session, request, now=now)
    return request


def _find_open_request(
    session: Session, reviewer: Reviewer, asked: Invitee, *, actor: Actor, now: datetime
) -> ReviewRequest | None:
    """Return what the actor asked this reviewer before, if it is still open: its link goes on."""
    return session.scalar(
        sa.select(ReviewRequest)
        .where(
            ReviewRequest.reviewer_id == reviewer.id,
            ReviewRequest.is_guest == (asked.person is None),
            ReviewRequest.asked_by == actor.subject,
            ReviewRequest.state == RequestState.OPEN,
            ReviewRequest.expires_at > now,
        )
        .order_by(ReviewRequest.id)
        .limit(1)
    )


def _enqueue_invitation(session: Session, request: ReviewRequest, *, now: datetime) -> None:
    about = f"{request.public_id}.{int(now.timestamp())}"
    outbox.enqueue_job(session, INVITATION_PURPOSE, about, due_at=now, now=now)


def _add_review(
    session: Session, request: ReviewRequest, reviewer: Reviewer, text: SentText
) -> None:
    """Add the review of a file, or move it to the new request.

    Somebody who answered the file blind in an earlier draft has seen its key: their answer stands
    or falls with the key, and they are shown what changed.
    """
    earlier = [
        review
        for review in queries.find_reviews_of_file(session, text.draft)
        if review.reviewer_id == reviewer.id
    ]
    review = next((review for review in earlier if review.draft_id == text.draft_id), None)
    if review is None:
        review = Review(reviewer_id=reviewer.id, draft_id=text.draft_id, answers={})
        session.add(review)
        answered = next((old for old in earlier if old.opened_at is not None), None)
        if answered is not None:
            review.opened_at, review.answers = answered.opened_at, answered.answers
            review.decided_by = answered.decided_by
            review.answered_text_id = answered.answered_text_id
            review.answered_alike = answered.answered_alike
    review.request_id, review.sent_text_id = request.id, text.id
    review.handed_back_at = None


def send_new_text(
    session: Session, prepared: PreparedText, *, actor: Actor, now: datetime
) -> SentText:
    """Send the present text of a draft to everybody who was asked about an earlier one.

    Requests that were handed in open again, so that the change can be approved.
    """
    text = store_sent_text(session, prepared, now=now)
    for review in queries.find_reviews_of_file(session, text.draft):
        request = review.request
        if review.draft_id == text.draft_id and request.state is not RequestState.WITHDRAWN:
            request.state, request.expires_at = RequestState.OPEN, now + OPENS_FOR
            _enqueue_invitation(session, request, now=now)
    audit.add_audit_entry(
        session, actor, "authoring:review:send-again", now=now, to=text.draft.public_id
    )
    return text


def withdraw_request(
    session: Session, request: ReviewRequest, *, actor: Actor, now: datetime
) -> None:
    """Close a request; what its reviewer has said stays, and so does a dispute."""
    request.state = RequestState.WITHDRAWN
    session.add(request)
    audit.add_audit_entry(
        session, actor, "authoring:review-request:withdraw", now=now, to=request.public_id
    )


# Resolving


def resolve_disputes(
    session: Session,
    draft: Draft,
    review: Review,
    text: str,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Store with which source the author changed what a reviewer disputed.

    It ends the disputes about keys that the draft no longer has. Raises NothingChangedError if
    there are none.
    """
    present = queries.find_present_text(session, draft)
    reviews = queries.find_reviews_of_file(session, draft)
    own = [one for one in reviews if one.reviewer_id == review.reviewer_id]
    (record,) = queries.build_review_records(own)
    disputed = record.list_open_disputes(present) - {present.key_hash} if present else frozenset()
    if not disputed:
        raise NothingChangedError
    for about in queries.find_sent_texts_with_keys(session, draft, disputed):
        opinion = ReviewOpinion(
            review_id=review.id,
            sent_text_id=about.id,
            verdict=Verdict.RESOLVE,
            text=text,
            given_by=actor.subject,
            given_at=now,
        )
        session.add(opinion)
    session.flush()
    audit.add_audit_entry(session, actor, "authoring:review:resolve", now=now, to=review.public_id)


def resolve_comment(
    session: Session, comment: ReviewComment, *, actor: Actor, now: datetime
) -> None:
    """Mark a comment as dealt with."""
    comment.resolved_by, comment.resolved_at = actor.subject, now
    session.add(comment)
