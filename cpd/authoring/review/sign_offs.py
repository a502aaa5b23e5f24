"""Writing into the ledger what reviewers of this site have signed, and what they dispute since.

A sign-off names one exact published text by its content hash, and the review in which it was given.
That is how credit tells it from an entry that a file brought from another provider.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.authoring.blind.models import Review, Reviewer, ReviewOpinion, ReviewRequest, SentText
from cpd.authoring.blind.rules.verdicts import Verdict
from cpd.authoring.drafts.models import Draft, DraftState
from cpd.authoring.files.bundle import Bundle
from cpd.authoring.files.ledger import LedgerEntryFile
from cpd.authoring.publish import queries as published
from cpd.authoring.publish.ledger_recording import record_entry_of_site
from cpd.authoring.review import queries
from cpd.authoring.review.rules import approving
from cpd.authoring.review.rules.approving import Reason
from cpd.authoring.seen_keys.queries import find_first_views_of_keys
from cpd.cases.mark_table import MARK_TABLE
from cpd.courses.ledgers import find_texts_signed_here
from cpd.courses.models import CourseRow
from cpd.courses.rules.ledger import OBJECTION, SIGN_OFF, Series

MARKS_PATH = "marks/decisions.md"
"""Where reviews keep the marks of decisions; no course has a file of this name."""


@dataclass(frozen=True)
class SignedText:
    """One exact published text, as the ledger names it."""

    name: str
    content_hash: str


def record_what_stands(session: Session, review: Review, *, actor: Actor, now: datetime) -> None:
    """Bring the ledger up to date after something was said about a published text.

    A text that its reviewers approve is signed there; one that somebody disputes is not, until the
    dispute ends.
    """
    draft = review.draft
    if draft.state is not DraftState.STANDING:
        return
    course = published.lock_existing_course(session, draft.course.slug)
    text = _describe_standing_text(draft)
    is_signed = (text.name, text.content_hash) in find_texts_signed_here(session, course.id)
    present, records = _find_present_text_and_records(session, review)
    reason = approving.find_reason_against_approval(present, records)
    if reason is None and not is_signed:
        signers = approving.list_signers(present, records)
        _record_sign_off(session, course, text, draft, signers, actor=actor, now=now)
    elif reason is Reason.DISSENT and is_signed:
        reviewer = review.request.reviewer
        entry = _build_entry(text, OBJECTION, reviewer.name or reviewer.email, now)
        _record(session, course, entry, review.public_id, actor=actor, now=now)


def record_sign_offs_of_drafts(
    session: Session,
    course: CourseRow,
    signers: Mapping[Draft, Sequence[str]],
    bundle: Bundle,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Sign in the ledger what reviewers approved as drafts that are being published.

    The file of the course itself is left out: its name in the ledger stands for the whole course.
    """
    texts = {part.path: SignedText(part.name, part.content_hash) for part in bundle.parts}
    signed = find_texts_signed_here(session, course.id)
    for draft, approved_by in signers.items():
        text = texts.get(draft.path)
        if text is not None and (text.name, text.content_hash) not in signed:
            _record_sign_off(session, course, text, draft, approved_by, actor=actor, now=now)


def _describe_standing_text(draft: Draft) -> SignedText:
    """Return how the ledger names a published text; the marks of decisions are no document."""
    revision = draft.base_revision
    if revision is None:
        return SignedText(MARK_TABLE, draft.text_hash)
    document = revision.document
    return SignedText(f"{document.type.value}:{document.slug}", revision.content_hash)


def _find_present_text_and_records(
    session: Session, review: Review
) -> tuple[approving.SentText, list[approving.ReviewRecord]]:
    draft, sent = review.draft, review.sent_text
    seen = find_first_views_of_keys(session, draft.course_id, [draft.path])
    editors = queries.find_editors_of_file(session, draft)
    records = queries.build_review_records(
        queries.find_reviews_of_file(session, draft), seen[draft.path]
    )
    return approving.SentText(sent.text_hash, sent.key_hash, sent.has_key, editors), records


def _record_sign_off(
    session: Session,
    course: CourseRow,
    text: SignedText,
    draft: Draft,
    signers: Sequence[str],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    opinion, review = _find_newest_signature(session, draft, signers)
    by = ", ".join(filter(None, (opinion.signed_name, opinion.signed_credentials)))
    entry = _build_entry(text, SIGN_OFF, by, now)
    _record(session, course, entry, review, actor=actor, now=now)


def _find_newest_signature(
    session: Session, draft: Draft, signers: Sequence[str]
) -> tuple[ReviewOpinion, str]:
    """Return the newest signature under a text by one of these people, and its review."""
    opinion, review = session.execute(
        sa.select(ReviewOpinion, Review.public_id)
        .join(Review, Review.id == ReviewOpinion.review_id)
        .join(ReviewRequest, ReviewRequest.id == Review.request_id)
        .join(Reviewer, Reviewer.id == ReviewRequest.reviewer_id)
        .join(SentText, SentText.id == ReviewOpinion.sent_text_id)
        .join(Draft, Draft.id == SentText.draft_id)
        .where(
            Draft.course_id == draft.course_id,
            Draft.path == draft.path,
            SentText.text_hash == draft.text_hash,
            ReviewOpinion.verdict == Verdict.AGREE,
            Reviewer.subject.in_(signers),
        )
        .order_by(ReviewOpinion.id.desc())
        .limit(1)
    ).one()
    return opinion, review


def _build_entry(text: SignedText, type_: str, by: str, now: datetime) -> LedgerEntryFile:
    data: Mapping[str, object] = {
        "on": now.date(),
        "by": " ".join(by.split()),
        "type": type_,
        "of": text.name,
        "hash": text.content_hash,
    }
    return LedgerEntryFile.model_validate(data)


def _record(
    session: Session,
    course: CourseRow,
    entry: LedgerEntryFile,
    review: str,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    earlier = published.find_ledger_entries(session, course.slug, Series.HERE)
    entry = entry.model_copy(update={"on": max([entry.on, *(row.day for row in earlier)])})
    record_entry_of_site(session, course, entry, actor=actor, now=now, review=review)
    audit.add_audit_entry(
        session,
        actor,
        f"authoring:text:{entry.type}",
        now=now,
        to=review,
        text=entry.hash or "",
        of=entry.of,
    )
