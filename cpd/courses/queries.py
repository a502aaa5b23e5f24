"""Reads of courses: the catalogue, one course with its parts, and how far the actor is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.courses import hooks
from cpd.courses.models import (
    Document,
    DocumentType,
    Enrolment,
    EnrolmentDisclosure,
    EnrolmentState,
    LedgerEntry,
    Revision,
    RevisionPart,
    SectionReading,
)
from cpd.courses.rules import reading
from cpd.courses.rules.disclosure import Line
from cpd.courses.rules.evidence import EvidenceStatus
from cpd.courses.rules.outline import Outline, Part
from cpd.courses.rules.reading import Missing, Place, Progress
from cpd.kernel import memory
from cpd.kernel.memory import Remembered

PAGE = 12
"""Courses on one page of the catalogue."""


@dataclass(frozen=True)
class Ledger:
    """What the ledger of a course says now: later entries won."""

    statuses: Mapping[str, EvidenceStatus]
    """The newest status of each reference, by its key; one without is unchecked."""
    signed: Mapping[tuple[str, str], str]
    """Who signed: by (such as `course:ms`, the content hash that was signed)."""
    newest: str = ""
    """The public id of the newest entry."""

    def signer(self, about: str, content_hash: str) -> str:
        """Return who signed exactly this text, or nothing."""
        return self.signed.get((about, content_hash), "")


@dataclass(frozen=True)
class Course:
    """A course as one reader meets it: their enrolment's version, else the newest."""

    revision: Revision
    outline: Outline
    ledger: Ledger
    enrolment: Enrolment | None
    is_newest: bool = True
    """False where a newer version than this has been published."""

    @property
    def is_ahead(self) -> bool:
        """Whether this is a newer version than its reader takes, shown because they asked."""
        own = self.enrolment
        return own is not None and own.course_revision_id != self.revision.id

    @property
    def slug(self) -> str:
        """The name of the course in addresses."""
        return self.revision.document.slug


@dataclass(frozen=True)
class Shelf:
    """One page of the catalogue."""

    courses: Sequence[Course]
    page: int
    pages: int


_outlines: Remembered[str, Outline] = Remembered(64)
_ledgers: Remembered[str, Ledger] = Remembered(64)
"""By the public id of the newest entry."""


def forget() -> None:
    """Forget what is remembered: for measuring, since nothing remembered can become wrong."""
    memory.forget()


@cache
def _newest() -> sa.Select[Revision]:
    """Select the newest revision of each course; said once, since saying it takes longer."""
    newer = sa.orm.aliased(Revision)
    return (
        sa.select(Revision)
        .join(Revision.document)
        .where(
            Document.type == DocumentType.COURSE,
            ~sa.exists().where(
                newer.document_id == Revision.document_id, newer.number > Revision.number
            ),
        )
        .options(sa.orm.contains_eager(Revision.document))
    )


def _with_newest_entry(of: sa.Select[Any]) -> sa.Select[Any]:
    """Add the newest entry in the ledger of each selected course; the ledger only grows."""
    return of.add_columns(_newest_entry())


@cache
def _newest_entry() -> sa.ScalarSelect[str]:
    newest = sa.select(LedgerEntry.public_id).where(LedgerEntry.course == Document.slug)
    newest = newest.order_by(LedgerEntry.position.desc()).limit(1)
    return newest.correlate(Document).scalar_subquery()


def enrolment_of(session: Session, actor: Actor, course_slug: str) -> Enrolment | None:
    """Return the actor's own present enrolment in a course; a visitor has none."""
    return session.scalar(present_enrolments(actor, course_slug))


def disclosure_of(session: Session, enrolment: Enrolment) -> tuple[Line, ...]:
    """Return what was shown before this enrolment, word for word."""
    kept = session.scalar(_disclosure(), {"enrolment": enrolment.id})
    return tuple(Line.from_json(line) for line in kept or ())


@cache
def _disclosure() -> sa.Select[list[Any]]:
    """Select what was shown before an `enrolment`."""
    return sa.select(EnrolmentDisclosure.lines).where(
        EnrolmentDisclosure.enrolment_id == sa.bindparam("enrolment")
    )


