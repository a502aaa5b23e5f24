"""What the worker does for the case bank: flags of cases, and texts saved while somebody wrote."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.authoring.bank.flags import find_flags_of_cases
from cpd.authoring.drafts.actions import index_text_of_draft
from cpd.authoring.drafts.models import Draft, DraftState
from cpd.authoring.drafts.queries import load_course_with_drafts
from cpd.authoring.indexing.models import IndexedCase
from cpd.authoring.sources.loading import clear_course_caches
from cpd.courses.events import CoursePublished
from cpd.courses.models import CourseRow, Document, Revision
from cpd.db import db, unit_of_work
from cpd.jobs import outbox
from cpd.jobs.models import OutboxItem

FLAGGING = "authoring-flag-cases"
"""Names the job in the outbox; it is about a version of a course."""
FLAGGED_AFTER = timedelta(minutes=1)
"""Nobody waits for it, so that jobs that somebody waits for come first."""


def enqueue_flagging(session: Session, event: CoursePublished, now: datetime) -> None:
    """Enqueue the job for a version that was just published."""
    version = session.get_one(Revision, event.revision_id)
    enqueue_flagging_of_version(session, version, now=now)


def enqueue_flagging_of_version(session: Session, version: Revision, *, now: datetime) -> None:
    """Enqueue the job for a version of a course."""
    outbox.enqueue_job(session, FLAGGING, version.public_id, due_at=now + FLAGGED_AFTER, now=now)


def flag_cases(item: OutboxItem, _now: datetime) -> None:
    """Write the flags of the cases of a course as it is published now."""
    session = db.session()
    course = session.scalars(
        sa.select(CourseRow)
        .join(Document, Document.course_id == CourseRow.id)
        .join(Revision, Revision.document_id == Document.id)
        .where(Revision.public_id == item.about)
    ).one()
    bundle = load_course_with_drafts(session, course, []).bundle
    clear_course_caches()  # the worker will not need them again
    flags = find_flags_of_cases(bundle) if bundle else {}
    with unit_of_work() as writing:
        _write_flags(writing, course.id, "", sa.true())
        for flag in set(flags.values()):
            flagged = [slug for slug, its in flags.items() if its == flag]
            _write_flags(writing, course.id, flag, IndexedCase.slug.in_(flagged))


def index_autosaved_draft(item: OutboxItem, _now: datetime) -> None:
    """Index a draft as it is now, unless it is closed."""
    public_id, _, _number = item.about.partition(".")
    is_open = Draft.public_id == public_id, Draft.state == DraftState.OPEN
    with unit_of_work() as session:
        for draft in session.scalars(sa.select(Draft).where(*is_open)):
            index_text_of_draft(session, draft)


def _write_flags(
    session: Session, course_id: int, flags: str, which: sa.ColumnElement[bool]
) -> None:
    session.execute(
        sa.update(IndexedCase)
        .where(IndexedCase.course_id == course_id, IndexedCase.draft_id.is_(None), which)
        .values(flags=flags),
        execution_options={"synchronize_session": False},
    )
