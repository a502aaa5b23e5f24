"""Reads of what waits for an author: reviews, comments, disputes, withdrawals, renewals."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, selectinload

from cpd.access.permissions import Actor
from cpd.authoring.bank.choices import WrittenCourse
from cpd.authoring.blind.models import Review, ReviewComment, ReviewOpinion, SentText
from cpd.authoring.blind.queries import find_requests_of_account
from cpd.authoring.blind.rules.verdicts import Verdict
from cpd.authoring.drafts.models import Draft, DraftState
from cpd.authoring.drafts.queries import where_actor_writes
from cpd.authoring.review.queries import build_review_records
from cpd.authoring.review.rules import approving
from cpd.authoring.stopping.queries import AskedWithdrawal, find_withdrawals_to_confirm
from cpd.courses.models import CourseRow

MOST_DRAFTS = 30
"""Of the drafts with comments or disputes, those edited last are listed."""


@dataclass(frozen=True)
class DraftToSettle:
    """A draft of somebody's in which reviewers' words are not settled."""

    draft: Draft
    comment_count: int
    is_disputed: bool


@dataclass(frozen=True)
class Waiting:
    """What waits for an author."""

    review_count: int
    """The files that the author is asked to review."""
    drafts: Sequence[DraftToSettle]
    withdrawals: Sequence[AskedWithdrawal]
    due_courses: Sequence[WrittenCourse]

    @property
    def count(self) -> int:
        """How many things wait."""
        lists = (self.drafts, self.withdrawals, self.due_courses)
        return bool(self.review_count) + sum(map(len, lists))

    def with_at_most(self, rows: int) -> "Waiting":
        """Return this with so many rows of each kind."""
        return Waiting(
            self.review_count, self.drafts[:rows], self.withdrawals[:rows], self.due_courses[:rows]
        )


def find_waiting(
    session: Session, actor: Actor, courses: Sequence[WrittenCourse], *, now: datetime
) -> Waiting:
    """Return what waits for the actor."""
    requests = find_requests_of_account(session, actor, now=now)
    today = now.date()
    return Waiting(
        review_count=sum(len(request.reviews) for request in requests),
        drafts=_find_drafts_to_settle(session, actor),
        withdrawals=find_withdrawals_to_confirm(session, actor, now=now),
        due_courses=sorted(
            (course for course in courses if course.is_due(today)),
            key=lambda course: course.review_by or today,
        ),
    )


def _find_drafts_to_settle(session: Session, actor: Actor) -> list[DraftToSettle]:
    """Return the actor's open drafts with open comments or disputes, those edited last first."""
    drafts = session.scalars(
        sa.select(Draft)
        .join(CourseRow, CourseRow.id == Draft.course_id)
        .where(
            where_actor_writes(actor),
            where_own(actor),
            Draft.state == DraftState.OPEN,
            _where_something_was_said(),
        )
        .order_by(Draft.edited_at.desc(), Draft.id.desc())
        .limit(MOST_DRAFTS)
    ).all()
    if not drafts:
        return []
    ids = [draft.id for draft in drafts]
    reviews, present = _find_reviews_by_draft(session, ids), _find_present_texts(session, ids)
    found = [_build_draft_to_settle(draft, reviews[draft.id], present) for draft in drafts]
    return [one for one in found if one.comment_count or one.is_disputed]


def where_own(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the condition that the actor began a draft or edited it last."""
    return sa.or_(Draft.created_by == actor.subject, Draft.edited_by == actor.subject)


def _where_something_was_said() -> sa.ColumnElement[bool]:
    """Return the condition that a reviewer of a draft's file commented or did not agree."""
    same = aliased(Draft)
    of_file = sa.and_(
        Review.draft_id == same.id, same.course_id == Draft.course_id, same.path == Draft.path
    )
    answered_differently = sa.exists().where(
        of_file, Review.opened_at.is_not(None), Review.answered_alike.is_(False)
    )
    disagreed = sa.exists().where(
        of_file, ReviewOpinion.review_id == Review.id, ReviewOpinion.verdict == Verdict.DISAGREE
    )
    commented = sa.exists().where(
        of_file, ReviewComment.review_id == Review.id, ReviewComment.resolved_at.is_(None)
    )
    return sa.or_(answered_differently, disagreed, commented)


def _find_reviews_by_draft(
    session: Session, draft_ids: Collection[int]
) -> Mapping[int, Sequence[Review]]:
    """Return the reviews of the files of drafts, in whatever draft, by the id of the draft."""
    mine = aliased(Draft)
    rows = session.execute(
        sa.select(mine.id, Review)
        .join(Draft, Draft.id == Review.draft_id)
        .join(mine, sa.and_(mine.course_id == Draft.course_id, mine.path == Draft.path))
        .where(mine.id.in_(draft_ids))
        .order_by(Review.id)
        .options(selectinload(Review.opinions), selectinload(Review.comments))
    )
    reviews: dict[int, list[Review]] = {id_: [] for id_ in draft_ids}
    for id_, review in rows:
        reviews[id_].append(review)
    return reviews


def _find_present_texts(session: Session, draft_ids: Collection[int]) -> Mapping[int, SentText]:
    """Return the texts of drafts that reviewers have as they are now, by the id of the draft."""
    mine = aliased(Draft)
    rows = session.execute(
        sa.select(mine.id, SentText)
        .join(Draft, Draft.id == SentText.draft_id)
        .join(mine, sa.and_(mine.course_id == Draft.course_id, mine.path == Draft.path))
        .where(mine.id.in_(draft_ids), SentText.text_hash == mine.text_hash)
        .order_by(SentText.id)
    )
    return {row[0]: row[1] for row in rows}


def _build_draft_to_settle(
    draft: Draft, reviews: Sequence[Review], present: Mapping[int, SentText]
) -> DraftToSettle:
    sent = present.get(draft.id)
    text = approving.SentText(
        draft.text_hash,
        sent.key_hash if sent else "",
        has_key=sent is None or sent.has_key,
        editors=frozenset(),
    )
    return DraftToSettle(
        draft,
        sum(comment.resolved_at is None for review in reviews for comment in review.comments),
        any(record.list_open_disputes(text) for record in build_review_records(reviews)),
    )
