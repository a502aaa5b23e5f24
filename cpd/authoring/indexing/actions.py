"""Keeping the index of cases up to date with drafts and published texts."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.authoring.indexing import queries
from cpd.authoring.indexing.building import build_index_values, is_path_of_case
from cpd.authoring.indexing.models import CaseState, IndexedCase
from cpd.courses.events import CoursePublished
from cpd.db import compare_and_set


def index_draft(
    session: Session,
    draft_id: int,
    *,
    course_id: int,
    path: str,
    text: str,
    edited_at: datetime,
) -> None:
    """Index the text of an open draft, if it is a case."""
    if not is_path_of_case(path):
        return
    values = {
        **build_index_values(path, text),
        "course_id": course_id,
        "state": CaseState.DRAFT,
        "changed_at": edited_at,
    }
    session.flush()
    of_draft = sa.update(IndexedCase).where(IndexedCase.draft_id == draft_id)
    if not compare_and_set(session, of_draft.values(values)):
        session.execute(sa.insert(IndexedCase).values(**values, draft_id=draft_id, flags=""))


def remove_drafts_from_index(session: Session, draft_ids: Collection[int]) -> None:
    """Take drafts that are closed out of the index."""
    session.execute(
        sa.delete(IndexedCase).where(IndexedCase.draft_id.in_(draft_ids)),
        execution_options={"synchronize_session": False},
    )


def index_published_course(session: Session, event: CoursePublished, _now: datetime) -> None:
    """Index what a course that was just published has anew, and what it no longer has."""
    index_published_cases(session, event.course_id)


def index_published_cases(session: Session, course_id: int) -> int:
    """Index the newest text of every case of a course that is not indexed yet; returns how many."""
    fresh = queries.find_unindexed_cases(session, course_id)
    if fresh:
        older = sa.delete(IndexedCase).where(
            IndexedCase.course_id == course_id,
            IndexedCase.draft_id.is_(None),
            IndexedCase.slug.in_([row.slug for row in fresh]),
        )
        session.execute(older, execution_options={"synchronize_session": False})
        session.execute(
            sa.insert(IndexedCase),
            [
                {
                    **build_index_values(row.path, row.text),
                    "course_id": course_id,
                    "revision_id": row.id,
                    "state": CaseState.PUBLISHED,
                    "changed_at": row.published_at,
                    "flags": "",
                }
                for row in fresh
            ],
        )
    _write_states(session, course_id)
    return len(fresh)


def _write_states(session: Session, course_id: int) -> None:
    """Mark the cases that the newest version of a course has no more, or has again."""
    in_course = IndexedCase.revision_id.in_(queries.select_parts_of_newest_version(course_id))
    for state, is_so in ((CaseState.PUBLISHED, in_course), (CaseState.RETIRED, ~in_course)):
        session.execute(
            sa.update(IndexedCase)
            .where(
                IndexedCase.course_id == course_id,
                IndexedCase.draft_id.is_(None),
                IndexedCase.state != state,
                is_so,
            )
            .values(state=state),
            execution_options={"synchronize_session": False},
        )
