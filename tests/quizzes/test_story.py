"""Maya's whole way through an exam, page by page, on both databases."""

from flask import Flask

from cpd.db import db
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.grading.replay import compare_results_with_regrading
from tests.factories import courses
from tests.factories.quizzes import Learner
from tests.quizzes.exam_visitor import EXAM, TWO_STEPS, WELL, Exam, count_of
from tests.support.moved_clock import MovedClock
from tests.support.people import MAYA
from tests.support.visitor import Visitor


def test_from_the_open_case_to_the_certificate(
    app: Flask, pocket: str, maya: Visitor, clock: MovedClock
) -> None:
    course = f"/courses/{pocket}"
    maya.get("/try")
    maya.submit({"choice": "same_day"}, status=200)

    courses.enrol(app, MAYA, pocket)
    courses.finish(app, MAYA, "noticing", "adapting", slug=pocket)
    for section, case, choice in (
        ("noticing", "quinn-dizzy", "same_day"),
        ("noticing", "quinn-dizzy", "right"),
        ("noticing", "rosa-stumbles", "proceed"),  # wrong, and that does not matter
        ("adapting", "sami-red-back", "modify"),
        ("adapting", "tess-room", "water"),
    ):
        maya.get(f"{course}/sections/{section}")
        maya.submit({"choice": choice}, action=f"#answer-{case}")

    maya.get(f"{course}/exam")
    first_case = maya.submit(action="/exam/attempts").location
    assert first_case.endswith("/cases/1"), "no page and no redirect comes in between"
    exam = Exam(app, maya, Learner(app, MAYA, pocket), first_case.split("/")[2])
    exam.answer_right(TWO_STEPS, WELL)
    exam.choose(WELL, "modify")
    exam.event(WELL, "postpone", event_id="evt-elsewhere", status=409)
    exam.choose(WELL, "proceed")
    exam.go_on(TWO_STEPS, "proceed")
    clock.advance(minutes=15)
    exam.hand_in()
    failed = exam.result()
    assert failed.h1 == "Not passed this time, because of one decision."

    clock.advance(minutes=5)
    maya.get(failed.links()["Read the passage"].partition("#")[0])
    maya.submit(action="/read-again")
    practice = exam.result().links()["Decide a practice case"]
    maya.get(practice.partition("#")[0])
    maya.submit({"choice": "emergency"}, action="#answer-rosa-stumbles")
    clock.advance(minutes=5)
    exam.result()
    led = maya.submit(action="/exam/attempts").location

    again = Exam(app, maya, exam.learner, led.split("/")[2])
    assert again.public_id != exam.public_id
    for case in EXAM:
        again.learner.answer(again.public_id, again.positions[case])
    again.hand_in()
    passed = again.result()
    assert passed.h1.startswith("Passed")
    maya.get(passed.links()["Your certificate"])
    review = maya.get(passed.links()["Review every decision"])
    assert "You were right in 6 cases of 6." in review.text
    record = maya.get("/record").text.replace("\xa0", " ")
    assert "try 2 " in record
    assert "passed, 100%" in record
    assert "not passed, 83%" in record
    assert count_of(app, Attempt) == 2
    with app.app_context():
        assert compare_results_with_regrading(db.session()).differences == ()
