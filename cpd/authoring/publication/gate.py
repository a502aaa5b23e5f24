"""The one gate between drafts and learners: what still keeps a draft from being published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from cpd.authoring.blind.models import Review, SentText
from cpd.authoring.drafts.models import Draft, DraftVersion
from cpd.authoring.files.bundle import Bundle
from cpd.authoring.review.queries import build_review_records
from cpd.authoring.review.rules import approving
from cpd.authoring.review.rules.approving import Reason
from cpd.authoring.review.rules.keys import hash_case_key
from cpd.authoring.seen_keys.queries import find_first_views_of_keys
from cpd.courses.models import CourseRow, DocumentType


@dataclass(frozen=True)
class Approval:
    """Whether reviewers have approved a draft together with the case that it makes."""

    reason: Reason | None
    """Why it may not be published; None if it may."""
    signers: Sequence[str]
    """The reviewers, by subject, whose signatures approve it."""


@dataclass(frozen=True)
class _ReviewsOfFiles:
    """What was sent, said and written about some files of a course, in any draft of theirs."""

    sent: Mapping[tuple[str, str], Sequence[SentText]]
    """By path and hash of the text."""
    reviews: Mapping[str, Sequence[Review]]
    editors: Mapping[str, frozenset[str]]
    seen: Mapping[str, Mapping[str, datetime]]
    """When people saw the key of a file elsewhere."""


def find_reasons_against_publishing(
    session: Session, course: CourseRow, drafts: Sequence[Draft], bundle: Bundle | None
) -> dict[int, Reason | None]:
    """Return why each draft may not be published, by its id, or None if it may.

    What was approved is a text together with the case that it makes. So a text that was approved in
    an earlier draft of its file needs no new answer, but one needs it if another file, such as a
    shared list, has changed the case meanwhile. Without a bundle, which faults prevent, only the
    text counts.
    """
    approvals = find_approvals(session, course, drafts, bundle)
    return {draft: approval.reason for draft, approval in approvals.items()}


def find_approvals(
    session: Session, course: CourseRow, drafts: Sequence[Draft], bundle: Bundle | None
) -> dict[int, Approval]:
    """Return whether each draft may be published, by its id, and by whose signatures."""
    found = _find_reviews_of_files(session, course, drafts)
    keys = _hash_keys_of_cases(bundle) if bundle else {}
    return {draft.id: _find_approval(draft, found, keys.get(draft.path)) for draft in drafts}


def _find_approval(draft: Draft, found: _ReviewsOfFiles, key_hash: str | None) -> Approval:
    sent = [
        text
        for text in found.sent.get((draft.path, draft.text_hash), ())
        if key_hash is None or text.key_hash == key_hash
    ]
    present = (
        approving.SentText(
            draft.text_hash,
            sent[-1].key_hash,
            sent[-1].has_key,
            found.editors.get(draft.path, frozenset()),
        )
        if sent
        else None
    )
    records = build_review_records(found.reviews.get(draft.path, ()), found.seen[draft.path])
    reason = approving.find_reason_against_approval(present, records)
    if present is None or reason is not None:
        return Approval(reason, ())
    return Approval(None, approving.list_signers(present, records))


def _hash_keys_of_cases(bundle: Bundle) -> dict[str, str]:
    """Return what a blind answer to each case of a course is about, by path."""
    return {
        part.path: hash_case_key(built.front, built.key)
        for part in bundle.course_and_parts
        if part.type == DocumentType.CASE and (built := bundle.built.get(part.slug))
    }


def _find_reviews_of_files(
    session: Session, course: CourseRow, drafts: Sequence[Draft]
) -> _ReviewsOfFiles:
    paths = {draft.path for draft in drafts}
    is_of_files = (Draft.course_id == course.id, Draft.path.in_(paths))
    sent: dict[tuple[str, str], list[SentText]] = {}
    texts = sa.select(SentText).join(SentText.draft).where(*is_of_files).order_by(SentText.id)
    for text in session.scalars(texts.options(sa.orm.contains_eager(SentText.draft))):
        sent.setdefault((text.draft.path, text.text_hash), []).append(text)
    reviews: dict[str, list[Review]] = {}
    for path, review in session.execute(
        sa.select(Draft.path, Review)
        .join(Draft, Draft.id == Review.draft_id)
        .where(*is_of_files)
        .order_by(Review.id)
        .options(selectinload(Review.opinions), selectinload(Review.comments))
        .execution_options(populate_existing=True)
    ):
        reviews.setdefault(path, []).append(review)
    editors: dict[str, set[str]] = {}
    for path, creator, editor in session.execute(
        sa.select(Draft.path, Draft.created_by, DraftVersion.editor)
        .join(DraftVersion, DraftVersion.draft_id == Draft.id)
        .where(*is_of_files)
    ):
        editors.setdefault(path, set()).update((creator, editor))
    return _ReviewsOfFiles(
        sent=sent,
        reviews=reviews,
        editors={path: frozenset(names) for path, names in editors.items()},
        seen=find_first_views_of_keys(session, course.id, paths),
    )
