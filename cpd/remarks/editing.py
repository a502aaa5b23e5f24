"""From a remark to the draft that answers it: finding its file, starting the draft, publishing."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.authoring.drafts.actions import start_draft
from cpd.authoring.drafts.models import Draft
from cpd.authoring.drafts.queries import find_course_files, where_actor_writes
from cpd.authoring.events import DraftPublished
from cpd.authoring.publish.models import Source
from cpd.authoring.publish.queries import find_newest_course_revision, find_revision_of_file
from cpd.courses.models import CourseRow, Document, Revision
from cpd.remarks.models import Remark


@dataclass(frozen=True)
class RemarkedFile:
    """The file that a remark is about, as it is published now."""

    course: CourseRow
    path: str
    text: str
    base: Revision | None


def find_remarked_file(session: Session, actor: Actor, remark: Remark) -> RemarkedFile | None:
    """Return the file that a remark is about.

    None if it is about no file, if the newest version of the course has no such file, or if the
    actor may not write for it.
    """
    about = remark.revision_id or remark.course_revision_id
    row = session.execute(
        sa.select(CourseRow, Source.path)
        .join(Document, Document.course_id == CourseRow.id)
        .join(Revision, Revision.document_id == Document.id)
        .join(Source, Source.revision_id == Revision.id)
        .where(Revision.id == about, where_actor_writes(actor))
    ).one_or_none()
    if row is None:
        return None
    course, path = row
    text = find_course_files(session, course).get(path)
    newest = find_newest_course_revision(session, course.slug)
    if text is None or newest is None:
        return None
    return RemarkedFile(course, path, text, find_revision_of_file(session, newest, path))


def start_draft_for_remark(
    session: Session, remark_id: int, file: RemarkedFile, *, actor: Actor, now: datetime
) -> Draft:
    """Start the draft of the file that a remark is about, or take the open one."""
    draft = start_draft(
        session, file.course, file.path, file.text, base=file.base, actor=actor, now=now
    )
    session.execute(
        sa.update(Remark).where(Remark.id == remark_id).values(draft_id=draft.id, changed_at=None)
    )
    return draft


def note_published_change(session: Session, event: DraftPublished, now: datetime) -> None:
    """Note in the remarks that led to a draft when it was published."""
    session.execute(
        sa.update(Remark)
        .where(Remark.draft_id == event.draft_id, Remark.changed_at.is_(None))
        .values(changed_at=now)
    )
