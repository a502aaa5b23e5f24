"""Reads of the provider's courses, which may be approved and piloted."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.courses.models import PROVIDER, CourseRow, Document, DocumentType, Revision
from cpd.courses.queries import select_newest_revisions

MOST_COURSES = 500
"""The most courses that a form offers."""


def find_courses_to_approve(session: Session) -> Sequence[tuple[str, str]]:
    """Return the slug and the newest title of each published course of the provider."""
    found = session.execute(
        select_newest_revisions()
        .with_only_columns(CourseRow.slug, Revision.stored_title)
        .where(CourseRow.owner == PROVIDER)
        .order_by(Revision.stored_title)
        .limit(MOST_COURSES)
    )
    return [(slug, title) for slug, title in found]


def find_newest_revision_of_course(session: Session, course_id: int) -> Revision | None:
    """Return the newest version of a course."""
    return session.scalar(
        sa.select(Revision)
        .join(Document, Document.id == Revision.document_id)
        .where(Document.course_id == course_id, Document.type == DocumentType.COURSE)
        .order_by(Revision.number.desc())
        .limit(1)
    )
