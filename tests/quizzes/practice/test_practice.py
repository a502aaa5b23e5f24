"""Practice: a decision, its reasons at once, as often as one likes; nothing of it ever counts."""

import pytest
from flask import Flask
from sqlalchemy import select

from cpd.db import db
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.grading.models import Result
from cpd.quizzes.practice import actions as practice_actions
from cpd.quizzes.practice import cases
from cpd.quizzes.practice.models import PracticeAnswer
from tests.factories import courses
from tests.factories.courses import SLUG
from tests.factories.quizzes import Learner
from tests.quizzes.exam_visitor import count_of, in_order
from tests.support.pages import Page
from tests.support.people import MAYA, ZOE
from tests.support.visitor import Answer, Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

NOTICING = f"/courses/{SLUG}/sections/noticing"
ADAPTING = f"/courses/{SLUG}/sections/adapting"
QUINN = "quinn-dizzy"


@pytest.fixture(autouse=True)
def _maya_takes_the_course(app: Flask) -> None:
    courses.enrol(app, MAYA)


def decide(visitor: Visitor, case: str, *choices: str, page: str = NOTICING) -> Page:
    """Decide a case on its section's page, and return the page that follows."""
    visitor.get(page)
    visitor.submit([("choice", choice) for choice in choices], action=f"#answer-{case}")
    return visitor.follow().page


def answer_of(page: Page, case: str) -> str:
    """Return what the page says of one case, from its title on."""
    titles = {QUINN: "Quinn is dizzy", "tess-room": "Tess gets ready"}
    return page.text.replace("\xa0", " ").rpartition(titles[case])[2]


def send(visitor: Visitor, case: str, status: int, **fields: object) -> Answer:
    """Post to a practice case without its page."""
    return visitor.post(f"/courses/{SLUG}/practice/{case}", fields, status=status)


def test_feedback_stands_there_at_once(maya: Visitor) -> None:
    page = decide(maya, QUINN, "proceed")
    assert in_order(
        answer_of(page, QUINN),
        "What do you decide about today's session?",
        "Go ahead",
        "Your answer",
        "Not careful enough: no marks.",
        "Going ahead as planned leaves the sign unanswered.",
        "Not today: medical advice today",
        "Right: full marks.",
        "A sentence to say",
        "You need to be looked at today, so we stop here.",
    )


def test_before_deciding_nothing_of_the_key_is_on_the_page(maya: Visitor) -> None:
    html = maya.get(NOTICING).html
    for secret in ("leaves the sign unanswered", "Right: full marks", "You need to be looked at"):
        assert secret not in html


def test_a_second_question_follows_the_first(app: Flask, maya: Visitor) -> None:
    page = decide(maya, QUINN, "same_day")
    assert "Whom do you tell, and by when?" in answer_of(page, QUINN)
    assert QUINN not in done(app), "the case has not come to its end"
    headings = [h for h in page.all("h3") if h.get("id") == f"answer-{QUINN}"]
    assert [h.get("tabindex") for h in headings] == ["-1"], "the form leads the focus there"
    maya.submit({"choice": "right"}, action=f"#answer-{QUINN}")
    assert "The right ear, in time." in answer_of(maya.follow().page, QUINN)
    assert QUINN in done(app)


def done(app: Flask) -> set[str]:
    """Return the cases that maya has decided to their end."""
    with app.app_context():
        learner = Learner(app, MAYA)
        found = cases.find_practice_cases(
            db.session(), learner.enrolment(), learner.enrolment().course_revision_id
        )
        return {case.case.id for case in found if case.is_done}


def test_ticks_are_taken_together(maya: Visitor, app: Flask) -> None:
    page = decide(maya, "tess-room", "water", "pack", page=ADAPTING)
    text = answer_of(page, "tess-room")
    assert "It adds heat." in text
    assert "It belongs here, and you left it out." in text
    assert "tess-room" in done(app), "wrong or right does not matter"


def test_without_an_answer_it_says_so_and_keeps_nothing(app: Flask, maya: Visitor) -> None:
    maya.get(NOTICING)
    maya.submit({"step": "decide"}, action=f"#answer-{QUINN}")
    assert maya.answer is not None
    assert maya.answer.location.endswith(f"missing={QUINN}")
    assert "Choose an answer, then decide." in maya.follow().text
    assert count_of(app, PracticeAnswer) == 0


