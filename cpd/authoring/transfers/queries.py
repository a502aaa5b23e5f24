"""Reads for taking files out of courses and bringing them in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from cpd.access.permissions import Actor
from cpd.authoring.drafts.models import Draft, DraftState
from cpd.authoring.drafts.queries import (
    find_course_files,
    find_open_drafts_of_course,
    lay_drafts_over,
    where_actor_writes,
)
from cpd.authoring.drafts.titles import parse_title
from cpd.authoring.publish.models import Source
from cpd.authoring.publish.queries import find_newest_course_revision
from cpd.courses.models import CourseRow, Document, DocumentType, Revision, RevisionPart
from cpd.courses.rules.fronts.parts import FigureFront


@dataclass(frozen=True)
class PresentFiles:
    """The files of a course as they are now: drafts, and what is published."""

    texts: Mapping[str, str] = field(default_factory=dict)
    """By path; that of an open draft stands for the published one."""
    drafts: Mapping[str, Draft] = field(default_factory=dict)
    """The open drafts by path."""


@dataclass(frozen=True)
class ChosenFiles:
    """Files of one course that somebody chose."""

    course: CourseRow
    texts: dict[str, str] = field(default_factory=dict)


def find_present_files(session: Session, course: CourseRow) -> PresentFiles:
    """Return the files of a course with its open drafts laid over them."""
    drafts = find_open_drafts_of_course(session, course)
    texts = lay_drafts_over(find_course_files(session, course), drafts)
    return PresentFiles(texts, {draft.path: draft for draft in drafts})


@dataclass(frozen=True)
class ListedFile:
    """A file of a course that can be chosen."""

    public_id: str
    """Of its open draft, or else of its document."""
    path: str
    title: str
    is_draft: bool


def find_listed_files(session: Session, course: CourseRow) -> Sequence[ListedFile]:
    """Return the files of a course, open drafts in the place of what is published, by path."""
    newest = find_newest_course_revision(session, course.slug)
    number = newest.id if newest else None
    parts = sa.select(RevisionPart.part_id).where(RevisionPart.course_revision_id == number)
    rows = session.execute(
        sa.select(Source.path, Document.public_id, Revision.stored_title)
        .join(Revision, Revision.id == Source.revision_id)
        .join(Document, Document.id == Revision.document_id)
        .where(sa.or_(Revision.id == number, Revision.id.in_(parts)))
    )
    files = {row[0]: ListedFile(row[1], row[0], row[2], is_draft=False) for row in rows}
    for draft in find_open_drafts_of_course(session, course):
        title = parse_title(draft.path, draft.text) or draft.path
        files[draft.path] = ListedFile(draft.public_id, draft.path, title, is_draft=True)
    return [file for _, file in sorted(files.items())]


def find_chosen_files(
    session: Session, actor: Actor, public_ids: Sequence[str]
) -> Sequence[ChosenFiles] | None:
    """Return documents as published last, and open drafts over them, by course.

    Returns None if one of them is not there, or is in a course that the actor may not write for.
    """
    documents = _find_newest_sources(session, actor, public_ids)
    drafts = session.scalars(
        sa.select(Draft)
        .join(Draft.course)
        .where(
            where_actor_writes(actor),
            Draft.state == DraftState.OPEN,
            Draft.public_id.in_(public_ids),
        )
    ).all()
    if len(documents) + len(drafts) < len(set(public_ids)):
        return None
    chosen: dict[int, ChosenFiles] = {}
    for course, document, revision, source in documents:
        files = chosen.setdefault(course.id, ChosenFiles(course))
        files.texts[source.path] = source.text
        if document.type is DocumentType.FIGURE:
            picture = FigureFront.from_json(revision.front).svg
            files.texts[f"figures/{document.slug}.svg"] = picture
    for draft in drafts:
        files = chosen.setdefault(draft.course_id, ChosenFiles(draft.course))
        files.texts[draft.path] = draft.text
    return sorted(chosen.values(), key=lambda files: files.course.slug)


def _find_newest_sources(
    session: Session, actor: Actor, public_ids: Sequence[str]
) -> Sequence[sa.Row[CourseRow, Document, Revision, Source]]:
    newer = aliased(Revision)
    is_newest = ~sa.exists().where(
        newer.document_id == Revision.document_id, newer.number > Revision.number
    )
    return session.execute(
        sa.select(CourseRow, Document, Revision, Source)
        .join(Document, Document.course_id == CourseRow.id)
        .join(Revision, Revision.document_id == Document.id)
        .join(Source, Source.revision_id == Revision.id)
        .where(where_actor_writes(actor), Document.public_id.in_(public_ids), is_newest)
    ).all()


def is_course_name_taken(session: Session, slug: str) -> bool:
    """Tell whether a course on this site has a name."""
    return session.scalar(sa.select(CourseRow.id).where(CourseRow.slug == slug)) is not None
