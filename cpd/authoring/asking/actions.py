"""Asking reviewers about drafts, and resolving what they disputed or remarked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.accounts.models import Person
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
from cpd.authoring.seen_keys.queries import find_first_views_of_keys
from cpd.jobs import outbox
from cpd.kernel.ids import new_public_id


class NothingChangedError(Exception):
    """An author resolves a dispute about a text that is still as it was disputed."""


@dataclass(frozen=True)
class Invitee:
    """Who is asked: the account of a reviewer, or a guest by their address."""

    person: Person | None = None
    email: str = ""


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
        reviewer = _find_or_add_reviewer(session, one)
        open_to = [text for text in texts if may_be_asked(session, reviewer, text)]
        if not open_to:
            refused.append(one)
            continue
        if len(open_to) < len(texts):
            partly_refused.append(one)
        requests.append(_ask_one(session, reviewer, open_to, one, note=note, actor=actor, now=now))
    return AskReport(requests, refused, partly_refused)


def may_be_asked(session: Session, reviewer: Reviewer, text: SentText) -> bool:
    """Tell whether a reviewer wrote in no draft of a file, and can still answer its case blind.

    Whoever answered it blind before may be asked again: they are shown what changed.
    """
    draft = text.draft
    if reviewer.subject in queries.find_editors_of_file(session, draft):
        return False
    seen = find_first_views_of_keys(session, draft.course_id, [draft.path])[draft.path]
    if not text.has_key or reviewer.subject not in seen:
        return True
    return any(
        review.reviewer_id == reviewer.id
        and review.opened_at is not None
        and review.opened_at <= seen[reviewer.subject]
        for review in queries.find_reviews_of_file(session, draft)
    )


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


def _find_or_add_reviewer(session: Session, asked: Invitee) -> Reviewer:
    """Return the reviewer; an address that has an account is the person of that account.

    A guest who has opened an account since stays the same reviewer, with what they have seen.
    """
    email = asked.email
    person = asked.person or session.scalar(sa.select(Person).where(Person.email == email))
    is_same = Reviewer.email == (person.email if person else email)
    if person:
        is_same = sa.or_(Reviewer.subject == person.subject, is_same)
    found = session.scalars(sa.select(Reviewer).where(is_same).order_by(Reviewer.id)).all()
    of_account = [one for one in found if person and one.subject == person.subject]
    reviewer = next(iter([*of_account, *found]), None)
    if reviewer is None:
        subject = person.subject if person else new_public_id("gst")
        reviewer = Reviewer(subject=subject, email=email, name=person.name if person else "")
        session.add(reviewer)
        session.flush()
    if person and not of_account:
        reviewer.subject = person.subject
    reviewer.email = email or reviewer.email
    return reviewer


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
