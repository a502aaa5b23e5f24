"""An evaluation: offered after the certificate, given once, read without names."""

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.certificates.models import Certificate
from cpd.courses.models import Enrolment
from cpd.db import db, unit_of_work
from cpd.evaluations import actions, queries
from cpd.evaluations.models import Evaluation, EvaluationComment
from cpd.kernel import clock
from cpd.quizzes.attempts.models import Attempt
from tests.factories import accounts, courses
from tests.factories.courses import SLUG
from tests.factories.quizzes import Learner
from tests.support.people import MAYA, ZOE, Person
from tests.support.queries import asked
from tests.support.visitor import Visitor


@pytest.fixture
def passed(app: Flask) -> str:
    """Maya holds a certificate; returns the address where she is asked."""
    Learner(app, MAYA).pass_exam()
    return f"/certificates/{_certificate(app, MAYA)}/evaluation"


def _certificate(app: Flask, person: Person) -> str:
    with app.app_context():
        subject = accounts.row_of(person).subject
        return db.session.scalars(
            sa.select(Certificate.public_id).where(Certificate.subject == subject)
        ).one()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_it_is_offered_until_it_is_given_and_given_once(
    app: Flask, passed: str, maya: Visitor, ada: Visitor
) -> None:
    certificate = passed.removesuffix("/evaluation")
    with app.app_context():
        attempt = db.session.scalars(sa.select(Attempt.public_id)).one()
    places = ("/record", certificate, f"/attempts/{attempt}/result")
    for place in places:
        assert passed in maya.get(place).page.links().values(), place

    maya.get(passed)
    nothing = maya.submit({}, action=None, status=422)
    assert "Answer at least one question" in nothing.text
    unseen = maya.submit({"comment": "\u3164"}, action=None, status=422)
    assert "Answer at least one question" in unseen.text
    odd = maya.submit({"clear": "9"}, action=None, status=422)
    assert "Choose one of the answers." in odd.text
    maya.submit(
        {"objective:notice": "5", "unbiased": "0", "comment": "Less heat.\r\n<b>More</b> cool."},
        action=None,
        status=303,
    )
    assert "Thank you." in maya.follow().text
    maya.post(passed, {"clear": "1"}, status=303)
    assert "your first answers are kept" in maya.get(passed).text
    for place in places:
        assert passed not in maya.get(place).page.links().values(), place

    page = ada.get(f"/evaluations/{SLUG}")
    assert "1 of 1 learner who holds its certificate has answered." in page.text
    assert "5 of 5 (1)" in page.text
    assert "0 of 1 who answered says yes" in page.text
    assert "<p>Less heat.</p><p>&lt;b&gt;More&lt;/b&gt; cool.</p>" in page.html
    assert "The course was clear" not in page.text, "what was skipped is not shown"
    assert MAYA.full_name not in page.text


def test_words_can_be_erased_and_numbers_cannot(app: Flask, passed: str) -> None:
    with app.app_context():
        enrolment, actor = Learner(app, MAYA).enrolment(), courses.actor_of(MAYA)

        def give() -> bool:
            with unit_of_work() as session:
                return actions.save_evaluation(
                    session, enrolment, {"clear": 4}, "More.", actor=actor, now=clock.now()
                )

        assert give()
        assert not give(), "the second is dropped, and the first stays"
        with unit_of_work() as session:
            session.execute(sa.delete(EvaluationComment))
        row = db.session.scalars(sa.select(Evaluation)).one()
        assert row.comment_hash, "that there were words stays"
        assert [(one.question, one.value) for one in row.ratings] == [("clear", 4)]
        with pytest.raises(sa.exc.DBAPIError, match="frozen"), unit_of_work() as session:
            session.execute(sa.delete(Evaluation))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_more_answers_ask_no_more_of_the_database(
    app: Flask, passed: str, ada: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Nobody has evaluated it yet" in ada.get(f"/evaluations/{SLUG}").text
    with app.app_context():
        actor = courses.actor_of(MAYA)
        assert queries.find_evaluation_overview(db.session(), actor, page=1) is None, (
            "learners see none of it"
        )
        assert queries.find_evaluation_summary(db.session(), actor, SLUG, page=1) is None

    def speak(person: Person, words: str) -> None:
        with app.app_context(), unit_of_work() as session:
            enrolment = session.scalars(
                sa.select(Enrolment).where(Enrolment.subject == accounts.row_of(person).subject)
            ).one()
            actions.save_evaluation(
                session,
                enrolment,
                {"clear": 3},
                words,
                actor=courses.actor_of(person),
                now=clock.now(),
            )

    speak(MAYA, "First.")
    with asked(app) as short:
        ada.get(f"/evaluations/{SLUG}")
        ada.get("/evaluations")
    courses.enrol(app, ZOE, SLUG)
    speak(ZOE, "Second.")
    with asked(app) as long:
        both = ada.get(f"/evaluations/{SLUG}").text
        ada.get("/evaluations")
    assert both.index("Second.") < both.index("First.")
    assert len(long) == len(short)
    monkeypatch.setattr(queries, "PAGE", 1)
    assert "Second." not in ada.get(f"/evaluations/{SLUG}?page=2").text
    ada.get(f"/evaluations/{SLUG}?page=3", status=404)
    ada.get("/evaluations?page=3", status=404)
