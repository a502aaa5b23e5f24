"""What a reviewer does before the key opens, and how a guest's browser is let in."""

import secrets
from base64 import urlsafe_b64encode
from datetime import datetime
from hmac import compare_digest

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.accounts.tokens import hash_token, hash_with_secret_key, make_random_token
from cpd.authoring.blind.deciding import build_blind_case
from cpd.authoring.blind.models import RequestState, Review, Reviewer, ReviewRequest, ReviewVisit
from cpd.authoring.blind.rules.invitations import CODE_LASTS, MOST_WRONG_CODES, VISIT_LASTS
from cpd.cases.front import Answer
from cpd.jobs import outbox

CODE_PURPOSE, INVITATION_PURPOSE = "review-code", "review-invitation"
HANDED_IN_PURPOSE = "review-handed-in"
"""Name the emails in the outbox."""
_DIGITS = 6


class ReviewClosedError(Exception):
    """The review was locked, handed in or withdrawn meanwhile."""


class TextChangedError(Exception):
    """The author sent another text since the page was shown."""


# Letting a guest's browser in


def make_link_token(session: Session, request: ReviewRequest) -> str:
    """Return the token of a guest's link, the same in every email; only its hash is stored."""
    secret = bytes.fromhex(hash_with_secret_key("review-link", request.public_id))
    token = urlsafe_b64encode(secret).decode().rstrip("=")
    request.link_hash = hash_token(token)
    session.flush()
    return token


def enqueue_code(session: Session, request: ReviewRequest, *, now: datetime) -> None:
    """Enqueue an email with a fresh code; the code is made when it is sent."""
    about = f"{request.public_id}.{secrets.token_hex(8)}"
    outbox.enqueue_job(session, CODE_PURPOSE, about, due_at=now, now=now)


def make_code(session: Session, request: ReviewRequest, *, now: datetime) -> str:
    """Return the code of an email that is about to be sent; earlier ones stop working."""
    code = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"
    request.code_hash = _hash_code(request, code)
    request.code_expires_at, request.wrong_codes = now + CODE_LASTS, 0
    session.flush()
    return code


def open_visit_by_code(
    session: Session, request_id: int, code: str, *, now: datetime
) -> str | None:
    """Return a grant for the browser if the code is right; a wrong one is counted."""
    request = _lock_request(session, request_id)
    expires_at = request.code_expires_at
    if not (request.code_hash and expires_at and now < expires_at and request.is_open(now)):
        return None
    if not compare_digest(request.code_hash, _hash_code(request, code)):
        request.wrong_codes += 1
        if request.wrong_codes >= MOST_WRONG_CODES:
            request.code_hash = ""
        return None
    request.code_hash = ""
    grant = make_random_token()
    session.execute(sa.delete(ReviewVisit).where(ReviewVisit.expires_at <= now))
    session.add(
        ReviewVisit(
            request_id=request.id, grant_hash=hash_token(grant), expires_at=now + VISIT_LASTS
        )
    )
    return grant


def _hash_code(request: ReviewRequest, code: str) -> str:
    return hash_with_secret_key("review-code", f"{request.public_id}:{code}")


def _lock_request(session: Session, request_id: int) -> ReviewRequest:
    return session.scalars(
        sa.select(ReviewRequest)
        .where(ReviewRequest.id == request_id)
        .with_for_update(of=ReviewRequest)
        .execution_options(populate_existing=True)
    ).one()


# Deciding


def lock_open_review(session: Session, review_id: int, *, now: datetime) -> Review:
    """Return a review that its reviewer can still act on, locked until the transaction ends.

    Raises ReviewClosedError.
    """
    review = session.scalars(
        sa.select(Review)
        .where(Review.id == review_id)
        .with_for_update(of=Review)
        .execution_options(populate_existing=True)
    ).one()
    if review.handed_back_at is not None or not review.request.is_open(now):
        raise ReviewClosedError
    return review


def save_step_answer(
    session: Session, review_id: int, step: str, answer: Answer, *, shown: str, now: datetime
) -> Review:
    """Save the answer to the current question; `shown` is the hash of the text on the page.

    Raises ReviewClosedError, and TextChangedError if the author sent another text meanwhile.
    """
    review = lock_unanswered_review(session, review_id, shown=shown, now=now)
    current = build_blind_case(review).current_step
    if current is not None and current.id == step:
        review.answers = {**review.answers, step: dict(answer)}
    return review


def lock_unanswered_review(
    session: Session, review_id: int, *, shown: str, now: datetime
) -> Review:
    """Return a review whose key is still closed, locked until the transaction ends.

    Raises ReviewClosedError and TextChangedError.
    """
    review = lock_open_review(session, review_id, now=now)
    if review.opened_at is not None:
        raise ReviewClosedError
    if review.sent_text.text_hash != shown:
        raise TextChangedError
    return review


def start_again(session: Session, review_id: int, *, now: datetime) -> Review:
    """Forget the answers of a review whose key is still closed; raises ReviewClosedError."""
    review = lock_open_review(session, review_id, now=now)
    if review.opened_at is not None:
        raise ReviewClosedError
    review.answers = {}
    return review


def hand_back(session: Session, review_id: int, *, actor: Actor, now: datetime) -> Review:
    """Give a file back unanswered, because it is not the reviewer's field."""
    review = lock_open_review(session, review_id, now=now)
    if review.opened_at is not None:
        raise ReviewClosedError
    review.handed_back_at, review.answers = now, {}
    audit.add_audit_entry(
        session, actor, "authoring:review:hand-back", now=now, to=review.public_id
    )
    return review


def introduce_reviewer(
    session: Session, reviewer: Reviewer, *, name: str, credentials: str, disclosures: str
) -> None:
    """Store who signs; asked once, and changed by saying it again."""
    reviewer.name, reviewer.credentials = name, credentials
    reviewer.disclosures = disclosures
    session.add(reviewer)


def hand_in(session: Session, request_id: int, *, actor: Actor, now: datetime) -> None:
    """Close a request whose reviewer is done; raises ReviewClosedError."""
    request = _lock_request(session, request_id)
    if not request.is_open(now):
        raise ReviewClosedError
    request.state = RequestState.HANDED_IN
    outbox.enqueue_job(
        session,
        HANDED_IN_PURPOSE,
        f"{request.public_id}.{int(now.timestamp())}",
        due_at=now,
        now=now,
    )
    audit.add_audit_entry(
        session, actor, "authoring:review-request:hand-in", now=now, to=request.public_id
    )
