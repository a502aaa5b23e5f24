"""Writes of this room: begin a course, end a section, read a passage again."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.courses import queries
from cpd.courses.events import Enrolled, SectionFinished
from cpd.courses.models import (
    Document,
    DocumentType,
    Enrolment,
    EnrolmentDisclosure,
    ReadingPlace,
    Revision,
    RevisionPart,
    SectionReading,
)
from cpd.courses.rules.addresses import OWN
from cpd.courses.rules.disclosure import Line, as_text
from cpd.courses.rules.reading import Place
from cpd.jobs.publishing import publish


class CourseError(Exception):
    """The course, or a part of it, is not what the request took it for."""


class NoSuchCourseError(CourseError):
    """No course of this name was published."""


class CourseChangedError(CourseError):
    """A newer version appeared between showing the disclosure and accepting it."""


class NoSuchSectionError(CourseError):
    """This version of the course has no such section."""


class NoSuchPassageError(CourseError):
    """The section has no such passage."""


def disclosure_hash(lines: Sequence[Line]) -> str:
    """Return the SHA-256 of a disclosure as it was shown."""
    return hashlib.sha256(as_text(lines).encode()).hexdigest()


def enrol(
    session: Session,
    course_slug: str,
    *,
    actor: Actor,
    now: datetime,
    disclosure: Sequence[Line],
    shown: str | None = None,
    context: str = OWN,
) -> Enrolment:
    """Begin the newest version of a course, with what was shown before; once in each context.

    `shown` is the public id of the version the disclosure describes. Raises NoSuchCourseError, and
    CourseChangedError when that is no longer the newest.
    """
    already = queries.enrolment_of(session, actor, course_slug, context)
    if already is not None:
        return already
    revision = queries.newest_revision(session, actor, course_slug)
    if revision is None:
        raise NoSuchCourseError(course_slug)
    if shown is not None and shown != revision.public_id:
        raise CourseChangedError(course_slug)
    enrolment = Enrolment(
        subject=actor.subject,
        course_id=revision.document.course_id,
        context=context,
        course_revision_id=revision.id,
        started_at=now,
    )
    try:
        with session.begin_nested():
            session.add(enrolment)
    except IntegrityError:  # another request of the same person was first
        mine = queries.present_enrolments(actor)
        named = (Enrolment.course_id == enrolment.course_id, Enrolment.context == context)
        return session.scalars(mine.where(*named)).one()
    session.add(
        EnrolmentDisclosure(
            enrolment_id=enrolment.id,
            lines=[line.to_json() for line in disclosure],
            text_hash=disclosure_hash(disclosure),
            accepted_at=now,
        )
    )
    audit.record(
        session,
        actor,
        "courses:enrolment:start",
        now=now,
        to=enrolment.public_id,
        course=course_slug,
        revision=revision.public_id,
    )
    session.flush()
    publish(session, Enrolled(at=now, enrolment_id=enrolment.id))
    return enrolment


def finish_section(
    session: Session, enrolment: Enrolment, section: Revision, *, now: datetime
) -> SectionReading:
    """Write that a section was read to its end; the first time counts and stays."""
    ended = sa.select(SectionReading).where(
        SectionReading.enrolment_id == enrolment.id,
        SectionReading.section_id == section.document_id,
        SectionReading.passage == "",
    )
    found = session.scalar(ended)
    if found is not None:
        return found
    reading = SectionReading(
        enrolment_id=enrolment.id,
        section_id=section.document_id,
        revision_id=section.id,
        passage="",
        read_at=now,
    )
    try:
        with session.begin_nested():
            session.add(reading)
    except IntegrityError:  # the same button, pressed twice at once
        return session.scalars(ended).one()
    publish(
        session,
        SectionFinished(at=now, enrolment_id=enrolment.id, section_id=section.document_id),
    )
    return reading


def note_place(session: Session, enrolment: Enrolment, place: Place) -> None:
    """Keep where somebody reads, in the one row of the enrolment; the newest holds."""
    values = {
        "section": place.section,
        "anchor": place.anchor,
        "block": place.block,
        "noted_at": place.noted_at,
    }
    kept = sa.update(ReadingPlace).where(ReadingPlace.enrolment_id == enrolment.id)
    older = kept.where(ReadingPlace.noted_at < place.noted_at)
    if enrolment.place is not None:
        session.execute(older.values(values))
        return
    try:
        with session.begin_nested():
            session.add(ReadingPlace(enrolment_id=enrolment.id, **values))
    except IntegrityError:  # two pages were opened at once
        session.execute(older.values(values))


def read_again(
    session: Session, enrolment: Enrolment, section_slug: str, passage: str, now: datetime
) -> SectionReading:
    """Write that one passage was read again; each reading is a row of its own.

    Raises NoSuchSectionError and NoSuchPassageError.
    """
    section = session.scalar(
        sa.select(Revision)
        .join(RevisionPart, RevisionPart.part_id == Revision.id)
        .join(Revision.document)
        .where(
            RevisionPart.course_revision_id == enrolment.course_revision_id,
            Document.type == DocumentType.SECTION,
            Document.slug == section_slug,
        )
    )
    if section is None:
        raise NoSuchSectionError(section_slug)
    if passage not in {heading["anchor"] for heading in section.front["headings"]}:
        raise NoSuchPassageError(passage)
    reading = SectionReading(
        enrolment_id=enrolment.id,
        section_id=section.document_id,
        revision_id=section.id,
        passage=passage,
        read_at=now,
    )
    session.add(reading)
    session.flush()
    return reading
