"""Reads of published texts that the index lacks."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.authoring.indexing.models import IndexedCase
from cpd.authoring.publish.models import Source
from cpd.courses.models import Document, DocumentType, Revision, RevisionPart


def find_unindexed_cases(session: Session, course_id: int) -> Sequence[sa.Row[Any]]:
    """Return the newest revision of each case of a course, with its file, unless it is indexed."""
    columns: tuple[Any, ...] = (
        *(Revision.id, Revision.published_at),
        *(Document.slug, Source.path, Source.text),
    )
    return session.execute(
        sa.select(*columns)
        .join(Document, Document.id == Revision.document_id)
        .join(Source, Source.revision_id == Revision.id)
        .where(Document.course_id == course_id, *_where_unindexed_case())
        .order_by(Revision.id)
    ).all()


def find_courses_with_unindexed_cases(session: Session) -> Sequence[int]:
    """Return the courses that have a published case which is not indexed."""
    return session.scalars(
        sa.select(Document.course_id)
        .join(Revision, Revision.document_id == Document.id)
        .where(*_where_unindexed_case())
        .distinct()
    ).all()


def _where_unindexed_case() -> tuple[sa.ColumnElement[bool], ...]:
    newer = sa.orm.aliased(Revision)
    return (
        Document.type == DocumentType.CASE,
        ~sa.exists().where(IndexedCase.revision_id == Revision.id),
        ~sa.exists().where(
            newer.document_id == Revision.document_id, newer.number > Revision.number
        ),
    )


def select_newest_version(course_id: int) -> sa.Select[Revision]:
    """Select the newest version of a course as a whole."""
    return (
        sa.select(Revision)
        .join(Document, Document.id == Revision.document_id)
        .where(Document.course_id == course_id, Document.type == DocumentType.COURSE)
        .order_by(Revision.number.desc())
        .limit(1)
    )


def select_parts_of_newest_version(course_id: int) -> sa.Select[int]:
    """Select the revisions of which the newest version of a course is made."""
    newest = select_newest_version(course_id).with_only_columns(Revision.id)
    return sa.select(RevisionPart.part_id).where(
        RevisionPart.course_revision_id == newest.scalar_subquery()
    )
