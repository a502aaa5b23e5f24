"""Finishing a section once, and reading a passage again; also at the same moment."""

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.courses.models import SectionReading
from cpd.courses.reading import actions
from cpd.courses.reading.queries import find_reading_progress, find_section_finish_times
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from tests.courses.racing import at_once, count, drop_index
from tests.factories import courses
from tests.factories.courses import course_of, enrolment_of, text_of
from tests.support.moved_clock import NOW, MovedClock
from tests.support.people import MAYA

# Ending a section


def end(app: Flask, section: str = "noticing") -> str:
    with app.app_context():
        of = course_of(MAYA)
        text = text_of(of, section)
        assert of.enrolment is not None
        with unit_of_work() as session:
            made = actions.finish_section(session, of.enrolment, text, now=clock.now())
            session.flush()
            return str(made.id)


def test_ending_a_section(app: Flask) -> None:
    courses.enrol(app, MAYA)
    end(app)
    with app.app_context():
        row = db.session.scalars(sa.select(SectionReading)).one()
        text = text_of(course_of(MAYA), "noticing")
        assert (row.section_id, row.revision_id) == (text.document_id, text.id)
        assert (row.passage, row.read_at) == ("", NOW)


def test_the_first_ending_stays(app: Flask, clock: MovedClock) -> None:
    courses.enrol(app, MAYA)
    first = end(app)
    clock.advance(hours=1)
    assert end(app) == first
    with app.app_context():
        ended = find_section_finish_times(
            db.session(), {enrolment_of(MAYA): course_of(MAYA).outline}
        )
    assert list(ended.values()) == [{"noticing": NOW}]


def test_many_endings_at_once_are_one(app: Flask) -> None:
    courses.enrol(app, MAYA)
    assert len(at_once(app, lambda: end(app))) == 1
    assert count(app, SectionReading) == 1


@pytest.mark.parametrize("is_guarded", [True, False], ids=["guarded", "control"])
def test_it_is_the_index_that_keeps_an_ending_one(app: Flask, *, is_guarded: bool) -> None:
    courses.enrol(app, MAYA)
    end(app)
    if not is_guarded:
        drop_index(app, "uq_section_readings_ended")
    with app.app_context():
        of = course_of(MAYA)
        assert of.enrolment is not None
        again = SectionReading(
            enrolment_id=of.enrolment.id,
            section_id=text_of(of, "noticing").document_id,
            revision_id=text_of(of, "noticing").id,
            passage="",
            read_at=NOW,
        )
        try:
            with unit_of_work() as session:
                session.add(again)
        except sa.exc.IntegrityError:
            assert is_guarded
    assert count(app, SectionReading) == (1 if is_guarded else 2)


def test_who_loses_the_race_to_end_a_section_gets_the_winners_row(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    courses.enrol(app, MAYA)
    first = end(app)
    with app.app_context():
        of = course_of(MAYA)
        text = text_of(of, "noticing")
        assert of.enrolment is not None
        with unit_of_work() as session:
            with monkeypatch.context() as before_it_was_written:
                before_it_was_written.setattr(session, "scalar", lambda *_: None)
                found = actions.finish_section(session, of.enrolment, text, now=NOW)
            assert str(found.id) == first


# Reading again


def read_again(app: Flask, section: str, passage: str) -> None:
    with app.app_context():
        own = enrolment_of(MAYA)
        with unit_of_work() as session:
            actions.record_passage_reread(session, own, section, passage, clock.now())


def test_each_reading_again_is_a_row(app: Flask, clock: MovedClock) -> None:
    courses.enrol(app, MAYA)
    read_again(app, "noticing", "fainting")
    later = clock.advance(hours=1)
    read_again(app, "noticing", "fainting")
    with app.app_context():
        rows = db.session.scalars(sa.select(SectionReading).order_by(SectionReading.id)).all()
        assert [(row.passage, row.read_at) for row in rows] == [
            ("fainting", NOW),
            ("fainting", later),
        ]


def test_reading_again_does_not_end_the_section(app: Flask) -> None:
    courses.enrol(app, MAYA)
    read_again(app, "noticing", "fainting")
    with app.app_context():
        assert find_reading_progress(db.session(), course_of(MAYA)).finished_count == 0


@pytest.mark.parametrize("passage", ["", "nothing", "burnt-skin"])
def test_a_passage_must_be_in_the_section(app: Flask, passage: str) -> None:
    courses.enrol(app, MAYA)
    with pytest.raises(actions.NoSuchPassageError):
        read_again(app, "noticing", passage)


@pytest.mark.parametrize("section", ["nothing", "heat-stroke"])
def test_a_section_must_be_in_the_course(app: Flask, section: str) -> None:
    courses.enrol(app, MAYA)
    with pytest.raises(actions.NoSuchSectionError):
        read_again(app, section, "fainting")
