"""Filling the index of cases at a start: with what a migration emptied, or an older release wrote.

Two processes may do this at once, because each course and each draft is looked at again in the
transaction that writes it.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.authoring.bank.jobs import enqueue_flagging_of_version
from cpd.authoring.drafts.actions import index_text_of_draft
from cpd.authoring.drafts.models import Draft, DraftState
from cpd.authoring.indexing.actions import index_published_cases
from cpd.authoring.indexing.models import IndexedCase
from cpd.authoring.indexing.queries import (
    find_courses_with_unindexed_cases,
    select_newest_version,
)
from cpd.db import db, unit_of_work

BATCH = 100


def fill_case_index(*, now: datetime) -> int:
    """Index every case that the index lacks or has with another text; returns how many."""
    count = 0
    for course_id in find_courses_with_unindexed_cases(db.session()):
        with unit_of_work() as session:
            count += index_published_cases(session, course_id)
            version = session.scalars(select_newest_version(course_id)).one()
            enqueue_flagging_of_version(session, version, now=now)
    while _find_unindexed_drafts(db.session()):
        with unit_of_work() as session:
            for draft in (drafts := _find_unindexed_drafts(session)):
                index_text_of_draft(session, draft)
            count += len(drafts)
    return count


def _find_unindexed_drafts(session: Session) -> list[Draft]:
    is_indexed = sa.exists().where(
        IndexedCase.draft_id == Draft.id, IndexedCase.text_hash == Draft.text_hash
    )
    drafts = session.scalars(
        sa.select(Draft)
        .where(Draft.state == DraftState.OPEN, Draft.path.like("cases/%.md"), ~is_indexed)
        .order_by(Draft.id)
        .limit(BATCH)
    )
    return list(drafts)
