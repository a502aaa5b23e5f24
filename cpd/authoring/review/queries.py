"""Reads of reviews: whether a draft is approved, who is asked, and who has seen a key."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from types import MappingProxyType

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from cpd.access.permissions import Actor, Permission, Role
from cpd.accounts.models import Person
from cpd.accounts.queries import find_people_in_roles
from cpd.authoring.blind.models import (
    Review,
    ReviewComment,
    Reviewer,
    ReviewRequest,
    SentText,
)
from cpd.authoring.drafts.models import Draft, DraftVersion
from cpd.authoring.review.models import SentKey
from cpd.authoring.review.rules import approving
from cpd.authoring.review.rules.approving import Opinion, Reason, ReviewRecord
from cpd.authoring.seen_keys.models import SeenKey
from cpd.authoring.seen_keys.queries import CASES, find_first_views_of_keys
from cpd.cases.key import CaseKey
from cpd.courses.models import PROVIDER, CourseRow
from cpd.courses.rules.fronts.reference import ReferenceFront

NOBODY: Mapping[str, datetime] = MappingProxyType({})

# Whether a draft is approved


def find_reason_against_approval(session: Session, draft: Draft) -> Reason | None:
    """Return why a draft may not be published, or None if its reviewers have approved its text."""
    seen = find_first_views_of_keys(session, draft.course_id, [draft.path])
    records = build_review_records(find_reviews_of_file(session, draft), seen[draft.path])
    return approving.find_reason_against_approval(find_present_text(session, draft), records)


def find_present_text(session: Session, draft: Draft) -> approving.SentText | None:
    """Return the text of a draft as it is now, with its editors; None if it was never sent.

    It may have been sent in an earlier draft of the file: what was signed there stays signed.
    """
    text = session.scalar(
        sa.select(SentText)
        .join(Draft, Draft.id == SentText.draft_id)
        .where(
            Draft.course_id == draft.course_id,
            Draft.path == draft.path,
            SentText.text_hash == draft.text_hash,
        )
        .order_by(SentText.id.desc())
        .limit(1)
    )
    if text is None:
        return None
    editors = find_editors_of_file(session, draft)
    return approving.SentText(text.text_hash, text.key_hash, text.has_key, editors)


def build_review_records(
    reviews: Sequence[Review], seen: Mapping[str, datetime] = NOBODY
) -> list[ReviewRecord]:
    """Return what each reviewer did, over all drafts of one file.

    `seen` says who saw the key of the file elsewhere, and when first.
    """
    by_reviewer: dict[str, list[Review]] = {}
    for review in reviews:
        by_reviewer.setdefault(review.request.reviewer.subject, []).append(review)
    return [
        _build_review_record(subject, own, seen.get(subject))
        for subject, own in by_reviewer.items()
    ]


def _build_review_record(
    subject: str, own: Sequence[Review], seen_at: datetime | None
) -> ReviewRecord:
    answered = next((review for review in own if review.answered_text is not None), None)
    opinions = sorted((o for review in own for o in review.opinions), key=lambda row: row.id)
    return ReviewRecord(
        reviewer=subject,
        opinions=tuple(
            Opinion(o.verdict, o.sent_text.text_hash, o.sent_text.key_hash) for o in opinions
        ),
        answered_key_hash=answered.answered_text.key_hash
        if answered and answered.answered_text
        else None,
        answered_alike=bool(answered and answered.answered_alike),
        was_blind=_is_before(answered.opened_at if answered else None, seen_at),
    )


def _is_before(opened_at: datetime | None, seen_at: datetime | None) -> bool:
    """Tell whether a key was opened by an answer before it was seen in another way."""
    return opened_at is None or seen_at is None or opened_at <= seen_at


def find_reviews_of_file(session: Session, draft: Draft) -> Sequence[Review]:
    """Return every review of a file, in all drafts that there were of it, oldest first."""
    return session.scalars(
        sa.select(Review)
        .join(Draft, Draft.id == Review.draft_id)
        .where(Draft.course_id == draft.course_id, Draft.path == draft.path)
        .order_by(Review.id)
        .options(selectinload(Review.opinions), selectinload(Review.comments))
        .execution_options(populate_existing=True)
    ).all()


def find_sent_text(session: Session, draft: Draft, text_hash: str) -> SentText | None:
    """Return a text of a draft as it was sent for review."""
    return session.scalar(
        sa.select(SentText).where(SentText.draft_id == draft.id, SentText.text_hash == text_hash)
    )


def find_sent_texts_with_keys(
    session: Session, draft: Draft, key_hashes: Collection[str]
) -> Sequence[SentText]:
    """Return one text of a file for each of these keys, from any draft that there was of it."""
    newest = (
        sa.select(sa.func.max(SentText.id))
        .join(Draft, Draft.id == SentText.draft_id)
        .where(
            Draft.course_id == draft.course_id,
            Draft.path == draft.path,
            SentText.key_hash.in_(key_hashes),
        )
        .group_by(SentText.key_hash)
    )
    return session.scalars(sa.select(SentText).where(SentText.id.in_(newest))).all()


def find_editors_of_file(session: Session, draft: Draft) -> frozenset[str]:
    """Return everybody who ever wrote in a draft of a file."""
    rows = session.execute(
        sa.select(Draft.created_by, DraftVersion.editor)
        .join(DraftVersion, DraftVersion.draft_id == Draft.id)
        .where(Draft.course_id == draft.course_id, Draft.path == draft.path)
    )
    return frozenset(subject for row in rows for subject in row)


# Who has seen a key


def find_cases_with_seen_key(session: Session, subject: str, course_id: int) -> frozenset[str]:
    """Return the names of cases whose key somebody saw as an author or a reviewer.

    Whoever opened a case on a page of authors has seen it, even without writing in it. A guest who
    later opened an account with the same address has seen them too.
    """
    address = sa.select(Person.email).where(Person.subject == subject).scalar_subquery()
    written = (
        sa.select(Draft.path)
        .join(DraftVersion, DraftVersion.draft_id == Draft.id)
        .where(sa.or_(DraftVersion.editor == subject, Draft.created_by == subject))
    )
    reviewed = (
        sa.select(Draft.path)
        .join(Review, Review.draft_id == Draft.id)
        .join(Reviewer, Reviewer.id == Review.reviewer_id)
        .where(
            sa.or_(Reviewer.subject == subject, Reviewer.email == address),
            Review.opened_at.is_not(None),
        )
    )
    opened = sa.select(SeenKey.path).where(
        SeenKey.subject == subject, SeenKey.course_id == course_id
    )
    is_case = (Draft.course_id == course_id, Draft.path.startswith(CASES))
    paths = session.scalars(sa.union(written.where(*is_case), reviewed.where(*is_case), opened))
    return frozenset(PurePosixPath(path).stem for path in paths)


# Reviewers and what they are asked


def find_reviewer_accounts(session: Session, *, now: datetime) -> Sequence[Person]:
    """Return the people whose role as a reviewer counts now, by name."""
    return find_people_in_roles(session, [Role.REVIEWER], now=now)


def find_written_review(session: Session, actor: Actor, public_id: str) -> Review | None:
    """Return a review of a draft that the actor may write in."""
    return session.scalar(
        sa.select(Review)
        .join(Draft, Draft.id == Review.draft_id)
        .join(CourseRow, CourseRow.id == Draft.course_id)
        .where(Review.public_id == public_id, _where_actor_writes(actor))
        .options(selectinload(Review.opinions), selectinload(Review.comments))
    )


def find_written_request(session: Session, actor: Actor, public_id: str) -> ReviewRequest | None:
    """Return a request about drafts that the actor may write in."""
    return session.scalar(
        sa.select(ReviewRequest)
        .where(
            ReviewRequest.public_id == public_id,
            sa.exists()
            .where(Review.request_id == ReviewRequest.id, Draft.id == Review.draft_id)
            .where(CourseRow.id == Draft.course_id, _where_actor_writes(actor)),
        )
        .options(selectinload(ReviewRequest.reviews))
    )


def _where_actor_writes(actor: Actor) -> sa.ColumnElement[bool]:
    may_write = actor.may(Permission.DRAFT_WRITE)
    return CourseRow.owner == PROVIDER if may_write else sa.false()


# The key, once it may be seen


@dataclass(frozen=True)
class OpenedKey:
    """The key of a text that was sent, with its sources."""

    text: str
    """The whole file."""
    key: CaseKey | None
    """None for a file without one."""
    sources: Sequence[ReferenceFront]


def find_opened_key(session: Session, review: Review) -> OpenedKey | None:
    """Return the key of what a reviewer is asked about; None before they locked their answer."""
    if review.sent_text.has_key and review.opened_at is None:
        return None
    row = session.get_one(SentKey, review.sent_text_id)
    key = CaseKey.from_json(row.key) if row.key else None
    sources = [ReferenceFront.from_json(data) for data in row.key.get("sources", ())]
    return OpenedKey(row.text, key, sources)


def find_answered_text(session: Session, review: Review) -> str | None:
    """Return the file as it was when it was answered blind, if it was another text than now."""
    answered = review.answered_text_id
    if answered is None or answered == review.sent_text_id:
        return None
    return session.get_one(SentKey, answered).text


def find_written_comment(session: Session, actor: Actor, public_id: str) -> ReviewComment | None:
    """Return a comment on a draft that the actor may write in."""
    return session.scalar(
        sa.select(ReviewComment)
        .join(Review, Review.id == ReviewComment.review_id)
        .join(Draft, Draft.id == Review.draft_id)
        .join(CourseRow, CourseRow.id == Draft.course_id)
        .where(ReviewComment.public_id == public_id, _where_actor_writes(actor))
    )


def find_draft_of_comment(session: Session, comment: ReviewComment) -> Draft:
    """Return the draft on which a comment hangs."""
    return session.scalars(
        sa.select(Draft)
        .join(Review, Review.draft_id == Draft.id)
        .where(Review.id == comment.review_id)
    ).one()
