"""Courses: the small one of the tests, published by the real action, and people who take it."""

import shutil
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from cpd.access.permissions import SYSTEM, Actor, Role, RoleAssignment
from cpd.authoring.files.bundle import Bundle
from cpd.authoring.files.texts import Texts
from cpd.authoring.publish import actions as authoring
from cpd.authoring.publish import queries as authored
from cpd.authoring.publish import rerendering
from cpd.authoring.sources import loading
from cpd.courses import queries
from cpd.courses.enrolment import actions as enrolling
from cpd.courses.models import (
    DocumentType,
    Enrolment,
    LedgerEntry,
    Revision,
    RevisionPart,
)
from cpd.courses.queries import Course
from cpd.courses.reading import actions as reading
from cpd.courses.rules.addresses import OWN
from cpd.courses.rules.disclosure import DisclosureLine
from cpd.courses.rules.ledger import Series
from cpd.db import db, unit_of_work
from cpd.kernel import canonical, clock
from cpd.kernel.memory import LruCache
from cpd.quizzes.keys import CaseKeyRow, find_stored_keys
from tests.factories.accounts import row_of
from tests.support.people import Person

FOLDER = Path(__file__).parents[1] / "library" / "small-course"
SLUG = "small-course"
TOLD = (
    DisclosureLine("Course", "Massage on a hot day."),
    DisclosureLine("Financial interests", "None"),
)


_known: dict[str, Texts] = {}
"""What was rendered in this run: most folders are copies of the small course."""
_actors: LruCache[tuple[str, str], Actor] = LruCache(1000)
"""Looked up again and again by whoever answers an exam; emptied with every database."""


def find_known_texts(hashes: Collection[str]) -> dict[str, Texts]:
    """Return what was rendered in this run, by content hash."""
    return {one: _known[one] for one in hashes if one in _known}


@cache
def bundle(folder: Path = FOLDER) -> Bundle:
    """Return a course folder, whose texts are rendered once a run; fails with its faults."""
    loaded = loading.load_course_folder(folder, stored_texts=find_known_texts)
    assert loaded.bundle is not None, loaded.faults
    assert loaded.is_sound, "\n".join(str(fault) for fault in loaded.faults)
    for part in loaded.bundle.course_and_parts:
        _known[part.content_hash] = Texts(part.body, part.texts)
    return loaded.bundle


def publish(app: Flask, folder: Path = FOLDER) -> str:
    """Publish a folder as the command line does, and return its slug; twice is the same as once."""
    made = bundle(folder)
    with app.app_context(), unit_of_work() as session:
        authoring.publish_course(session, made, actor=SYSTEM, now=clock.now(), reason="for a test")
    return made.slug


def altered(folder: Path, changes: Mapping[str, tuple[str, str]], *, slug: str = SLUG) -> Path:
    """Write a copy of the small course: by file, a text and what stands in its place."""
    copy = folder / slug
    shutil.copytree(FOLDER, copy)
    if slug != SLUG:
        changes = {"course.md": (f"id: {SLUG}", f"id: {slug}"), **changes}
    for file, (old, new) in changes.items():
        text = (copy / file).read_text()
        assert old in text, f"{file} does not hold {old!r}"
        (copy / file).write_text(text.replace(old, new))
    return copy


def add_entry(
    session: Session,
    about: str,
    kind: str,
    *,
    slug: str = SLUG,
    review: str | None = None,
    **data: str,
) -> LedgerEntry:
    """Add to a course's ledger of this site; the day is today's or `on`."""
    course = queries.find_course_row(session, slug)
    assert course is not None
    entry = LedgerEntry(
        course_id=course.id,
        series=Series.HERE,
        position=len(authored.find_ledger_entries(session, slug, Series.HERE)) + 1,
        day=date.fromisoformat(data["on"]) if "on" in data else clock.now().date(),
        about=about,
        type=kind,
        data=data,
        recorded_at=clock.now(),
        actor=SYSTEM.subject,
        review=review,
    )
    session.add(entry)
    session.flush()
    return entry


