"""An evaluation: offered after the certificate, given once, read without names."""

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.certificates.models import Certificate
from cpd.db import db, unit_of_work
from cpd.evaluations import actions, queries
from cpd.evaluations.models import Evaluation, EvaluationComment
from cpd.kernel import clock
from cpd.quizzes.attempts.models import Attempt
from tests.factories import accounts, courses
from tests.factories.courses import SLUG
from tests.factories.evaluations import give
from tests.factories.quizzes import Learner
from tests.support.people import MAYA, Person
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

    page = ada.get(f"/evaluations/{SLUG}").text
    assert "Fewer than five people have answered, so no figures or comments are shown." in page
    assert "Less heat." not in page
    assert (
        "Fewer than five people have answered, so no figure is shown"
        in ada.get("/evaluations").text
    )
    for number in range(4):
        give(app, f"sub_{number}", {"objective:notice": 5, "unbiased": 1})
    page_of_five = ada.get(f"/evaluations/{SLUG}")
    assert "At least 5 of the 1 learners" in page_of_five.text
    assert "5 of 5 (5)" in page_of_five.text
    assert "4 of 5 who answered say yes" in page_of_five.text
    assert "<p>Less heat.</p><p>&lt;b&gt;More&lt;/b&gt; cool.</p>" in page_of_five.html
    assert "The course was clear" not in page_of_five.text, "what was skipped is not shown"
    assert MAYA.full_name not in page_of_five.text
    assert "At least 5 people have answered" in ada.get("/evaluations").text


def test_no_single_answer_can_be_told_from_the_figures(app: Flask, ada: Visitor) -> None:
    """Not from few answers, nor from figures before and after one, nor from a second answer."""
    for number in range(4):
        give(app, f"sub_{number}", {"clear": 4, "useful": 3}, f"Comment {number}.")
    give(app, "sub_0", {"clear": 1}, "Comment of before.", context="asg_another")
    page = ada.get(f"/evaluations/{SLUG}").text
    assert "Fewer than five people have answered" in page, "four people, though five answers"
    give(app, "sub_4", {"clear": 4})
    page = ada.get(f"/evaluations/{SLUG}").text
    assert "The course was clear 4 of 5 (5)" in page
    assert "It is useful for my work Fewer than five people have answered, so no figure" in page
    assert all(f"Comment {number}." in page for number in range(4))
    assert "Comment of before." not in page
    for number in range(5, 9):
        give(app, f"sub_{number}", {"clear": 1, "useful": 3}, f"Comment {number}.")
        assert "The course was clear 4 of 5 (5)" in ada.get(f"/evaluations/{SLUG}").text
        assert f"Comment {number}." not in ada.page.text
    assert "It is useful for my work 3 of 5 (5)" in ada.page.text, "eight have, five are shown"
    give(app, "sub_9", {"clear": 1})
    page = ada.get(f"/evaluations/{SLUG}").text
    assert "The course was clear 2½ of 5 (10)" in page
    newest, oldest = page.index("Comment 8."), page.index("Comment 0.")
    assert newest < oldest, "the newest group stands first"


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
    app: Flask, ada: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "Nobody has evaluated it yet" in ada.get(f"/evaluations/{SLUG}").text
    with app.app_context():
        actor = courses.actor_of(MAYA)
        assert queries.find_evaluation_overview(db.session(), actor, page=1) is None, (
            "learners see none of it"
        )
        assert queries.find_evaluation_summary(db.session(), actor, SLUG, page=1) is None

    for number in range(5):
        give(app, f"sub_{number}", {"clear": 3}, f"Comment {number}.")
    with asked(app) as short:
        ada.get(f"/evaluations/{SLUG}")
        ada.get("/evaluations")
    for number in range(5, 10):
        give(app, f"sub_{number}", {"clear": 3}, f"Comment {number}.")
    with asked(app) as long:
        ada.get(f"/evaluations/{SLUG}")
        ada.get("/evaluations")
    assert len(long) == len(short)
    monkeypatch.setattr(queries, "PAGE", 1)
    assert ada.get(f"/evaluations/{SLUG}?page=10").text.count("Comment ") == 1
    ada.get(f"/evaluations/{SLUG}?page=11", status=404)
    ada.get("/evaluations?page=3", status=404)
