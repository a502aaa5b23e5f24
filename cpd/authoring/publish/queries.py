"""Reads of what was published: newest revisions, their sources, the ledger."""

from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager

from cpd.authoring.publish.models import Source
from cpd.authoring.sources.disk import LEDGERS
from cpd.courses.models import (
    CourseRow,
    Document,
    DocumentType,
    LedgerEntry,
    PublishEntry,
    Revision,
    RevisionPart,
)
from cpd.courses.rules.fronts.parts import FigureFront
from cpd.courses.rules.ledger import Series


def lock_course_or_none(session: Session, course: str) -> CourseRow | None:
    """Return a course and lock it: nobody else publishes it until the unit of work ends."""
    return session.scalar(
        sa.select(CourseRow).where(CourseRow.slug == course).with_for_update(),
        execution_options={"populate_existing": True},
    )


def lock_existing_course(session: Session, course: str) -> CourseRow:
    """Return a course that must exist, locked; raises LookupError otherwise."""
    row = lock_course_or_none(session, course)
    if row is None:  # courses are never deleted
        raise LookupError(course)
    return row


def find_documents_of_course(session: Session, course: str) -> dict[str, Document]:
    """Return every document that a course ever had, by `type:slug`."""
    rows = session.scalars(sa.select(Document).where(_document_in_course_condition(course)))
    return {f"{row.type}:{row.slug}": row for row in rows}


def _document_in_course_condition(course: str) -> sa.ColumnElement[bool]:
    """Return the condition that a document belongs to a course."""
    return Document.course_id == _select_course_id(course)


def _select_course_id(course: str) -> sa.ScalarSelect[int]:
    return sa.select(CourseRow.id).where(CourseRow.slug == course).scalar_subquery()


def find_newest_revisions(session: Session, course: str) -> dict[str, Revision]:
    """Return the newest revision of every document of a course, by `type:slug`."""
    newer = sa.orm.aliased(Revision)
    rows = session.scalars(
        sa.select(Revision)
        .join(Revision.document)
        .where(
            _document_in_course_condition(course),
            ~sa.exists().where(
                newer.document_id == Revision.document_id, newer.number > Revision.number
            ),
        )
        .options(contains_eager(Revision.document))
    )
    return {f"{row.document.type}:{row.document.slug}": row for row in rows}


def find_newest_course_revision(session: Session, course: str) -> Revision | None:
    """Return the newest revision of a course itself."""
    return session.scalar(
        sa.select(Revision)
        .join(Revision.document)
        .where(_document_in_course_condition(course), Document.type == DocumentType.COURSE)
        .order_by(Revision.number.desc())
        .limit(1)
    )


def find_ledger_entries(session: Session, course: str, series: Series) -> Sequence[LedgerEntry]:
    """Return one series of a course's ledger, in the order of its file."""
    return session.scalars(
        sa.select(LedgerEntry)
        .where(LedgerEntry.course_id == _select_course_id(course), LedgerEntry.series == series)
        .order_by(LedgerEntry.position)
    ).all()


def build_ledger_text(entries: Sequence[LedgerEntry]) -> str:
    """Return the file that the entries came from, byte for byte."""
    return "".join(entry.data["text"] for entry in entries)


def find_sources_of_course_revision(
    session: Session, course_revision: Revision
) -> Sequence[Source]:
    """Return the files of a course revision: its own and those of its parts."""
    parts = sa.select(RevisionPart.part_id).where(
        RevisionPart.course_revision_id == course_revision.id
    )
    return session.scalars(
        sa.select(Source)
        .where(sa.or_(Source.revision_id == course_revision.id, Source.revision_id.in_(parts)))
        .order_by(Source.path)
    ).all()


def find_revision_of_file(
    session: Session, course_revision: Revision, path: str
) -> Revision | None:
    """Return the revision that a file of a course revision was published as."""
    return find_revisions_of_files(session, course_revision, [path]).get(path)


