"""What boards of a school read: first choices, unread passages and what was chosen instead."""

import dataclasses

from flask import Flask
from sqlalchemy import select

from cpd.cases.scales import Danger
from cpd.courses.models import Enrolment
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.quizzes.practice import queries
from cpd.quizzes.practice.actions import save_practice_answer
from cpd.quizzes.practice.cases import find_practice_case
from cpd.quizzes.practice.models import Confidence
from tests.factories import courses
from tests.factories.quizzes import Learner
from tests.support.people import MAYA, OMAR, ZOE, Person
from tests.support.queries import asked, plans

ROSA, TESS = "rosa-stumbles", "tess-room"


def decide(named: Person, case: str, answer: dict[str, object]) -> None:
    """Decide the first step of a case; inside an app context."""
    enrolment = courses.enrolment_of(named)
    progress = find_practice_case(db.session(), enrolment, case, again=True)
    assert progress is not None
    with unit_of_work() as session:
        save_practice_answer(
            session, enrolment, progress, answer, confidence=Confidence.SURE, now=clock.now()
        )


def seen_by(*people: Person) -> list[tuple[int, str, int, int, int]]:
    """Return the first choices of these people by hazard, as rows."""
    enrolments = [courses.enrolment_of(named) for named in people]
    chosen = select(Enrolment.id).where(Enrolment.id.in_([it.id for it in enrolments]))
    rows = queries.find_first_choices_by_hazard(db.session(), chosen, enrolments[0].course_revision)
    return [dataclasses.astuple(row) for row in rows]


def enrol_three(app: Flask) -> None:
    for named in (MAYA, ZOE, OMAR):
        courses.enrol(app, named)


def test_first_choices_are_counted_by_hazard_and_later_ones_are_not(app: Flask) -> None:
    enrol_three(app)
    with app.app_context():
        decide(MAYA, ROSA, {"choice": "proceed"})
        decide(MAYA, ROSA, {"choice": "emergency"})
        decide(MAYA, TESS, {"choices": ["water", "pack"]})
        decide(ZOE, ROSA, {"choice": "emergency"})
        decide(OMAR, ROSA, {"choice": "proceed"})
        maya, zoe = (courses.enrolment_of(named).id for named in (MAYA, ZOE))
        assert seen_by(MAYA, ZOE) == [(maya, "heat-stroke", 2, 2, 1), (zoe, "heat-stroke", 1, 0, 0)]
        assert seen_by(ZOE) == [(zoe, "heat-stroke", 1, 0, 0)], "nobody else is seen"


def test_what_was_chosen_instead_names_nobody(app: Flask) -> None:
    enrol_three(app)
    with app.app_context():
        for named, decision in ((MAYA, "proceed"), (ZOE, "proceed"), (OMAR, "postpone")):
            decide(named, ROSA, {"choice": decision})
        decide(MAYA, ROSA, {"choice": "modify"})
        decide(MAYA, TESS, {"choices": ["water", "blind"]})
        version = courses.enrolment_of(MAYA).course_revision
        everybody = select(Enrolment.id)
        found = queries.find_choices_instead(db.session(), everybody, version, "heat-stroke")
        assert [(it.step, it.answer, it.danger, it.count) for it in found] == [
            ("decide", {"choice": "proceed"}, Danger.CRITICAL, 2),
            ("decide", {"choice": "postpone"}, Danger.UNSAFE, 1),
        ]
        assert queries.find_choices_instead(db.session(), everybody, version, "sunburn") == []


def test_a_passage_is_read_once_its_section_is_finished(app: Flask) -> None:
    enrol_three(app)
    courses.finish(app, MAYA, "noticing")
    with app.app_context():
        maya, zoe = (courses.enrolment_of(named) for named in (MAYA, ZOE))
        found = queries.find_hazards_with_unread_passage(
            db.session(),
            select(Enrolment.id).where(Enrolment.id.in_([maya.id, zoe.id])),
            maya.course_revision,
        )
        assert (maya.id, "fainting") not in found
        assert (zoe.id, "fainting") in found
        assert (maya.id, "sunburn") in found
        assert {enrolment for enrolment, _ in found} == {maya.id, zoe.id}


def test_boards_cost_one_query_each_and_use_the_index(app: Flask) -> None:
    enrol_three(app)

    def ask() -> None:
        version, mine = courses.enrolment_of(MAYA).course_revision, select(Enrolment.id)
        queries.find_first_choices_by_hazard(db.session(), mine, version)
        queries.find_hazards_with_unread_passage(db.session(), mine, version)
        queries.find_choices_instead(db.session(), mine, version, "heat-stroke")

    def cost() -> int:
        with app.app_context():
            ask()
            with asked(app) as statements:
                ask()
        return len([it for it in statements if "practice_answers" in it or "readings" in it])

    assert cost() == 3
    for named in (MAYA, ZOE, OMAR):
        Learner(app, named).practice()
    assert cost() == 3
    with app.app_context():
        is_sqlite = db.engine.dialect.name == "sqlite"
    if is_sqlite:
        with plans(app) as steps, app.app_context():
            ask()
        assert any("INDEX ix_practice_answers_first_choices" in step for step in steps), steps


def test_control_nothing_that_boards_read_says_how_sure_somebody_was(app: Flask) -> None:
    enrol_three(app)
    with app.app_context():
        decide(MAYA, ROSA, {"choice": "proceed"})
        version = courses.enrolment_of(MAYA).course_revision
        mine = select(Enrolment.id)
        with asked(app) as statements:
            queries.find_first_choices_by_hazard(db.session(), mine, version)
            queries.find_choices_instead(db.session(), mine, version, "heat-stroke")
        assert not [it for it in statements if "confidence" in it]
