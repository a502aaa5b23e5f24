"""Reads for the workbench: the files of a course with their titles and drafts."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.authoring.drafts.models import Draft
from cpd.authoring.drafts.queries import find_open_drafts
from cpd.authoring.publish.models import Source
from cpd.authoring.publish.queries import find_newest_course_revision
from cpd.courses.models import CourseRow, Document, DocumentType, Revision, RevisionPart


@dataclass(frozen=True)
class CourseFile:
    """One file of a course: as published, as a draft, or both."""

    path: str
    type: str
    """Such as `case`, for the heading of its list."""
    title: str
    draft: Draft | None
    is_published: bool


def find_files_of_course(session: Session, actor: Actor, course: CourseRow) -> Sequence[CourseFile]:
    """Return the files of a course's newest version and of its open drafts, by path."""
    drafts = {draft.path: draft for draft in find_open_drafts(session, actor, course=course)}
    published = {
        path: CourseFile(path, type_.value, title, drafts.get(path), is_published=True)
        for path, type_, title in _find_published_titles(session, course)
    }
    fresh = {
        path: CourseFile(path, _type_of_new_file(path), path, draft, is_published=False)
        for path, draft in drafts.items()
        if path not in published
    }
    return [file for _, file in sorted({**published, **fresh}.items())]


def _find_published_titles(
    session: Session, course: CourseRow
) -> Sequence[sa.Row[str, DocumentType, str]]:
    newest = find_newest_course_revision(session, course.slug)
    if newest is None:
        return []
    parts = sa.select(RevisionPart.part_id).where(RevisionPart.course_revision_id == newest.id)
    return session.execute(
        sa.select(Source.path, Document.type, Revision.stored_title)
        .join(Revision, Revision.id == Source.revision_id)
        .join(Document, Document.id == Revision.document_id)
        .where(sa.or_(Revision.id == newest.id, Revision.id.in_(parts)))
    ).all()


def _type_of_new_file(path: str) -> str:
    folder = PurePosixPath(path).parent.name
    return folder.removesuffix("s") or PurePosixPath(path).stem