def present_enrolments(actor: Actor, course_slug: str | None = None) -> sa.Select[Enrolment]:
    """Select the actor's enrolments that have not ended, all or in one course."""
    mine = _present_enrolments().where(Enrolment.subject == actor.subject)
    return mine if course_slug is None else mine.where(Document.slug == course_slug)


@cache
def _present_enrolments() -> sa.Select[Enrolment]:
    return (
        sa.select(Enrolment)
        .join(Enrolment.course)
        .where(Enrolment.state != EnrolmentState.ENDED)
        .options(sa.orm.contains_eager(Enrolment.course), sa.orm.joinedload(Enrolment.place))
    )


def course(session: Session, actor: Actor, slug: str) -> Course | None:
    """Return a course in the version the actor is enrolled in, else in the newest one."""
    if actor.is_signed_in:
        own = session.execute(_own(), {"subject": actor.subject, "slug": slug}).one_or_none()
        if own is not None:
            enrolment, entry, newest = own
            pinned = enrolment.course_revision
            (of,) = _courses(session, [(pinned, entry, enrolment)])
            return replace(of, is_newest=pinned.number == newest)
    return newest_version(session, slug, None)


def newest_version(session: Session, slug: str, enrolment: Enrolment | None) -> Course | None:
    """Return a course in its newest version, also for somebody who takes an older one."""
    newest = session.execute(_newest_of_one(), {"slug": slug}).one_or_none()
    if newest is None:
        return None
    revision, entry = newest
    return _courses(session, [(revision, entry, enrolment)])[0]


@cache
def _own() -> sa.Select[Any]:
    """Select the present enrolment of a `subject` in the course of a `slug`."""
    mine = _present_enrolments().where(
        Enrolment.subject == sa.bindparam("subject"), Document.slug == sa.bindparam("slug")
    )
    number = sa.select(sa.func.max(Revision.number)).where(Revision.document_id == Document.id)
    return _with_newest_entry(mine).add_columns(number.correlate(Document).scalar_subquery())


@cache
def _newest_of_one() -> sa.Select[Any]:
    """Select the newest revision of the course of a `slug`."""
    return _with_newest_entry(_newest().where(Document.slug == sa.bindparam("slug")))


def _courses(
    session: Session, found: Sequence[tuple[Revision, str | None, Enrolment | None]]
) -> list[Course]:
    """Return courses with all that is remembered of them; two queries at most."""
    made = outlines(session, [revision for revision, _, _ in found])
    known = _known_ledgers(session, {one.document.slug: entry for one, entry, _ in found})
    return [
        Course(revision, made[revision.id], known[revision.document.slug], enrolment)
        for revision, _, enrolment in found
    ]


def newest_revision(session: Session, slug: str) -> Revision | None:
    """Return the newest version of a course, whoever asks: what a new enrolment is pinned to."""
    return session.scalar(_newest().where(Document.slug == slug))


