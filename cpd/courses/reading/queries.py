"""Reads of progress: sections finished, where a reader left off, and for how long they read."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.courses import hooks
from cpd.courses.models import Document, Enrolment, Revision, SectionReading
from cpd.courses.queries import Course
from cpd.courses.reading.models import ActiveMinutes
from cpd.courses.rules import reading
from cpd.courses.rules.outline import Outline
from cpd.courses.rules.reading import Place, Progress


def find_section_finish_times(
    session: Session, taken: Mapping[Enrolment, Outline]
) -> dict[int, dict[str, datetime]]:
    """Return when each section was finished, by enrollment id and section slug, with one query.

    What counts is the text: a section that differs from the one that was read is to be read again.
    """
    by_enrolment: dict[int, dict[str, datetime]] = {enrolment.id: {} for enrolment in taken}
    texts = {
        (enrolment.id, section.content_hash)
        for enrolment, outline in taken.items()
        for section in outline.sections
    }
    if by_enrolment:
        rows = session.execute(_select_section_finish_times(), {"enrolments": list(by_enrolment)})
        for enrolment_id, slug, content_hash, read_at in rows:
            if (enrolment_id, content_hash) in texts:
                by_enrolment[enrolment_id].setdefault(slug, read_at)
    return by_enrolment


@cache
def _select_section_finish_times() -> sa.Select[int, str, str, datetime]:
    """Select when each section was finished under some `enrolments`."""
    return (
        sa.select(
            SectionReading.enrolment_id,
            Document.slug,
            Revision.content_hash,
            SectionReading.read_at,
        )
        .join(Document, Document.id == SectionReading.section_id)
        .join(Revision, Revision.id == SectionReading.revision_id)
        .where(
            SectionReading.enrolment_id.in_(sa.bindparam("enrolments", expanding=True)),
            SectionReading.passage == "",
        )
        .order_by(SectionReading.id)
    )


def build_reading_place(enrolment: Enrolment) -> Place | None:
    """Return where the reader left off, if that was noted."""
    row = enrolment.place
    return Place(row.section, row.anchor, row.block, row.noted_at) if row is not None else None


def find_course_progress(session: Session, course: Course) -> Progress:
    """Return how far the reader is: sections finished and practice cases answered."""
    if course.enrolment is None:
        return reading.build_progress(course.outline, {})
    taken = {course.enrolment: course.outline}
    finished = find_section_finish_times(session, taken)[course.enrolment.id]
    answered = hooks.practice_done(session, course.enrolment)
    return reading.build_progress(
        course.outline, finished, answered, place=build_reading_place(course.enrolment)
    )


def find_reading_progress(session: Session, course: Course) -> Progress:
    """Return which sections were finished, without asking about practice."""
    if course.enrolment is None:
        return reading.build_progress(course.outline, {})
    finished = find_section_finish_times(session, {course.enrolment: course.outline})
    return reading.build_progress(course.outline, finished[course.enrolment.id])


def find_active_minutes(
    session: Session, enrolments: Iterable[Enrolment]
) -> dict[int, dict[str, int]]:
    """Return the measured minutes by enrollment id and section slug, with one query."""
    by_enrolment: dict[int, dict[str, int]] = {enrolment.id: {} for enrolment in enrolments}
    if by_enrolment:
        rows = session.execute(_select_active_minutes(), {"enrolments": list(by_enrolment)})
        for enrolment_id, slug, minutes in rows:
            by_enrolment[enrolment_id][slug] = int(minutes)
    return by_enrolment


@cache
def _select_active_minutes() -> sa.Select[int, str, int]:
    """Select the measured minutes of each section under some `enrolments`."""
    return (
        sa.select(ActiveMinutes.enrolment_id, Document.slug, sa.func.sum(ActiveMinutes.minutes))
        .join(Document, Document.id == ActiveMinutes.section_id)
        .where(ActiveMinutes.enrolment_id.in_(sa.bindparam("enrolments", expanding=True)))
        .group_by(ActiveMinutes.enrolment_id, Document.slug)
    )


def find_own_active_minutes(session: Session, actor: Actor) -> dict[int, int]:
    """Return the measured minutes under each of the actor's enrollments that has any, by its id."""
    own = (
        sa.select(ActiveMinutes.enrolment_id, sa.func.sum(ActiveMinutes.minutes))
        .join(Enrolment, Enrolment.id == ActiveMinutes.enrolment_id)
        .where(Enrolment.subject == actor.subject)
        .group_by(ActiveMinutes.enrolment_id)
    )
    return {enrolment_id: int(minutes) for enrolment_id, minutes in session.execute(own)}


def find_last_active_instant(session: Session, enrolment: Enrolment) -> datetime:
    """Return when the last minute was counted under an enrollment, or else when it began."""
    counted = sa.select(sa.func.max(ActiveMinutes.last_counted_at)).where(
        ActiveMinutes.enrolment_id == enrolment.id
    )
    return session.scalar(counted) or enrolment.started_at
