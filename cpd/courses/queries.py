"""Reads of courses: the catalogue, one course with its parts, and how far the actor is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.courses import hooks, outlines, renderings
from cpd.courses.models import (
    CourseRow,
    Document,
    DocumentType,
    Enrolment,
    EnrolmentDisclosure,
    EnrolmentState,
    LedgerEntry,
    Revision,
    SectionReading,
)
from cpd.courses.rules import ledger, reading
from cpd.courses.rules.addresses import OWN, CourseAddress
from cpd.courses.rules.disclosure import Line
from cpd.courses.rules.evidence import EvidenceStatus
from cpd.courses.rules.outline import Outline, Part
from cpd.courses.rules.reading import Missing, Place, Progress
from cpd.courses.visibility import Eyes, eyes_of, visible_courses
from cpd.kernel import memory
from cpd.kernel.memory import LruCache

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
    def is_over(self) -> bool:
        """Whether this was taken under an enrolment that has ended: its pages are gone."""
        return self.enrolment is not None and self.enrolment.state is EnrolmentState.ENDED

    @property
    def slug(self) -> str:
        """The name of the course in addresses."""
        return self.revision.document.slug

    @property
    def address(self) -> CourseAddress:
        """What leads to its pages as this reader has it."""
        return CourseAddress(self.slug) if self.enrolment is None else self.enrolment.address


@dataclass(frozen=True)
class Shelf:
    """One page of the catalogue."""

    courses: Sequence[Course]
    page: int
    pages: int


_ledgers: LruCache[str, Ledger] = LruCache(64)
"""By the public id of the newest entry."""


def forget() -> None:
    """Forget what is remembered: for measuring, since nothing remembered can become wrong."""
    memory.clear()


@cache
def _newest() -> sa.Select[Revision]:
    """Select the newest revision of each course; said once, since saying it takes longer."""
    newer = sa.orm.aliased(Revision)
    return (
        sa.select(Revision)
        .join(Revision.document)
        .join(CourseRow, CourseRow.id == Document.course_id)
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
    newest = sa.select(LedgerEntry.public_id).where(LedgerEntry.course_id == CourseRow.id)
    newest = newest.order_by(LedgerEntry.id.desc()).limit(1)
    return newest.correlate(CourseRow).scalar_subquery()


def course_row(session: Session, slug: str) -> CourseRow | None:
    """Return what a course is apart from its text, whoever asks."""
    return session.scalar(sa.select(CourseRow).where(CourseRow.slug == slug))


def enrolment_of(session: Session, actor: Actor, slug: str, context: str = OWN) -> Enrolment | None:
    """Return the actor's present enrolment in a course in one context; a visitor has none."""
    named = present_enrolments(actor).where(CourseRow.slug == slug, Enrolment.context == context)
    return session.scalar(named)


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


def present_enrolments(actor: Actor) -> sa.Select[Enrolment]:
    """Select the actor's enrolments that have not ended."""
    return _present_enrolments().where(Enrolment.subject == actor.subject)


@cache
def _present_enrolments() -> sa.Select[Enrolment]:
    return (
        sa.select(Enrolment)
        .join(Enrolment.course)
        .where(Enrolment.state != EnrolmentState.ENDED)
        .options(sa.orm.contains_eager(Enrolment.course), sa.orm.joinedload(Enrolment.place))
    )


def course(session: Session, actor: Actor, slug: str, context: str = OWN) -> Course | None:
    """Return a course in the version the actor is enrolled in, else in the newest one.

    In a context other than their own, a course exists only for somebody enrolled in it.
    """
    if actor.is_signed_in:
        named = {"subject": actor.subject, "slug": slug, "context": context}
        own = session.execute(_own(), named).one_or_none()
        if own is not None:
            enrolment, entry, newest = own
            pinned = enrolment.course_revision
            (of,) = _courses(session, [(pinned, entry, enrolment)])
            return replace(of, is_newest=pinned.number == newest)
    if context != OWN:
        return None
    eyes, seen_by = eyes_of(actor)
    found = session.execute(_newest_visible(eyes), {**seen_by, "slug": slug}).one_or_none()
    return None if found is None else _courses(session, [(*found, None)])[0]


def course_under(session: Session, enrolment: Enrolment) -> Course:
    """Return a course as it was taken under an enrolment, also one that has ended.

    For what a learner keeps of it, such as results: whether they may find the course does not bear
    on it.
    """
    entry = session.scalar(_entry_of_one(), {"course": enrolment.course_id})
    return _courses(session, [(enrolment.course_revision, entry, enrolment)])[0]


@cache
def _entry_of_one() -> sa.Select[str]:
    """Select the newest entry in the ledger of a `course`."""
    return (
        sa.select(_newest_entry())
        .select_from(CourseRow)
        .where(CourseRow.id == sa.bindparam("course"))
    )


def newest_version(session: Session, slug: str, enrolment: Enrolment | None) -> Course | None:
    """Return the newest version of a course to somebody who takes an older one."""
    found = session.execute(_newest_of_one(), {"slug": slug}).one_or_none()
    return None if found is None else _courses(session, [(*found, enrolment)])[0]


