"""Writes of reading: finish a section, note the place, count a minute, read a passage again."""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cpd.courses.events import SectionFinished
from cpd.courses.models import (
    Document,
    DocumentType,
    Enrolment,
    ReadingPlace,
    Revision,
    RevisionPart,
    SectionReading,
)
from cpd.courses.reading.models import ActiveMinutes
from cpd.courses.reading.queries import find_last_active_instant
from cpd.courses.rules.active_time import is_minute_active
from cpd.courses.rules.fronts.parts import SectionFront
from cpd.courses.rules.reading import Place
from cpd.db import lock_rows
from cpd.jobs.publishing import publish_event
from cpd.kernel import clock


class NoSuchSectionError(Exception):
    """This version of the course has no such section."""


class NoSuchPassageError(Exception):
    """The section has no such passage."""


def finish_section(
    session: Session, enrolment: Enrolment, section: Revision, *, now: datetime
) -> SectionReading:
    """Record that a section was read to its end; the first time in this text counts and stays."""
    finished = (
        sa.select(SectionReading)
        .join(Revision, Revision.id == SectionReading.revision_id)
        .where(
            SectionReading.enrolment_id == enrolment.id,
            SectionReading.section_id == section.document_id,
            Revision.content_hash == section.content_hash,
            SectionReading.passage == "",
        )
        .order_by(SectionReading.id)
        .limit(1)
    )
    existing = session.scalar(finished)
    if existing is not None:
        return existing
    reading = SectionReading(
        enrolment_id=enrolment.id,
        section_id=section.document_id,
        revision_id=section.id,
        passage="",
        read_at=clock.keep_in_order(now, enrolment.started_at),
    )
    try:
        with session.begin_nested():
            session.add(reading)
    except IntegrityError:  # the same button, pressed twice at once
        return session.scalars(finished).one()
    publish_event(
        session,
        SectionFinished(at=now, enrolment_id=enrolment.id, section_id=section.document_id),
    )
    return reading


def save_reading_place(session: Session, enrolment: Enrolment, place: Place) -> None:
    """Store the reader's place, in the one row of the enrollment; the newest place wins."""
    values = {
        "section": place.section,
        "anchor": place.anchor,
        "block": place.block,
        "noted_at": place.noted_at,
    }
    own_place = sa.update(ReadingPlace).where(ReadingPlace.enrolment_id == enrolment.id)
    older = own_place.where(ReadingPlace.noted_at < place.noted_at)
    if enrolment.place is not None:
        session.execute(older.values(values))
        return
    try:
        with session.begin_nested():
            session.add(ReadingPlace(enrolment_id=enrolment.id, **values))
    except IntegrityError:  # two pages were opened at once
        session.execute(older.values(values))


def count_active_minute(
    session: Session, enrolment: Enrolment, section_id: int, *, idle: timedelta, now: datetime
) -> None:
    """Count one more active minute in a section, unless it is too soon after the last one.

    The enrollment is locked, so that pages open side by side do not count the same minute twice.
    """
    lock_rows(session, sa.select(Enrolment.id).where(Enrolment.id == enrolment.id))
    since = find_last_active_instant(session, enrolment)
    if not is_minute_active(now, since=since, idle=idle):
        return
    day = now.astimezone(UTC).date()
    row = session.scalar(
        sa.select(ActiveMinutes).where(
            ActiveMinutes.enrolment_id == enrolment.id,
            ActiveMinutes.section_id == section_id,
            ActiveMinutes.day == day,
        )
    )
    if row is None:
        row = ActiveMinutes(enrolment_id=enrolment.id, section_id=section_id, day=day, minutes=0)
        session.add(row)
    row.minutes += 1
    row.last_counted_at = now
    session.flush()


def record_passage_reread(
    session: Session, enrolment: Enrolment, section_slug: str, passage: str, now: datetime
) -> SectionReading:
    """Record that one passage was read again; each time adds a row.

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
    if passage not in SectionFront.from_json(section.front).anchors:
        raise NoSuchPassageError(passage)
    reading = SectionReading(
        enrolment_id=enrolment.id,
        section_id=section.document_id,
        revision_id=section.id,
        passage=passage,
        read_at=clock.keep_in_order(now, enrolment.started_at),
    )
    session.add(reading)
    session.flush()
    return reading
