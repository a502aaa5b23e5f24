"""Beginning a course: once for each person and context, also when tried at the same moment."""

import hashlib
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.access.audit import AuditEntry
from cpd.courses import queries
from cpd.courses.enrolment import actions as enrolling
from cpd.courses.enrolment.queries import find_disclosure_of_enrolment
from cpd.courses.events import Enrolled, SectionFinished
from cpd.courses.models import Enrolment, EnrolmentDisclosure, EnrolmentState, SectionReading
from cpd.courses.rules.disclosure import disclosure_as_text
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from tests.courses.racing import AT_ONCE, at_once, count, drop_index
from tests.factories import courses
from tests.factories.courses import (
    SLUG,
    TOLD,
    actor_of,
    altered,
    course_of,
    enrolment_of,
)
from tests.support import joints
from tests.support.moved_clock import NOW, MovedClock
from tests.support.people import MAYA, ZOE

# Beginning


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_beginning_and_the_end_of_a_section_are_told_once(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = joints.heard(monkeypatch, app, Enrolled, SectionFinished)
    for _ in range(2):
        courses.enrol(app, MAYA)
        courses.finish(app, MAYA, "noticing")
    with app.app_context():
        own = enrolment_of(MAYA).id
        section = db.session.scalars(sa.select(SectionReading.section_id)).one()
    assert told == [
        Enrolled(at=NOW, enrolment_id=own),
        SectionFinished(at=NOW, enrolment_id=own, section_id=section),
    ]


def test_beginning_keeps_what_was_shown_word_for_word(app: Flask) -> None:
    courses.enrol(app, MAYA)
    with app.app_context():
        enrolment = enrolment_of(MAYA)
        kept = db.session.scalars(sa.select(EnrolmentDisclosure)).one()
        assert (enrolment.state, enrolment.started_at) == (EnrolmentState.ACTIVE, NOW)
        assert (kept.enrolment_id, kept.accepted_at) == (enrolment.id, NOW)
        assert kept.text_hash == hashlib.sha256(disclosure_as_text(TOLD).encode()).hexdigest()
        assert find_disclosure_of_enrolment(db.session(), enrolment) == TOLD


def test_what_was_shown_can_never_be_changed(app: Flask) -> None:
    courses.enrol(app, MAYA)
    with (
        app.app_context(),
        pytest.raises(sa.exc.DBAPIError, match="frozen"),
        unit_of_work() as session,
    ):
        session.execute(sa.update(EnrolmentDisclosure).values(lines=[]))


def test_beginning_is_written_down(app: Flask) -> None:
    public_id = courses.enrol(app, MAYA)
    with app.app_context():
        written = sa.select(AuditEntry).where(AuditEntry.action == "courses:enrolment:start")
        row = db.session.scalars(written).one()
        assert (row.object, row.actor) == (public_id, actor_of(MAYA).subject)


def test_beginning_twice_is_beginning_once(app: Flask, clock: MovedClock) -> None:
    first = courses.enrol(app, MAYA)
    clock.advance(hours=1)
    assert courses.enrol(app, MAYA) == first
    with app.app_context():
        assert enrolment_of(MAYA).started_at == NOW


def test_people_begin_each_for_themselves(app: Flask) -> None:
    assert courses.enrol(app, MAYA) != courses.enrol(app, ZOE)


def test_after_an_enrolment_ended_a_new_one_may_begin(app: Flask) -> None:
    first = courses.enrol(app, MAYA)
    with app.app_context(), unit_of_work() as session:
        own = session.scalars(sa.select(Enrolment)).one()
        own.state, own.ended_at = EnrolmentState.ENDED, clock.now()
    assert courses.enrol(app, MAYA) != first


def test_an_unknown_course_cannot_begin(app: Flask) -> None:
    with pytest.raises(enrolling.NoSuchCourseError):
        courses.enrol(app, MAYA, "nothing")


def test_a_version_that_appeared_after_the_page_was_shown(app: Flask, tmp_path: Path) -> None:
    with app.app_context():
        actor, shown = actor_of(MAYA), course_of(MAYA).revision.public_id
    changed = {"course.md": ("disclosures: None", "disclosures: She sells fans")}
    courses.publish(app, altered(tmp_path, changed))
    with (
        app.app_context(),
        pytest.raises(enrolling.CourseChangedError),
        unit_of_work() as session,
    ):
        enrolling.enrol(session, SLUG, actor=actor, now=NOW, disclosure=TOLD, shown=shown)
    assert count(app, Enrolment) == 0


def test_many_beginnings_at_once_make_one_enrolment(app: Flask) -> None:
    assert len(at_once(app, lambda: courses.enrol(app, MAYA))) == 1
    assert count(app, Enrolment) == 1


@pytest.mark.parametrize("is_guarded", [True, False], ids=["guarded", "control"])
def test_it_is_the_index_that_keeps_it_one(
    app: Flask, monkeypatch: pytest.MonkeyPatch, *, is_guarded: bool
) -> None:
    # Everybody looked before anybody wrote: the worst order there is.
    monkeypatch.setattr(queries, "find_present_enrolment", lambda *_: None)
    if not is_guarded:
        drop_index(app, "uq_enrolments_active")
    made = at_once(app, lambda: courses.enrol(app, MAYA))
    assert len(made) == count(app, Enrolment) == (1 if is_guarded else AT_ONCE)
