"""Reads for the workbench: somebody's drafts, the files of a course with titles and drafts."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.authoring.bank.waiting import where_own
from cpd.authoring.course_titles import title_of_draft
from cpd.authoring.drafts.models import Draft, DraftState
from cpd.authoring.drafts.queries import find_open_drafts, where_actor_writes
from cpd.authoring.indexing.models import IndexedCase
from cpd.authoring.publish.models import Source
from cpd.authoring.publish.queries import find_newest_course_revision
from cpd.courses.models import CourseRow, Document, DocumentType, Revision, RevisionPart
from cpd.db import Page, find_page

DRAFTS_PER_PAGE = 30


@dataclass(frozen=True)
class OwnDraft:
    """A draft that somebody began or edited last, with its title if it has one."""

    draft: Draft
    title: str


def find_own_drafts(session: Session, actor: Actor, *, page: int) -> Page[OwnDraft] | None:
    """Return a page of the actor's open drafts, those edited last first; None past the end."""
    is_own = (where_actor_writes(actor), where_own(actor), Draft.state == DraftState.OPEN)
    drafts = sa.select(Draft).join(Draft.course).where(*is_own)
    drafts = drafts.order_by(Draft.edited_at.desc(), Draft.id.desc())
    found = find_page(session, drafts, number=page, size=DRAFTS_PER_PAGE)
    if found is None:
        return None
    titles = _find_titles_of_drafts(session, found.rows)
    rows = [OwnDraft(draft, titles.get(draft.id) or draft.path) for draft in found.rows]
    return Page(rows, found.number, found.pages, found.count)


def _find_titles_of_drafts(session: Session, drafts: Sequence[Draft]) -> dict[int, str]:
    """Return the titles of drafts: that of a case as it is now, or the published one."""
    rows = session.execute(
        sa.select(Draft.id, sa.func.coalesce(IndexedCase.title, Revision.stored_title))
        .outerjoin(IndexedCase, IndexedCase.draft_id == Draft.id)
        .outerjoin(Revision, Revision.id == Draft.base_revision_id)
        .where(Draft.id.in_([draft.id for draft in drafts]))
    )
    return {row[0]: row[1] for row in rows}


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
        path: CourseFile(
            path, _type_of_new_file(path), title_of_draft(draft), draft, is_published=False
        )
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
