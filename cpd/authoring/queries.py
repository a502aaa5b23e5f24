"""Reads of what was published: newest revisions, their sources, the ledger."""

from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager

from cpd.authoring import folders
from cpd.authoring.folders import LEDGER
from cpd.authoring.models import Source
from cpd.courses.models import (
    CourseRow,
    Document,
    DocumentType,
    LedgerEntry,
    Revision,
    RevisionPart,
    Series,
)


def documents(session: Session, course: str) -> dict[str, Document]:
    """Return every document that a course ever had, by `type:slug`."""
    rows = session.scalars(sa.select(Document).where(_of(course)))
    return {f"{row.type}:{row.slug}": row for row in rows}


def _of(course: str) -> sa.ColumnElement[bool]:
    """Say that a document belongs to the course of a slug."""
    return Document.course_id == _id_of(course)


def _id_of(course: str) -> sa.ScalarSelect[int]:
    return sa.select(CourseRow.id).where(CourseRow.slug == course).scalar_subquery()


def newest_revisions(session: Session, course: str) -> dict[str, Revision]:
    """Return the newest revision of every document of a course, by `type:slug`."""
    newer = sa.orm.aliased(Revision)
    rows = session.scalars(
        sa.select(Revision)
        .join(Revision.document)
        .where(
            _of(course),
            ~sa.exists().where(
                newer.document_id == Revision.document_id, newer.number > Revision.number
            ),
        )
        .options(contains_eager(Revision.document))
    )
    return {f"{row.document.type}:{row.document.slug}": row for row in rows}


def newest_course(session: Session, course: str) -> Revision | None:
    """Return the newest revision of a course itself."""
    return session.scalar(
        sa.select(Revision)
        .join(Revision.document)
        .where(_of(course), Document.type == DocumentType.COURSE)
        .order_by(Revision.number.desc())
        .limit(1)
    )


def ledger(session: Session, course: str, series: Series) -> Sequence[LedgerEntry]:
    """Return one series of a course's ledger, in the order of its file."""
    return session.scalars(
        sa.select(LedgerEntry)
        .where(LedgerEntry.course_id == _id_of(course), LedgerEntry.series == series)
        .order_by(LedgerEntry.position)
    ).all()


def ledger_text(entries: Sequence[LedgerEntry]) -> str:
    """Return the file that the entries came from, byte for byte."""
    return "".join(entry.data["text"] for entry in entries)


def sources(session: Session, course_revision: Revision) -> Sequence[Source]:
    """Return the files of a course revision: its own and those of its parts."""
    parts = sa.select(RevisionPart.part_id).where(
        RevisionPart.course_revision_id == course_revision.id
    )
    return session.scalars(
        sa.select(Source)
        .where(sa.or_(Source.revision_id == course_revision.id, Source.revision_id.in_(parts)))
        .order_by(Source.path)
    ).all()


def pictures(session: Session, course_revision: Revision) -> dict[str, str]:
    """Return the pictures of a course revision by the path of their file."""
    rows = session.execute(
        sa.select(Document.slug, Revision.front)
        .join(Revision.document)
        .join(RevisionPart, RevisionPart.part_id == Revision.id)
        .where(
            RevisionPart.course_revision_id == course_revision.id,
            Document.type == DocumentType.FIGURE,
        )
    )
    return {f"figures/{slug}.svg": front["svg"] for slug, front in rows}


def sources_of(session: Session, revisions: Sequence[Revision]) -> dict[int, Source]:
    """Return the files that revisions were published from, by revision id."""
    rows = session.scalars(
        sa.select(Source).where(Source.revision_id.in_([revision.id for revision in revisions]))
    )
    return {row.revision_id: row for row in rows}


def files(session: Session, course_revision: Revision) -> dict[str, str]:
    """Return the text of every file that a course revision was published from, by path."""
    found = {source.path: source.text for source in sources(session, course_revision)}
    found |= pictures(session, course_revision)
    entries = ledger(session, course_revision.document.slug, Series.SHIPPED)
    if entries:
        found[LEDGER] = ledger_text(entries)
    return found


def is_published(session: Session, folder: Path) -> bool:
    """Tell whether the newest version of a course is this folder, byte for byte."""
    revision = newest_course(session, folder.name)
    if revision is None:
        return False
    stored = {path: text.encode() for path, text in files(session, revision).items()}
    return stored == folders.read(folder)


def is_library_published(session: Session) -> bool:
    """Tell whether every shipped course is published as it lies there, so that nothing is due."""
    return all(is_published(session, folder) for folder in folders.shipped())
