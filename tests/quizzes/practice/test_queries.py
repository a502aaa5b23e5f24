"""What boards of a school read of practice: what was first chosen instead of a right answer."""

from flask import Flask
from sqlalchemy import select

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


def enrol_three(app: Flask) -> None:
    for named in (MAYA, ZOE, OMAR):
        courses.enrol(app, named)


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
        assert [(it.words, it.is_decision, it.count) for it in found] == [
            (("proceed",), True, 2),
            (("postpone",), True, 1),
        ]
        assert queries.find_choices_instead(db.session(), everybody, version, "sunburn") == []


def test_boards_cost_one_query_each_and_use_the_index(app: Flask) -> None:
    enrol_three(app)

    def ask() -> None:
        version, mine = courses.enrolment_of(MAYA).course_revision, select(Enrolment.id)
        queries.find_choices_instead(db.session(), mine, version, "heat-stroke")

    def cost() -> int:
        with app.app_context():
            ask()
            with asked(app) as statements:
                ask()
        return len([it for it in statements if "practice_answers" in it])

    assert cost() == 1
    for named in (MAYA, ZOE, OMAR):
        Learner(app, named).practice()
    assert cost() == 1
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
            queries.find_choices_instead(db.session(), mine, version, "heat-stroke")
        assert not [it for it in statements if "confidence" in it]