def find_revisions_of_files(
    session: Session, course_revision: Revision | None, paths: Collection[str]
) -> dict[str, Revision]:
    """Return the revisions that files of a course revision were published as, by path."""
    if course_revision is None:
        return {}
    parts = sa.select(RevisionPart.part_id).where(
        RevisionPart.course_revision_id == course_revision.id
    )
    rows = session.execute(
        sa.select(Source.path, Revision)
        .join(Revision, Revision.id == Source.revision_id)
        .where(
            Source.path.in_(paths),
            sa.or_(Revision.id == course_revision.id, Revision.id.in_(parts)),
        )
    )
    return {row[0]: row[1] for row in rows}


def find_pictures_of_course_revision(session: Session, course_revision: Revision) -> dict[str, str]:
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
    return {f"figures/{slug}.svg": FigureFront.from_json(front).svg for slug, front in rows}


def find_sources_of_revisions(session: Session, revisions: Sequence[Revision]) -> dict[int, Source]:
    """Return the files that revisions were published from, by revision id."""
    rows = session.scalars(
        sa.select(Source).where(Source.revision_id.in_([revision.id for revision in revisions]))
    )
    return {row.revision_id: row for row in rows}


def find_published_files(session: Session, course_revision: Revision) -> dict[str, str]:
    """Return the text of every file that a course revision was published from, by path."""
    texts = {
        source.path: source.text
        for source in find_sources_of_course_revision(session, course_revision)
    }
    texts |= find_pictures_of_course_revision(session, course_revision)
    for series, path in LEDGERS.items():
        entries = find_ledger_entries(session, course_revision.document.slug, series)
        if entries:
            texts[path] = build_ledger_text(entries)
    return texts


def find_base_hashes(session: Session, course: str) -> dict[int, str]:
    """Return the hash of the release text that each newest revision is based on, by revision id."""
    rows = session.execute(
        sa.select(Revision.id, PublishEntry.base_hash)
        .join(PublishEntry, PublishEntry.revision_id == Revision.id)
        .where(
            Revision.id.in_(
                [revision.id for revision in find_newest_revisions(session, course).values()]
            )
        )
    )
    return {row.id: row.base_hash for row in rows}


def find_base_texts(session: Session, course: str) -> dict[str, str]:
    """Return the release texts on which the documents of a course are based, by path."""
    newest, base = sa.orm.aliased(Revision), sa.orm.aliased(Revision)
    is_newest = sa.select(sa.func.max(Revision.number)).where(
        Revision.document_id == newest.document_id
    )
    rows = session.execute(
        sa.select(Source.path, Source.text, Document.type, Document.slug, base.front)
        .join(Document, Document.id == base.document_id)
        .join(newest, newest.document_id == base.document_id)
        .join(PublishEntry, PublishEntry.revision_id == newest.id)
        .join(Source, Source.revision_id == base.id)
        .where(
            _document_in_course_condition(course),
            newest.number == is_newest.scalar_subquery(),
            base.content_hash == PublishEntry.base_hash,
        )
        .order_by(base.number)
    )
    texts: dict[str, str] = {}
    for path, text, type_, slug, front in rows:
        texts[path] = text
        if type_ is DocumentType.FIGURE:
            texts[f"figures/{slug}.svg"] = FigureFront.from_json(front).svg
    return texts


def has_course_release_text(session: Session, course: CourseRow) -> bool:
    """Return whether any version of a course came from a release, or was edited from one."""
    entries = (
        sa.select(PublishEntry.id)
        .join(Revision, Revision.id == PublishEntry.revision_id)
        .join(Revision.document)
        .where(
            Document.course_id == course.id,
            Document.type == DocumentType.COURSE,
            PublishEntry.base_hash != "",
        )
    )
    return session.scalar(entries.limit(1)) is not None


def count_ledger_entries(session: Session, course: str) -> int:
    """Return how many entries the ledger of a course has, in both series."""
    entries = sa.select(sa.func.count(LedgerEntry.id)).where(
        LedgerEntry.course_id == _select_course_id(course)
    )
    return session.scalar(entries) or 0