def test_it_can_be_decided_again_and_the_newest_stands(app: Flask, maya: Visitor) -> None:
    decide(maya, "tess-room", "pack", page=ADAPTING)
    page = maya.get(ADAPTING).page
    maya.get(ADAPTING + page.links()["Decide it again"].partition("#")[0])
    assert "You chose this" not in maya.page.text
    maya.submit([("choice", "water"), ("choice", "blind")], action="#answer-tess-room")
    text = answer_of(maya.follow().page, "tess-room")
    assert "The practice case is decided." not in maya.page.text, "no exam waits for it"
    assert text.count("You chose this") == 2
    assert count_of(app, PracticeAnswer) == 2


def test_deciding_again_begins_at_the_first_question(app: Flask, maya: Visitor) -> None:
    decide(maya, QUINN, "proceed")
    maya.submit({"choice": "wrong-1"}, action=f"#answer-{QUINN}")
    maya.get(f"{NOTICING}?again-case={QUINN}")
    maya.submit({"choice": "same_day"}, action=f"#answer-{QUINN}")
    text = answer_of(maya.follow().page, QUINN)
    assert "Right: full marks." in text
    assert "Help would come too late" not in text, "the second question is open again"
    maya.submit({"choice": "right"}, action=f"#answer-{QUINN}")
    assert QUINN in done(app)
    with app.app_context():
        rows = db.session.scalars(select(PracticeAnswer).order_by(PracticeAnswer.id)).all()
        assert [row.step for row in rows] == ["decide", "tell", "decide", "tell"]
        assert [row.is_last_step for row in rows] == [False, True, False, True]


def test_nothing_of_it_counts(app: Flask, maya: Visitor) -> None:
    decide(maya, QUINN, "proceed")
    assert (count_of(app, Attempt), count_of(app, Result)) == (0, 0)


def test_an_answer_from_an_older_page_is_not_kept_twice(app: Flask, maya: Visitor) -> None:
    decide(maya, "tess-room", "water", page=ADAPTING)
    send(maya, "tess-room", 303, step="ready", choice="pack")
    send(maya, QUINN, 303, step="tell", choice="right")  # not shown yet
    assert count_of(app, PracticeAnswer) == 1


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"step": "decide", "choice": "kill"}, 422, "not one of the answers to this question"),
        ({"step": "decide", "choice": ["proceed", "modify"]}, 422, "takes one answer"),
        ({"step": "decide", "choice": ["proceed", "proceed"]}, 400, "twice"),
        ({"step": "decide", "choice": [str(n) for n in range(21)]}, 400, "more than 20"),
        ({"choice": "proceed"}, 400, "is missing"),
        ({"step": ["decide", "tell"], "choice": "proceed"}, 400, "sent 2 times"),
        ({"step": "decide", "choice": "proceed", "marks": "1"}, 400, "does not belong"),
    ],
)
def test_what_no_page_sends_is_refused_with_a_sentence(
    app: Flask, maya: Visitor, fields: dict[str, object], status: int, said: str
) -> None:
    assert said in send(maya, QUINN, status, **fields).text
    assert count_of(app, PracticeAnswer) == 0


def test_only_practice_cases_can_be_practised(app: Flask, maya: Visitor) -> None:
    for case in ("bela-hot-dry", "no-such-case", "%00"):
        maya.post(f"/courses/{SLUG}/practice/{case}", {"step": "decide"}, status=(400, 404))
    maya.post(f"/courses/elsewhere/practice/{QUINN}", {"step": "decide"}, status=404)
    assert count_of(app, PracticeAnswer) == 0


def test_who_has_not_begun_the_course_reads_the_case_and_cannot_decide(
    app: Flask, zoe: Visitor, stranger: Visitor
) -> None:
    assert "Start the course to decide this case." in zoe.get(NOTICING).text
    assert "Sign in and start the course" in stranger.get(NOTICING).text
    send(zoe, QUINN, 404, step="decide", choice="proceed")
    assert count_of(app, PracticeAnswer) == 0


def test_everybody_practises_for_themselves(app: Flask, maya: Visitor, zoe: Visitor) -> None:
    courses.enrol(app, ZOE)
    decide(maya, QUINN, "proceed")
    assert "Your answer" not in zoe.get(NOTICING).text


def test_an_ended_case_takes_no_answer(app: Flask) -> None:
    Learner(app, MAYA).practice("tess-room")
    with app.app_context():
        enrolment = Learner(app, MAYA).enrolment()
        found = cases.find_practice_case(db.session(), enrolment, "tess-room", again=False)
        assert found is not None
        with pytest.raises(ValueError, match="come to its end"):
            found.with_answer({"choices": ["water"]})
        with pytest.raises(ValueError, match="come to its end"):
            practice_actions.save_practice_answer(
                db.session(), enrolment, found, {"choices": ["water"]}, now=enrolment.started_at
            )
