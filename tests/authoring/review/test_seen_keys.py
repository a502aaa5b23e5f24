"""Whoever has seen a key as an author or a reviewer is never drawn that case."""

import pytest
from flask import Flask
from sqlalchemy import select

from cpd.authoring.blind.models import Reviewer
from cpd.authoring.seen_keys.actions import record_opened_keys
from cpd.authoring.seen_keys.models import SeenKey
from cpd.cases.scales import Pool
from cpd.courses import outlines
from cpd.courses.models import Document, Enrolment
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.quizzes.exams.drawing import CannotDraw, draw_attempt_cases
from cpd.quizzes.queries import find_cases_in_pool
from tests.factories import accounts, courses, drafts, reviews
from tests.factories.courses import SLUG
from tests.factories.quizzes import Learner
from tests.support.courses import SMALL
from tests.support.people import INES, MAYA, ZOE, Person
from tests.support.visitor import Visitor

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


def test_whoever_has_opened_a_case_is_recorded_once_and_never_drawn_it(
    app: Flask, ines: Visitor
) -> None:
    courses.enrol(app, INES)
    text = (SMALL / "cases" / f"{LEO}.md").read_text()
    draft = drafts.start(app, MAYA, f"cases/{LEO}.md", text).public_id
    ines.get("/authoring")
    ines.get(f"/authoring/courses/{SLUG}")
    assert LEO in drawn(app, INES)  # the control: a list of files shows no key
    ines.get(f"/authoring/drafts/{draft}")
    ines.get(f"/authoring/drafts/{draft}/preview")
    assert LEO not in drawn(app, INES)
    with app.app_context():
        (row,) = db.session.scalars(select(SeenKey)).all()
        assert row.path == f"cases/{LEO}.md"


@pytest.mark.parametrize(
    "page", [f"history/cases/{LEO}.md", f"versions/1/cases/{LEO}.md"], ids=["list", "text"]
)
def test_an_earlier_text_shows_the_key_too_but_its_history_does_not(
    app: Flask, ines: Visitor, page: str
) -> None:
    courses.enrol(app, INES)
    ines.get(f"/authoring/courses/{SLUG}/{page}")
    assert (LEO in drawn(app, INES)) is page.startswith("history")


def test_a_twin_shows_the_reasons_of_its_case(app: Flask, ines: Visitor) -> None:
    courses.enrol(app, INES)
    address = f"/authoring/courses/{SLUG}/twins/{LEO}"
    ines.get(address)
    ines.submit(
        {"old_words": "No burns", "new_words": "A burn", "decision": "postpone"},
        action=address,
    )
    assert LEO not in drawn(app, INES)


@pytest.mark.parametrize(
    ("wanted", "tells"),
    [
        ({"words": "leo"}, 0),
        ({"decision": "proceed"}, 1),
        ({"danger": "overcautious"}, 1),
    ],
    ids=["words", "decision", "danger"],
)
def test_whoever_finds_a_case_by_its_answers_has_seen_its_key(
    app: Flask, ines: Visitor, wanted: dict[str, str], tells: int
) -> None:
    assert "Leo" in ines.get("/authoring/cases", query_string=wanted).text
    assert seen(app).count(f"cases/{LEO}.md") == tells


def test_an_export_shows_the_keys_of_its_cases(app: Flask, ines: Visitor) -> None:
    with app.app_context():
        of_leo = select(Document.public_id).where(Document.slug == LEO)
        chosen = db.session.scalars(of_leo).one()
    ines.get("/authoring/cases")
    ines.post("/authoring/export", {"document": chosen}, status=200)
    assert seen(app) == [f"cases/{LEO}.md"]
    ines.post(f"/authoring/courses/{SLUG}/export", {"what": "published"}, status=200)
    assert len(seen(app)) > 1


def seen(app: Flask) -> list[str]:
    """Return the cases whose keys anybody has opened."""
    with app.app_context():
        return list(db.session.scalars(select(SeenKey.path)))


def test_somebody_who_knows_too_many_answers_is_told_so_on_the_page_of_the_exam(
    app: Flask, zoe: Visitor, maya: Visitor
) -> None:
    for visitor, named in ((zoe, ZOE), (maya, MAYA)):
        Learner(app, named).study()
        assert "Start the exam" in visitor.get(f"/courses/{SLUG}/exam").text
    with app.app_context():
        enrolment = courses.enrolment_of(ZOE)
        subject = enrolment.subject
        files = [
            (enrolment.course_id, f"cases/{case.front['id']}.md")
            for case in find_cases_in_pool(db.session(), enrolment.course_revision_id, Pool.EXAM)
        ]
        with unit_of_work() as session:
            record_opened_keys(session, subject, files[:1], now=clock.now())
    page = zoe.get(f"/courses/{SLUG}/exam").text
    assert "you have seen the right answer of one of the" in page
    assert "Start the exam" in page
    with app.app_context(), unit_of_work() as session:
        record_opened_keys(session, subject, files, now=clock.now())
    for address in (f"/courses/{SLUG}/exam", f"/courses/{SLUG}"):
        page = zoe.get(address).text
        assert "Too few other cases remain for a try" in page
        assert "Start the exam" not in page
    assert zoe.post(f"/courses/{SLUG}/exam/attempts", {}, status=303).location.endswith("/exam")
    assert "Start the exam" in maya.get(f"/courses/{SLUG}/exam").text
