"""Whoever has seen a key as an author or a reviewer is never drawn that case."""

import pytest
from flask import Flask
from sqlalchemy import select

from cpd.authoring.blind.models import Reviewer
from cpd.cases.scales import Pool
from cpd.courses import outlines
from cpd.courses.models import Enrolment
from cpd.db import db, unit_of_work
from cpd.quizzes.exams.drawing import CannotDraw, draw_attempt_cases
from cpd.quizzes.queries import find_cases_in_pool
from tests.factories import accounts, courses, drafts, reviews
from tests.support.courses import SMALL
from tests.support.people import MAYA, ZOE, Person

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
LEO = "leo-as-usual"
SEEDS = 12


def drawn(app: Flask, named: Person) -> set[str]:
    """Return the cases that a dozen draws bring."""
    with app.app_context():
        enrolment = courses.enrolment_of(named)
        return {name for seed in range(SEEDS) for name in _draw(enrolment, str(seed))}


def _draw(enrolment: Enrolment, seed: str) -> set[str]:
    exam = outlines.load_outline(db.session(), enrolment.course_revision).exam
    items = draw_attempt_cases(db.session(), enrolment, exam, seed=seed)
    assert not isinstance(items, CannotDraw)
    names = {
        case.document_id: case.front["id"]
        for case in find_cases_in_pool(db.session(), enrolment.course_revision_id, Pool.EXAM)
    }
    return {names[item.case_id] for item in items}


def test_the_author_of_a_case_is_never_drawn_it(app: Flask) -> None:
    text = (SMALL / "cases" / f"{LEO}.md").read_text()
    for named in (MAYA, ZOE):
        courses.enrol(app, named)
    assert LEO in drawn(app, MAYA)
    drafts.start(app, MAYA, f"cases/{LEO}.md", text)
    assert LEO not in drawn(app, MAYA)
    assert LEO in drawn(app, ZOE)


def test_a_reviewer_is_not_drawn_it_once_the_key_was_opened(app: Flask) -> None:
    courses.enrol(app, ZOE)
    reviews.ask(app, ZOE, LEO)
    assert LEO in drawn(app, ZOE)
    reviews.answer(app, MAYA, LEO)
    courses.enrol(app, MAYA)
    assert LEO not in drawn(app, MAYA)


def test_a_guest_who_opens_an_account_stays_the_same_reviewer(app: Flask) -> None:
    nora = Person("nora", "Nora Lind", "was a guest")
    reviews.invite(app, nora.email)
    with app.app_context(), unit_of_work() as session:
        accounts.add_person(session, email=nora.email, name=nora.full_name)
    reviews.ask(app, nora)
    with app.app_context():
        subjects = db.session.scalars(select(Reviewer.subject)).all()
        assert subjects == [accounts.row_of(nora).subject]