def actor_of(named: Person) -> Actor:
    """Return somebody's eyes and hands as a learner; call it inside an app context."""
    key = str(db.engine.url), named.email
    if (known := _actors.get(key)) is None:
        row = row_of(named)
        actor = Actor(row.id, row.subject, frozenset({RoleAssignment(Role.LEARNER)}))
        known = _actors.put(key, actor)
    return known


def enrol(app: Flask, named: Person, slug: str = SLUG, context: str = OWN) -> str:
    """Let somebody begin a course, and return the public id of the enrolment."""
    with app.app_context():
        actor = actor_of(named)
        with unit_of_work() as session:
            made = enrolling.enrol(
                session, slug, actor=actor, now=clock.now(), disclosure=TOLD, context=context
            )
            return made.public_id


def finish(app: Flask, named: Person, *sections: str, slug: str = SLUG) -> None:
    """Let somebody end sections."""
    with app.app_context():
        of = course_of(named, slug)
        assert of.enrolment is not None
        for name in sections:
            with unit_of_work() as session:
                reading.finish_section(session, of.enrolment, text_of(of, name), now=clock.now())


def count_minute(
    app: Flask, named: Person, section: str, *, now: datetime, slug: str = SLUG
) -> None:
    """Let somebody be active in a section for a minute."""
    with app.app_context():
        of = course_of(named, slug)
        assert of.enrolment is not None
        document = text_of(of, section).document_id
        with unit_of_work() as session:
            reading.count_active_minute(session, of.enrolment, document, idle=timedelta(0), now=now)


def course_of(named: Person, slug: str = SLUG, context: str = OWN) -> Course:
    """Return a course as somebody meets it; call it inside an app context."""
    found = queries.find_course(db.session(), actor_of(named), slug, context)
    assert found is not None
    return found


def enrolment_of(named: Person, slug: str = SLUG, context: str = OWN) -> Enrolment:
    """Return somebody's enrolment; call it inside an app context."""
    found = course_of(named, slug, context).enrolment
    assert found is not None
    return found


def text_of(of: Course, section: str) -> Revision:
    """Return the stored revision of a section."""
    part = of.outline.section(section)
    assert part is not None
    return queries.find_revision_of_part(db.session(), part)


def front_of(app: Flask, name: str, slug: str = SLUG) -> dict[str, Any]:
    """Return what the newest version of a part stores as data, by such a name as `case:leo`."""
    with app.app_context():
        return authored.find_newest_revisions(db.session(), slug)[name].front


def publish_as_once(app: Flask, name: str, front: Mapping[str, Any], slug: str = SLUG) -> None:
    """Add a version of a course with one part stored as an earlier release stored it."""
    with app.app_context(), unit_of_work() as session:
        newest = queries.find_newest_course_revision(session, SYSTEM, slug)
        assert newest is not None
        manifest = sa.select(RevisionPart).where(RevisionPart.course_revision_id == newest.id)
        parts = session.scalars(manifest.order_by(RevisionPart.position)).all()
        course = _again(newest, newest.front)
        session.add(course)
        _render_again(session, newest, course)
        for row in parts:
            document = row.part.document
            old = f"{document.type}:{document.slug}" == name
            part = _again(row.part, front) if old else row.part
            session.add(part)
            _render_again(session, row.part, part)
            session.flush()
            if old and document.type is DocumentType.CASE:
                key = find_stored_keys(session, [row.part.id])[row.part.id]
                session.add(CaseKeyRow(revision_id=part.id, key=key.to_json()))
            session.add(
                RevisionPart(course_revision_id=course.id, part_id=part.id, position=row.position)
            )


def _again(revision: Revision, front: Mapping[str, Any]) -> Revision:
    return Revision(
        document=revision.document,
        number=revision.number + 1,
        content_hash=canonical.hash_json(dict(front)),
        title=revision.title,
        front=dict(front),
        words=revision.words,
        published_at=clock.now(),
    )


def _render_again(session: Session, revision: Revision, again: Revision) -> None:
    """Give a version the HTML of another."""
    known = rerendering.find_rendered_texts(session, [revision.content_hash])
    texts = {again.content_hash: known[revision.content_hash]}
    rerendering.store_rendered_texts(session, texts, now=clock.now())
