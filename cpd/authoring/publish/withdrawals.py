"""Withdrawals that come with the ledger of a release or a folder, told to those who act on them.

This writes nothing itself: subscribers void open attempts and enqueue emails to learners.
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.courses.events import VersionWithdrawn
from cpd.courses.models import CourseRow, Document, DocumentType, LedgerEntry, Revision
from cpd.courses.rules.ledger import StopKind
from cpd.jobs.publishing import publish_event

_NO_NOTE = "This version of the course was withdrawn because it is not safe."


def publish_withdrawals(
    session: Session, course: CourseRow, rows: Sequence[LedgerEntry], *, now: datetime
) -> None:
    """Publish an event for each version here that these new entries withdraw."""
    session.flush()
    for row in rows:
        is_about_version = row.about == f"course:{course.slug}" and row.data.get("hash")
        if row.type != StopKind.WITHDRAWAL or not is_about_version:
            continue
        version = _find_version_with_hash(session, course, str(row.data["hash"]))
        if version is None or _is_withdrawn_before(session, row):
            continue
        reason = str(row.data.get("note") or _NO_NOTE)
        publish_event(
            session,
            VersionWithdrawn(at=now, revision_id=version.id, entry_id=row.id, reason=reason),
        )


def _find_version_with_hash(session: Session, course: CourseRow, hash_: str) -> Revision | None:
    """Return the newest version of a course with a text."""
    return session.scalars(
        sa.select(Revision)
        .join(Revision.document)
        .where(
            Document.course_id == course.id,
            Document.type == DocumentType.COURSE,
            Revision.content_hash == hash_,
        )
        .order_by(Revision.number.desc())
        .limit(1)
    ).first()


def _is_withdrawn_before(session: Session, row: LedgerEntry) -> bool:
    """Tell whether the version was withdrawn earlier, so that its learners know already."""
    earlier = session.scalars(
        sa.select(LedgerEntry).where(
            LedgerEntry.course_id == row.course_id,
            LedgerEntry.type == row.type,
            LedgerEntry.about == row.about,
            LedgerEntry.id < row.id,
        )
    )
    return any(one.data.get("hash") == row.data["hash"] for one in earlier)
