"""Opening keys, giving opinions and commenting."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.authoring.blind.actions import (
    ReviewClosedError,
    TextChangedError,
    lock_open_review,
    lock_unanswered_review,
)
from cpd.authoring.blind.models import (
    Review,
    ReviewComment,
    ReviewOpinion,
)
from cpd.authoring.blind.rules.verdicts import Verdict
from cpd.authoring.review import queries
from cpd.authoring.review.models import SentKey
from cpd.authoring.review.rules.keys import answers_agree_with_key, is_case_decided
from cpd.authoring.review.sign_offs import record_what_stands
from cpd.cases.front import CaseFront
from cpd.cases.key import CaseKey


class AnswerIncompleteError(Exception):
    """A case was to be locked before its last question was answered."""


class NotIntroducedError(Exception):
    """Somebody signs who has not said who they are."""


class StillDifferentError(Exception):
    """Somebody agrees whose answer differs from the key."""


def lock_answer(
    session: Session,
    review_id: int,
    decided_by: str,
    *,
    shown: str,
    actor: Actor,
    now: datetime,
) -> Review:
    """Store the blind answer for good, and only then open the key and compare.

    Raises AnswerIncompleteError, ReviewClosedError and TextChangedError.
    """
    review = lock_unanswered_review(session, review_id, shown=shown, now=now)
    front = CaseFront.from_json(review.sent_text.front)
    if not is_case_decided(front, review.answers):
        raise AnswerIncompleteError
    review.decided_by, review.opened_at = decided_by, now
    review.answered_text_id = review.sent_text_id
    session.flush()
    key = CaseKey.from_json(session.get_one(SentKey, review.sent_text_id).key)
    review.answered_alike = answers_agree_with_key(front, key, review.answers)
    audit.add_audit_entry(
        session,
        actor,
        "authoring:review:answer",
        now=now,
        to=review.public_id,
        text=review.sent_text.text_hash,
        alike=review.answered_alike,
    )
    record_what_stands(session, review, actor=actor, now=now)
    return review


def give_opinion(
    session: Session,
    review_id: int,
    verdict: Verdict,
    text: str,
    *,
    shown: str,
    actor: Actor,
    now: datetime,
) -> ReviewOpinion:
    """Store a reviewer's verdict about the text on their page; agreeing is signing it.

    Raises NotIntroducedError, StillDifferentError, ReviewClosedError and TextChangedError.
    """
    review = lock_open_review(session, review_id, now=now)
    sent = review.sent_text
    if sent.has_key and review.opened_at is None:
        raise ReviewClosedError
    if sent.text_hash != shown:
        raise TextChangedError
    reviewer = review.request.reviewer
    if verdict is Verdict.AGREE:
        _refuse_signature_of_different_answer(session, review)
        if not reviewer.is_introduced:
            raise NotIntroducedError
    opinion = _add_opinion(session, review, verdict, text, actor=actor, now=now)
    record_what_stands(session, review, actor=actor, now=now)
    return opinion


def _refuse_signature_of_different_answer(session: Session, review: Review) -> None:
    if not may_sign(queries.find_reviews_of_file(session, review.draft), review):
        raise StillDifferentError


def may_sign(reviews: Sequence[Review], review: Review) -> bool:
    """Tell whether a reviewer's blind answer stands for the text that they are asked about."""
    sent = review.sent_text
    own = [one for one in reviews if one.reviewer_id == review.reviewer_id]
    (record,) = queries.build_review_records(own)
    return not sent.has_key or record.stands_for(sent.key_hash)


def _add_opinion(
    session: Session, review: Review, verdict: Verdict, text: str, *, actor: Actor, now: datetime
) -> ReviewOpinion:
    reviewer, signs = review.request.reviewer, verdict is Verdict.AGREE
    opinion = ReviewOpinion(
        review_id=review.id,
        sent_text_id=review.sent_text_id,
        verdict=verdict,
        text=text,
        given_by=actor.subject,
        given_at=now,
        signed_name=reviewer.name if signs else "",
        signed_credentials=reviewer.credentials if signs else "",
        signed_disclosures=reviewer.disclosures if signs else "",
    )
    session.add(opinion)
    session.flush()
    audit.add_audit_entry(
        session,
        actor,
        f"authoring:review:{verdict.value.replace('_', '-')}",
        now=now,
        to=review.public_id,
        text=review.sent_text.text_hash,
    )
    return opinion


def add_comment(
    session: Session, review_id: int, path: str, text: str, *, now: datetime
) -> ReviewComment:
    """Store a comment on one value of the file; raises ReviewClosedError."""
    review = lock_open_review(session, review_id, now=now)
    if review.sent_text.has_key and review.opened_at is None:
        raise ReviewClosedError
    comment = ReviewComment(review_id=review.id, path=path, text=text, at=now)
    session.add(comment)
    session.flush()
    return comment