def catalogue(session: Session, actor: Actor, *, page: int = 1) -> Shelf | None:
    """Return one page of the courses there are, by title; None for a page that is not there."""
    total = session.scalar(_count())
    pages = max(-(-(total or 0) // PAGE), 1)
    if not 1 <= page <= pages:
        return None
    rows = session.execute(_by_title(), {"most": PAGE, "skipped": (page - 1) * PAGE}).all()
    own = {one.course_id: one for one in _present(session, actor)}
    shown: list[tuple[Revision, str | None, Enrolment | None]] = []
    for revision, entry in rows:
        mine = own.get(revision.document_id)
        shown.append((mine.course_revision if mine else revision, entry, mine))
    return Shelf(_courses(session, shown), page, pages)


@cache
def _count() -> sa.Select[int]:
    """Count the courses."""
    courses = sa.select(sa.func.count()).select_from(Document)
    return courses.where(Document.type == DocumentType.COURSE)


@cache
def _by_title() -> sa.Select[Any]:
    """Select a page of the catalogue: at `most` so many, after those that are `skipped`."""
    in_order = _newest().order_by(Revision.title, Revision.id)
    part = in_order.limit(sa.bindparam("most")).offset(sa.bindparam("skipped"))
    return _with_newest_entry(part)


def _present(session: Session, actor: Actor) -> Sequence[Enrolment]:
    return session.scalars(present_enrolments(actor)).all() if actor.is_signed_in else []


def my_courses(session: Session, actor: Actor) -> list[Course]:
    """Return the courses the actor is taking or has completed, the newest first."""
    newest_first = present_enrolments(actor).order_by(
        Enrolment.started_at.desc(), Enrolment.id.desc()
    )
    rows = session.execute(_with_newest_entry(newest_first)).all()
    return _courses(session, [(own.course_revision, entry, own) for own, entry in rows])


def has_ever_enrolled(session: Session, actor: Actor) -> bool:
    """Tell whether the actor took any course, also one that ended."""
    own = sa.select(Enrolment.id).where(Enrolment.subject == actor.subject).limit(1)
    return session.scalar(own) is not None


def outline(session: Session, revision: Revision) -> Outline:
    """Return what a course revision is made of; remembered, because it never changes."""
    return outlines(session, [revision])[revision.id]


def outlines(session: Session, revisions: Iterable[Revision]) -> dict[int, Outline]:
    """Return the outline of each course revision by its id, with one query at most."""
    wanted = {one.id: one for one in revisions}
    found = {
        id_: known
        for id_, one in wanted.items()
        if (known := _outlines.recall(one.public_id)) is not None
    }
    unknown = [one for id_, one in wanted.items() if id_ not in found]
    if unknown:
        for one, made in _build_outlines(session, unknown):
            found[one.id] = _outlines.keep(one.public_id, made)
    return found


def _build_outlines(
    session: Session, revisions: Sequence[Revision]
) -> list[tuple[Revision, Outline]]:
    rows = session.execute(
        sa.select(
            RevisionPart.course_revision_id,
            Document.type,
            Document.id,
            Document.slug,
            Revision.id,
            Revision.public_id,
            Revision.title,
            Revision.words,
            Revision.front,
            Revision.content_hash,
            sa.case((Document.type == DocumentType.FIGURE, Revision.html), else_=""),
        )
        .join(RevisionPart, RevisionPart.part_id == Revision.id)
        .join(Revision.document)
        .where(RevisionPart.course_revision_id.in_([one.id for one in revisions]))
        .order_by(RevisionPart.position)
    )
    parts: dict[int, dict[DocumentType, list[Part]]] = {
        one.id: {kind: [] for kind in DocumentType} for one in revisions
    }
    for course_id, kind, *values, front, content_hash, html in rows:
        bare = {name: value for name, value in front.items() if name != "svg"}
        document_id, slug, id_, public_id, title, words = values
        part = Part(id_, document_id, public_id, slug, title, words, bare, html, content_hash)
        parts[course_id][kind].append(part)
    return [(one, _outline_of(one, parts[one.id])) for one in revisions]


def _outline_of(revision: Revision, parts: Mapping[DocumentType, Sequence[Part]]) -> Outline:
    order = list(revision.front["sections"])
    practice: dict[str, list[Part]] = {slug: [] for slug in order}
    for case in parts[DocumentType.CASE]:
        if case.front["pool"] == "practice":
            bare = replace(case, front={})
            practice[case.front["section"]].append(bare)
    (exam,) = parts[DocumentType.EXAM]
    return Outline(
        course=Part(
            revision.id,
            revision.document_id,
            revision.public_id,
            revision.document.slug,
            revision.title,
            revision.words,
            revision.front,
        ),
        exam=exam,
        sections=tuple(
            sorted(parts[DocumentType.SECTION], key=lambda part: order.index(part.slug))
        ),
        practice={slug: tuple(cases) for slug, cases in practice.items()},
        has_open_case=any(case.front["open"] for case in parts[DocumentType.CASE]),
        hazards=tuple(parts[DocumentType.HAZARD]),
        tools=tuple(parts[DocumentType.TOOL]),
        figures=tuple(parts[DocumentType.FIGURE]),
        references=tuple(parts[DocumentType.REFERENCE]),
        glossary=next(iter(parts[DocumentType.GLOSSARY]), None),
    )


def revision_of(session: Session, part: Part) -> Revision:
    """Return the stored revision of a part, with its text."""
    return session.get_one(Revision, part.revision_id)


def texts_of(session: Session, parts: Iterable[Part]) -> dict[int, str]:
    """Return the stored HTML of parts by revision id, with one query."""
    wanted = [part.revision_id for part in parts]
    rows = session.execute(sa.select(Revision.id, Revision.html).where(Revision.id.in_(wanted)))
    return {row.id: row.html for row in rows}


def _known_ledgers(session: Session, newest: Mapping[str, str | None]) -> dict[str, Ledger]:
    """Return the ledger of each course by its slug; read once for each newest entry."""
    found = {slug: Ledger({}, {}) for slug in newest}
    unknown: dict[str, str] = {}
    for slug, entry in newest.items():
        if entry is not None:
            known = _ledgers.recall(entry)
            if known is None:
                unknown[slug] = entry
            else:
                found[slug] = known
    if unknown:
        entries: dict[str, list[LedgerEntry]] = {slug: [] for slug in unknown}
        in_order = sa.select(LedgerEntry).order_by(LedgerEntry.position)
        for row in session.scalars(in_order.where(LedgerEntry.course.in_(unknown))):
            entries[row.course].append(row)
        for slug, entry in unknown.items():
            found[slug] = _ledgers.keep(entry, _ledger_of(entries[slug], entry))
    return found


def _ledger_of(entries: Sequence[LedgerEntry], newest: str) -> Ledger:
    statuses = {
        entry.about.removeprefix("reference:"): EvidenceStatus.from_data(entry.data)
        for entry in entries
        if entry.type == "status"
    }
    signed = {
        (entry.about, entry.data.get("hash") or ""): entry.data.get("by") or ""
        for entry in entries
        if entry.type == "sign-off"
    }
    return Ledger(statuses, signed, newest)


def missing_for_credit(
    session: Session, courses: Sequence[Course]
) -> dict[int, tuple[Missing, ...]]:
    """Say, by course revision id, what keeps each course at "for study; no CE credit"."""
    approved = hooks.approved_for_credit(session, [one.revision for one in courses])
    return {
        one.revision.id: reading.missing_for_credit(
            is_approved=one.revision.id in approved,
            is_signed=bool(one.ledger.signer(f"course:{one.slug}", one.revision.content_hash)),
            is_reviewed=bool(one.outline.course.front.get("reviewed")),
        )
        for one in courses
    }


def readings(session: Session, enrolments: Iterable[Enrolment]) -> dict[int, dict[str, datetime]]:
    """Return when each section was ended, by enrolment id and section slug, with one query."""
    found: dict[int, dict[str, datetime]] = {one.id: {} for one in enrolments}
    if found:
        for enrolment_id, slug, read_at in session.execute(_ended(), {"enrolments": list(found)}):
            found[enrolment_id][slug] = read_at
    return found


@cache
def _ended() -> sa.Select[int, str, datetime]:
    """Select when each section was ended under some `enrolments`."""
    return (
        sa.select(SectionReading.enrolment_id, Document.slug, SectionReading.read_at)
        .join(Document, Document.id == SectionReading.section_id)
        .where(
            SectionReading.enrolment_id.in_(sa.bindparam("enrolments", expanding=True)),
            SectionReading.passage == "",
        )
    )


def place_of(enrolment: Enrolment) -> Place | None:
    """Return where the reader left off, if that was noted."""
    row = enrolment.place
    return Place(row.section, row.anchor, row.block, row.noted_at) if row is not None else None


def progress(session: Session, of: Course) -> Progress:
    """Return how far the reader is: sections ended and practice cases answered."""
    if of.enrolment is None:
        return reading.progress(of.outline, {})
    ended = readings(session, [of.enrolment])[of.enrolment.id]
    answered = hooks.practice_done(session, of.enrolment)
    return reading.progress(of.outline, ended, answered, place=place_of(of.enrolment))


def reading_progress(session: Session, of: Course) -> Progress:
    """Return which sections were ended, and ask nothing about practice."""
    if of.enrolment is None:
        return reading.progress(of.outline, {})
    return reading.progress(of.outline, readings(session, [of.enrolment])[of.enrolment.id])
