"""Practicing weak spots: which cases a learner is offered, and where; never a case of the exam."""

import pytest
from flask import Flask
from sqlalchemy import select

from cpd.cases.scales import Danger, Pool
from cpd.db import db
from cpd.quizzes.practice.models import PracticeAnswer
from cpd.quizzes.queries import find_cases_in_pool
from cpd.quizzes.weak_spots.queries import find_cases_to_practice
from tests.factories import accounts, courses
from tests.factories.courses import SLUG
from tests.factories.quizzes import Learner
from tests.quizzes.exam_visitor import in_order
from tests.support.pages import Page
from tests.support.people import MAYA
from tests.support.queries import asked
from tests.support.visitor import Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

COURSE = f"/courses/{SLUG}"
PRACTICE = f"{COURSE}/practice"
ADAPTING = f"{COURSE}/sections/adapting"
SAMI, ROSA, TESS, QUINN = "sami-red-back", "rosa-stumbles", "tess-room", "quinn-dizzy"
TITLES = {
    "Quinn is dizzy": QUINN,
    "Rosa stumbles": ROSA,
    "Sami and his red back": SAMI,
    "Tess gets ready": TESS,
}


@pytest.fixture(autouse=True)
def _maya_takes_the_course(app: Flask) -> None:
    courses.enrol(app, MAYA)


def offered(page: Page) -> list[str]:
    """Return the cases that the page of weak spots offers, in order."""
    return [TITLES[words] for words in page.links() if words in TITLES]


def decide(visitor: Visitor, case: str, *choices: str, query: str = "") -> Page:
    """Answer the open step of a case on its own page."""
    visitor.get(f"{PRACTICE}/{case}{query}")
    visitor.submit([("choice", choice) for choice in choices], action=f"#answer-{case}")
    return visitor.follow().page


def test_nothing_was_decided_yet_so_every_topic_has_its_turn(maya: Visitor) -> None:
    page = maya.get(PRACTICE).page
    assert sorted(offered(page)) == sorted(TITLES.values())
    assert "You have not decided it yet." in page.text


def test_the_weakest_comes_first_until_it_is_put_right(maya: Visitor) -> None:
    decide(maya, TESS, "pack")
    decide(maya, ROSA, "proceed")
    page = maya.get(PRACTICE).page
    first, second, *_ = offered(page)
    assert {first, second} == {ROSA, TESS}
    assert "Your first choice could have harmed the client." in page.text
    decide(maya, ROSA, "emergency", query="?again=1")
    decide(maya, TESS, "water", "blind", query="?again=1")
    assert set(offered(maya.get(PRACTICE).page)[:2]) == {QUINN, SAMI}


def test_a_case_is_decided_on_its_own_page_to_its_end(maya: Visitor) -> None:
    page = decide(maya, QUINN, "same_day")
    assert "Whom do you tell, and by when?" in page.text
    maya.submit({"choice": "right"}, action=f"#answer-{QUINN}")
    page = maya.follow().page
    assert in_order(page.text, "Right: full marks.", "The right ear, in time.", "Next case:")
    assert f"{PRACTICE}/{QUINN}?again=1" in page.links().values()


def test_without_a_choice_the_case_stays_open(maya: Visitor) -> None:
    decide(maya, SAMI, "proceed")
    assert "Choose an answer, then decide." in decide(maya, SAMI, query="?again=1").text
    assert "Your answer" not in maya.page.text.rpartition("Sami")[2]


def test_every_answer_is_kept_with_what_it_would_have_done(app: Flask, maya: Visitor) -> None:
    decide(maya, ROSA, "proceed")
    decide(maya, ROSA, "emergency", query="?again=1")
    with app.app_context():
        rows = db.session.scalars(select(PracticeAnswer).order_by(PracticeAnswer.id)).all()
        assert [(row.is_first, row.is_right, row.danger) for row in rows] == [
            (True, False, Danger.CRITICAL),
            (False, True, Danger.SAFE),
        ]


def test_cases_of_the_exam_are_never_offered(app: Flask, maya: Visitor) -> None:
    learner = Learner(app, MAYA).study()
    learner.hand_in(learner.start())
    with app.app_context():
        enrolment = learner.enrolment()
        spots = find_cases_to_practice(db.session(), enrolment, at_most=100)
        exam = find_cases_in_pool(db.session(), enrolment.course_revision_id, Pool.EXAM)
        slugs = {case.document.slug for case in exam}
    assert sorted(spot.slug for spot in spots) == sorted(TITLES.values())
    assert slugs
    assert not slugs & {spot.slug for spot in spots}
    for slug in sorted(slugs)[:2]:
        maya.get(f"{PRACTICE}/{slug}", status=404)


