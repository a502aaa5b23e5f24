"""Reads of the versions of a course and of its files: who published each, when and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.authoring.drafts.models import Draft, DraftState
from cpd.authoring.drafts.rules.saving import hash_text
from cpd.authoring.publish.models import Source
from cpd.courses.ledgers import find_texts_signed_here
from cpd.courses.models import (
    CourseRow,
    Document,
    DocumentType,
    Enrolment,
    EnrolmentState,
    PublishEntry,
    Revision,
)


@dataclass(frozen=True)
class FileVersion:
    """One published version of a file."""

    course_id: int
    revision_id: int
    public_id: str
    number: int
    title: str
    content_hash: str
    path: str
    text: str
    published_at: datetime
    actor: str
    reason: str
    is_reviewed: bool
    """Whether reviewers of this site approved it, as a draft or as it stands published."""


def find_versions_of_file(session: Session, course: CourseRow, path: str) -> Sequence[FileVersion]:
    """Return the versions of a file, the newest first, whatever its path was in each of them."""
    same = sa.orm.aliased(Document)
    documents = (
        sa.select(same.id)
        .join(Revision, Revision.document_id == same.id)
        .join(Source, Source.revision_id == Revision.id)
        .where(same.course_id == course.id, Source.path == path)
    )
    return _find_versions(session, Document.id.in_(documents))


def find_versions_of_course(session: Session, course: CourseRow) -> Sequence[FileVersion]:
    """Return the versions of a course as a whole, the newest first."""
    return _find_versions(
        session, Document.course_id == course.id, Document.type == DocumentType.COURSE
    )


def _find_versions(session: Session, *which: sa.ColumnElement[bool]) -> list[FileVersion]:
    rows = session.execute(
        sa.select(Revision, PublishEntry, Source)
        .join(Revision.document)
        .join(PublishEntry, PublishEntry.revision_id == Revision.id)
        .join(Source, Source.revision_id == Revision.id)
        .where(*which)
        .options(sa.orm.contains_eager(Revision.document))
        .order_by(Revision.number.desc())
    )
    versions = [_build_version(*row) for row in rows]
    reviewed = _find_hashes_of_published_drafts(session, versions)
    signed = _find_hashes_signed_here(session, versions)
    return [
        replace(
            version,
            is_reviewed=(version.path, hash_text(version.text)) in reviewed
            or version.content_hash in signed,
        )
        for version in versions
    ]


def _find_hashes_signed_here(session: Session, versions: Sequence[FileVersion]) -> set[str]:
    """Return the content hashes that reviewers of this site have signed in these courses."""
    return {
        content_hash
        for course_id in {version.course_id for version in versions}
        for _name, content_hash in find_texts_signed_here(session, course_id)
    }


def _find_hashes_of_published_drafts(
    session: Session, versions: Sequence[FileVersion]
) -> set[tuple[str, str]]:
    """Return the path and the hash of the texts that were published as drafts."""
    rows = session.execute(
        sa.select(Draft.path, Draft.text_hash).where(
            Draft.course_id.in_({version.course_id for version in versions}),
            Draft.path.in_({version.path for version in versions}),
            Draft.state == DraftState.PUBLISHED,
        )
    )
    return {(path, text_hash) for path, text_hash in rows}


def _build_version(revision: Revision, entry: PublishEntry, source: Source) -> FileVersion:
    return FileVersion(
        course_id=revision.document.course_id,
        revision_id=revision.id,
        public_id=revision.public_id,
        number=revision.number,
        title=revision.title,
        content_hash=revision.content_hash,
        path=source.path,
        text=source.text,
        published_at=revision.published_at,
        actor=entry.actor,
        reason=entry.reason,
        is_reviewed=False,
    )


def count_active_learners_by_version(session: Session, course: CourseRow) -> Mapping[int, int]:
    """Return how many people are taking each version of a course, by revision id."""
    rows = session.execute(
        sa.select(Enrolment.course_revision_id, sa.func.count(Enrolment.subject.distinct()))
        .where(Enrolment.course_id == course.id, Enrolment.state == EnrolmentState.ACTIVE)
        .group_by(Enrolment.course_revision_id)
    )
    return dict(rows.all())


def find_revision(session: Session, version: FileVersion) -> Revision:
    """Return the stored revision of a version."""
    return session.get_one(Revision, version.revision_id)