@cache
def _own() -> sa.Select[Any]:
    """Select the present enrolment of a `subject` in the course of a `slug`, in a `context`."""
    mine = _present_enrolments().where(
        Enrolment.subject == sa.bindparam("subject"),
        CourseRow.slug == sa.bindparam("slug"),
        Enrolment.context == sa.bindparam("context"),
    )
    number = (
        sa.select(sa.func.max(Revision.number))
        .join(Revision.document)
        .where(Document.course_id == CourseRow.id, Document.type == DocumentType.COURSE)
    )
    return _with_newest_entry(mine).add_columns(number.correlate(CourseRow).scalar_subquery())


@cache
def _newest_of_one() -> sa.Select[Any]:
    """Select the newest revision of the course of a `slug`."""
    return _with_newest_entry(_newest().where(CourseRow.slug == sa.bindparam("slug")))


@cache
def _newest_visible(eyes: Eyes) -> sa.Select[Any]:
    """Select the same for an actor who may find the course."""
    return _newest_of_one().where(eyes.condition)


def _courses(
    session: Session, found: Sequence[tuple[Revision, str | None, Enrolment | None]]
) -> list[Course]:
    """Return courses with all that is remembered of them; two queries at most."""
    made = outlines.outlines(session, [revision for revision, _, _ in found])
    known = _known_ledgers(session, {one.document.course_id: entry for one, entry, _ in found})
    return [
        Course(revision, made[revision.id], known[revision.document.course_id], enrolment)
        for revision, _, enrolment in found
    ]


def newest_revision(session: Session, actor: Actor, slug: str) -> Revision | None:
    """Return the newest version of a course, also to somebody who takes an older one."""
    return session.scalar(_newest().where(CourseRow.slug == slug, visible_courses(actor)))


def catalogue(session: Session, actor: Actor, *, page: int = 1) -> Shelf | None:
    """Return one page of the courses the actor finds, by title; None for a page not there."""
    eyes, seen_by = eyes_of(actor)
    total = session.scalar(_count(eyes), seen_by)
    pages = max(-(-(total or 0) // PAGE), 1)
    if not 1 <= page <= pages:
        return None
    part = {"most": PAGE, "skipped": (page - 1) * PAGE}
    rows = session.execute(_by_title(eyes), {**seen_by, **part}).all()
    own = {one.course_id: one for one in sorted(_present(session, actor), key=_own_last)}
    shown: list[tuple[Revision, str | None, Enrolment | None]] = []
    for revision, entry in rows:
        mine = own.get(revision.document.course_id)
        shown.append((mine.course_revision if mine else revision, entry, mine))
    return Shelf(_courses(session, shown), page, pages)


@cache
def _count(eyes: Eyes) -> sa.Select[int]:
    """Count the courses that somebody may find."""
    return sa.select(sa.func.count()).select_from(CourseRow).where(eyes.condition)


@cache
def _by_title(eyes: Eyes) -> sa.Select[Any]:
    """Select a page of the catalogue: at `most` so many, after those that are `skipped`."""
    in_order = _newest().where(eyes.condition).order_by(Revision.title, Revision.id)
    part = in_order.limit(sa.bindparam("most")).offset(sa.bindparam("skipped"))
    return _with_newest_entry(part)


def _own_last(enrolment: Enrolment) -> tuple[bool, int]:
    """Put what its learner began themselves after the rest, and newer ones after older ones."""
    return enrolment.context == OWN, enrolment.id


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


def revision_of(session: Session, part: Part) -> Revision:
    """Return the stored revision of a part."""
    return session.get_one(Revision, part.revision_id)


def text_of(session: Session, part: Part) -> str:
    """Return the HTML of a part."""
    return texts_of(session, [part])[part.revision_id]


def texts_of(session: Session, parts: Iterable[Part]) -> dict[int, str]:
    """Return the HTML of parts by revision id, with one query."""
    return renderings.html_of(session, [part.revision_id for part in parts])


def _known_ledgers(session: Session, newest: Mapping[int, str | None]) -> dict[int, Ledger]:
    """Return the ledger of each course by its id; read once for each newest entry."""
    found = {course: Ledger({}, {}) for course in newest}
    unknown: dict[int, str] = {}
    for course, entry in newest.items():
        if entry is not None:
            known = _ledgers.get(entry)
            if known is None:
                unknown[course] = entry
            else:
                found[course] = known
    if unknown:
        entries: dict[int, list[LedgerEntry]] = {course: [] for course in unknown}
        recorded = sa.select(LedgerEntry).where(LedgerEntry.course_id.in_(unknown))
        for row in session.scalars(recorded):
            entries[row.course_id].append(row)
        for course, entry in unknown.items():
            found[course] = _ledgers.put(entry, _ledger_of(entries[course], entry))
    return found


def _ledger_of(entries: Sequence[LedgerEntry], newest: str) -> Ledger:
    statuses: dict[str, EvidenceStatus] = {}
    for entry in sorted(entries, key=lambda one: ledger.place(one.day, one.series, one.position)):
        if entry.type == "status":
            key = entry.about.removeprefix("reference:")
            status, before = EvidenceStatus.from_data(entry.data), statuses.get(key)
            if ledger.holds(status.status, after=before.status if before else None):
                statuses[key] = status
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
    approved = frozenset().union(
        *hooks.approved_for_credit(session, [one.revision for one in courses])
    )
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
