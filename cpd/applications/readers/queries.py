"""Reads of readers: their own for themselves, all of them for administrators."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from cpd.access.permissions import Actor, Permission
from cpd.applications.readers.models import CourseReader
from cpd.courses.models import Document, Revision
from cpd.db import Page, find_page

PAGE = 20


def find_own_reading(
    session: Session, actor: Actor, public_id: str, *, now: datetime
) -> CourseReader | None:
    """Return what the actor may read now, with the version of the course; None for others'."""
    found = sa.select(CourseReader).where(
        CourseReader.public_id == public_id,
        CourseReader.subject == actor.subject,
        *_is_open(now),
    )
    return session.scalar(found.options(_with_version()))


def find_own_readings(session: Session, actor: Actor, *, now: datetime) -> list[CourseReader]:
    """Return everything that the actor may read now, the newest first."""
    found = sa.select(CourseReader).where(CourseReader.subject == actor.subject, *_is_open(now))
    in_order = found.order_by(CourseReader.id.desc()).limit(PAGE)
    return list(session.scalars(in_order.options(_with_version())))


def _is_open(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """Say in SQL what `CourseReader.is_open` says."""
    return CourseReader.ended_at.is_(None), CourseReader.until_at > now


def _with_version() -> sa.orm.interfaces.ORMOption:
    return joinedload(CourseReader.course_revision).joinedload(Revision.document)


def find_readers_of_course(
    session: Session, actor: Actor, course_id: int, *, page: int
) -> Page[CourseReader] | None:
    """Return one page of all who may read or could read a course, the newest first."""
    found = (
        _select_visible_readers(actor)
        .join(CourseReader.course_revision)
        .join(Document, Document.id == Revision.document_id)
        .where(Document.course_id == course_id)
        .order_by(CourseReader.id.desc())
    )
    return find_page(session, found, number=page, size=PAGE)


def find_reader(session: Session, actor: Actor, public_id: str) -> CourseReader | None:
    """Return one reader with the version of the course, to administrators."""
    found = _select_visible_readers(actor).where(CourseReader.public_id == public_id)
    return session.scalar(found.options(_with_version()))


def find_reader_to_invite(session: Session, public_id: str) -> CourseReader | None:
    """Return a reader for the worker, which writes to them."""
    found = sa.select(CourseReader).where(CourseReader.public_id == public_id)
    return session.scalar(found.options(_with_version()))


def _select_visible_readers(actor: Actor) -> sa.Select[CourseReader]:
    may_see = actor.may(Permission.APPLICATION_MANAGE)
    return sa.select(CourseReader).where(sa.true() if may_see else sa.false())