def test_the_course_the_record_the_home_page_and_a_failed_result_lead_there(
    app: Flask, maya: Visitor
) -> None:
    assert "Practice my weak spots" not in maya.get("/").page.links(), "nothing was practiced"
    assert maya.get(COURSE).page.links()["Practice my weak spots"] == PRACTICE
    learner = Learner(app, MAYA).study()
    learner.hand_in(attempt := learner.start())
    for path in ("/", "/record", f"/attempts/{attempt}/result"):
        assert maya.get(path).page.links()["Practice my weak spots"] == PRACTICE, path


def test_the_pages_cost_the_same_however_much_was_practiced(app: Flask, maya: Visitor) -> None:
    def cost() -> list[int]:
        counts = []
        for path in (PRACTICE, f"{PRACTICE}/{ROSA}", ADAPTING, "/"):
            maya.get(path)
            with asked(app) as statements:
                maya.get(path)
            counts.append(len(statements))
        return counts

    decide(maya, ROSA, "emergency")
    before = cost()
    Learner(app, MAYA).practice(QUINN, ROSA)
    for _ in range(3):
        decide(maya, ROSA, "proceed", query="?again=1")
    assert cost() == before
    assert max(before) <= 13


# The case that opens a section


def test_a_section_opens_with_a_case_from_an_earlier_one_until_it_is_decided(
    app: Flask, maya: Visitor
) -> None:
    assert "first-case" not in maya.get(f"{COURSE}/sections/noticing").html
    Learner(app, MAYA).practice(QUINN)
    page = maya.get(ADAPTING).page
    assert in_order(page.text, "One case from section 1 first", "Rosa stumbles")
    maya.submit({"choice": "proceed"}, action=f"#answer-{ROSA}")
    page = maya.follow().page
    assert in_order(page.text, "Not careful enough", "Continue with section 2")
    assert page.links()["Continue with section 2"] == ADAPTING
    assert "One case from section" not in maya.get(ADAPTING).text
    with app.app_context():
        (row,) = db.session.scalars(select(PracticeAnswer).where(PracticeAnswer.opens != ""))
        assert row.opens == "adapting"


def test_skipping_it_locks_nothing(maya: Visitor) -> None:
    assert "Skip it and read the section" in maya.get(ADAPTING).text
    maya.submit({}, action="/done")
    assert "One case from section" not in maya.get(ADAPTING).text, "the section is finished"


def test_the_weakest_case_opens_it(app: Flask, maya: Visitor) -> None:
    Learner(app, MAYA).practice(ROSA)
    decide(maya, QUINN, "proceed")
    assert in_order(maya.get(ADAPTING).text, "One case from section 1 first", "Quinn is dizzy")


def test_a_section_that_the_course_does_not_have_opens_with_nothing(maya: Visitor) -> None:
    fields = {"step": "decide", "choice": "proceed", "opens": "elsewhere"}
    maya.post(f"{PRACTICE}/{ROSA}", fields, status=404)


# How sure somebody was


def test_how_sure_is_asked_only_on_request_and_shown_to_the_learner_alone(
    app: Flask, maya: Visitor, ines: Visitor
) -> None:
    assert "How sure are you?" not in maya.get(f"{PRACTICE}/{ROSA}").text
    maya.get(PRACTICE)
    maya.submit({}, action="/confidence")
    maya.follow()
    maya.get(f"{PRACTICE}/{ROSA}")
    maya.submit({"choice": "proceed", "confidence": "sure"}, action=f"#answer-{ROSA}")
    maya.get(f"{PRACTICE}/{SAMI}")
    maya.submit({"choice": "modify", "confidence": "guessing"}, action=f"#answer-{SAMI}")
    page = maya.get(PRACTICE).page
    assert in_order(
        page.text,
        "You were sure, and the answer could have harmed the client",
        "Rosa stumbles",
        "You chose: Go ahead",
    )
    assert "1 of 1 right" in page.text
    assert "0 of 1 right" in page.text
    with app.app_context():
        public_id = accounts.row_of(MAYA).public_id
    assert "Rosa" not in ines.get(f"/people/{public_id}").text
    maya.get(PRACTICE)
    maya.submit({}, action="/confidence")
    assert "How sure are you?" not in maya.get(f"{PRACTICE}/{QUINN}").text


def test_it_never_changes_a_mark_and_may_stay_unanswered(app: Flask, maya: Visitor) -> None:
    maya.post(f"{COURSE}/confidence", {"ask": "on"}, status=303)
    decide(maya, SAMI, "modify")
    with app.app_context():
        (row,) = db.session.scalars(select(PracticeAnswer))
        assert (row.is_right, row.danger) == (True, Danger.SAFE)
    assert "of 1 right" not in maya.get(PRACTICE).text


def test_other_words_are_refused_and_an_unasked_one_is_dropped(maya: Visitor) -> None:
    fields = {"step": "decide", "choice": "proceed"}
    maya.post(f"{PRACTICE}/{ROSA}", {**fields, "confidence": "absolutely"}, status=422)
    maya.post(f"{PRACTICE}/{ROSA}", {**fields, "confidence": "sure"}, status=303)
    assert "You were sure" not in maya.get(PRACTICE).text
