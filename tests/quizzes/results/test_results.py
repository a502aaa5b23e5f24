"""What a result says, in its order; what it keeps back; who may see it."""

import re
from pathlib import Path

import pytest
from flask import Flask

from cpd.access.permissions import SYSTEM
from cpd.db import db, unit_of_work
from cpd.quizzes.attempts import actions as attempt_actions
from cpd.quizzes.grading.models import Result
from tests.factories import courses
from tests.factories.quizzes import blank, worst
from tests.quizzes.exam_visitor import (
    EXAM,
    RAISED,
    SINGLE,
    TWO_STEPS,
    WELL,
    Exam,
    begin,
    in_order,
    pocket,
)
from tests.support.moved_clock import MovedClock
from tests.support.pages import Page

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

TODAY = "You can make up for this today."


@pytest.fixture
def exam(exam: Exam, clock: MovedClock) -> Exam:
    """Maya at the exam, twenty minutes after she began."""
    clock.advance(minutes=20)
    return exam


def said(page: Page) -> str:
    """Return what a page says, with plain spaces."""
    return re.sub(r"\s+([,.;:])", r"\1", page.text.replace("\xa0", " "))


def ended(exam: Exam, **choices: str) -> Page:
    """Answer rightly but for the cases named (with underscores), hand in, and open the result."""
    wrong = {name.replace("_", "-"): choice for name, choice in choices.items()}
    exam.answer_right(*wrong)
    for case, choice in wrong.items():
        if choice:
            exam.choose(case, choice)
    exam.hand_in()
    return exam.result()


def test_critical_with_a_high_score(exam: Exam) -> None:
    page = ended(exam, bela_hot_dry="proceed")
    assert page.h1 == "Not passed this time, because of one decision."
    assert in_order(
        said(page),
        "You scored 83%, above the pass mark of 75%.",  # what was good
        "In one case, your decision could have seriously harmed the client",  # what happened
        "That fails a try at any score",
        TODAY,
        "Bela is hot and dry",
        "You decided Go ahead",
        "What it could have done It could have seriously harmed the client.",
        "Where it is explained Signs that stop a session, about one minute",
        "The signs that matter: Heat stroke",
        "Stop, call, cool, stay.",  # why the rule exists
        "A clinician has yet to sign this rule.",
        "Next steps",
        "You are on step 1 of 3.",
        "1. Read again Signs that stop a session, about one minute",
        "2. Decide one practice case on the same safety topic",
        "It does not count.",
        "3. The next try",
        "It opens as soon as the steps above are done.",
        "Who can see this",
        "Only you. Nobody else can open this page.",
    )


def test_critical_with_a_low_score(exam: Exam) -> None:
    page = ended(exam, **dict.fromkeys([c.replace("-", "_") for c in EXAM if c != TWO_STEPS], ""),
                 bela_hot_dry="modify")  # fmt: skip
    assert page.h1 == "Not passed this time, because of one decision."
    text = said(page)
    assert "You scored 0%. To pass, you need 75% and no critical decision." in text
    assert "above the pass mark" not in text
    assert TODAY in text


def test_several_critical_acts_are_each_told(exam: Exam) -> None:
    page = ended(exam, bela_hot_dry="modify", cleo_vomits="proceed")
    assert page.h1 == "Not passed this time, because of 2 decisions."
    text = said(page)
    assert "You scored 66%. To pass, you need 75%" in text
    for words in ("Cleo cannot keep water down", "You decided Go ahead", "Bela is hot and dry"):
        assert words in text
    assert text.count("Read again") == 1, "one passage, named once"


def test_a_low_score_alone(exam: Exam) -> None:
    page = ended(exam, gina_warm="", nico_room="", olga_offers="")
    assert page.h1 == "Not passed this time."
    text = said(page)
    assert "You scored 50%, with no critical decision." in text
    assert "To pass, you need 75%." in text
    assert "3 cases were left unanswered." in text
    assert in_order(text, "Worth reading again", "Signs that stop a session", "A cool room")
    assert "Read again" not in text, "nothing is asked for"
    assert "You can start it now. It uses cases that you have not seen" in text
    assert [form for form in page.forms if form.action.endswith("/exam/attempts")]
    for words in ("Stop, call, cool", "seriously harmed", "Decide one practice case"):
        assert words not in text


def test_a_low_score_with_unsafe_decisions_names_the_passage(exam: Exam) -> None:
    page = ended(exam, gina_warm="", ida_warm_room="", nico_room="stones")
    text = said(page)
    assert "You scored 50%" in text
    assert "An unsafe decision earns nothing." in text
    assert "Nico" not in text, "which case it was would tell its key"
    assert in_order(
        text,
        "Read again A cool room, about one minute",
        "2. The next try It opens",
        "Worth reading again, for the other marks you lost "
        "Signs that stop a session, about one minute",
    )
    assert not [form for form in page.forms if form.action.endswith("/exam/attempts")]


def test_passed_with_everything_right(exam: Exam) -> None:
    page = ended(exam)
    assert page.h1.replace("\xa0", " ") == "Passed, with 100% and every client kept safe."
    text = said(page)
    assert "It says whether it gives credit, and for which license." in text
    assert "turned away" not in text
    assert {"Your certificate", "Review every decision"} <= page.links().keys()


def test_passed_with_over_caution(exam: Exam) -> None:
    """One step too careful earns half; a client sent away without need is counted, kindly."""
    page = ended(exam, gina_warm="postpone", ida_warm_room="postpone")
    text = said(page)
    assert "Passed, with 75%" in page.h1.replace("\xa0", " ")
    assert "Clients turned away needlessly: 2." in text
    assert in_order(text, "Your safety profile", "Too cautious 2", "Clients turned away")


def test_one_step_too_careful_that_still_helps_turns_nobody_away(exam: Exam) -> None:
    text = said(ended(exam, gina_warm="modify"))
    assert "Passed, with 91%" in text
    assert "Too cautious 1" in text
    assert "turned away" not in text


def test_passed_with_an_unsafe_decision_does_not_say_that_all_were_safe(exam: Exam) -> None:
    page = ended(exam, nico_room="stones")
    assert page.h1.replace("\xa0", " ") == "Passed, with 83%."
    assert "Unsafe 1" in said(page)
    assert "In one case a decision was unsafe, and earned nothing: Nico" in said(page)
    named = page.links()["Nico prepares the room"]
    assert named == f"{exam.base}/review#case-{exam.positions[SINGLE]}"


def test_objectives_are_named_with_what_was_earned(exam: Exam) -> None:
    text = said(ended(exam, nico_room="stones"))
    assert in_order(text, "By objective", "3 of 3", "2 of 3")


def test_marks_are_exact(exam: Exam) -> None:
    """A second towel earns a quarter of one case of six: 5.25 of 6 is 87.5%, never a float."""
    ended(exam, nico_room="towel")
    with exam.app.app_context():
        result = db.session.get_one(Result, exam.attempt().id)
        assert (result.score_num, result.score_den) == (7, 8)


# What is kept back


@pytest.mark.parametrize("choice", ["proceed", "emergency"])
def test_no_key_while_the_cases_can_come_back(exam: Exam, choice: str) -> None:
    """Neither for what was wrong nor for what was right."""
    exam.choose(TWO_STEPS, choice)
    exam.choose(WELL, "proceed")
    exam.hand_in()
    page = exam.result()
    assert page.h1.startswith("Not passed")
    for secret in (
        "Confusion with hot skin",
        "clear and well",
        "Right: full marks",
        "I am calling",
    ):
        assert secret not in page.html
    assert "You will see all of them after you pass." in page.text
    assert "Review every decision" not in page.links()
    closed = exam.visitor.get(f"{exam.base}/review", status=303)
    assert closed.location == f"{exam.base}/result"
    assert "stay hidden while you can still get these cases" in exam.visitor.follow().text


@pytest.mark.parametrize("moment", ["open", "void"])
def test_there_is_no_review_of_an_attempt_without_a_result(
    exam: Exam, clock: MovedClock, moment: str
) -> None:
    exam.answer_right()
    if moment == "void":
        with exam.app.app_context(), unit_of_work() as session:
            attempt_actions.void_attempt(
                session, exam.attempt().id, actor=SYSTEM, now=clock.now(), reason="a power cut"
            )
    led = exam.visitor.get(f"{exam.base}/review", status=303)
    assert led.location == f"{exam.base}/result"


# Next steps, step by step


def test_the_way_back_shows_what_is_done(exam: Exam, clock: MovedClock) -> None:
    page = ended(exam, bela_hot_dry="proceed")
    assert "Read the passage" in page.links()
    clock.advance(minutes=2)
    exam.visitor.get(page.links()["Read the passage"].partition("#")[0])
    exam.visitor.submit(action="/read-again")
    page = exam.result()
    assert "Read the passage" not in page.links()
    assert "You are on step 2 of 3." in page.text
    practice = page.links()["Decide a practice case"]
    exam.learner.practice("rosa-stumbles")
    assert practice
    page = exam.result()
    assert "You can start it now." in page.text
    exam.visitor.submit(action="/exam/attempts")
    assert exam.visitor.answer is not None
    assert exam.visitor.answer.location.startswith("/attempts/")


def test_two_safety_topics_at_one_passage_want_practice_each(
    app: Flask, tmp_path: Path, clock: MovedClock
) -> None:
    folder = pocket(tmp_path, "topics-course")
    case = folder / f"cases/{RAISED}.md"
    case.write_text(case.read_text().replace("hazards: [heat-stroke]", "hazards: [fainting]"))
    exam = begin(app, courses.publish(app, folder))
    clock.advance(minutes=20)
    page = ended(exam, bela_hot_dry="proceed", cleo_vomits="proceed")
    assert said(page).count("Read again") == 1
    clock.advance(minutes=2)
    exam.visitor.get(page.links()["Read the passage"].partition("#")[0])
    exam.visitor.submit(action="/read-again")
    offered = [offer_and_practise(exam) for _ in range(2)]
    assert {"Rosa stumbles", "Quinn is dizzy"} == set(offered)
    assert "You can start it now." in exam.result().text


def offer_and_practise(exam: Exam) -> str:
    """Decide the first case that the result offers, and return its title."""
    assert "You can start it now." not in exam.result().text
    links = exam.result().links()
    titles = {"rosa-stumbles": "Rosa stumbles", "quinn-dizzy": "Quinn is dizzy"}
    slug = links["Decide a practice case"].partition("#case-")[2]
    assert titles[slug] in links
    exam.learner.practice(slug)
    return titles[slug]


def test_after_a_second_failed_try_it_says_when(exam: Exam, clock: MovedClock) -> None:
    exam.learner.hand_in(exam.public_id)
    again = Exam(exam.app, exam.visitor, exam.learner, exam.learner.start())
    clock.advance(minutes=5)
    again.learner.answer_all(again.public_id, blank)
    again.choose(TWO_STEPS, "proceed")
    again.hand_in()
    text = said(again.result())
    assert "You can make up for this, and try again at 23 Nov 2026, 22:25 (UTC)." in text
    assert TODAY not in text
    assert "You can try again at 23 Nov 2026, 22:25 (UTC)." in text.partition("The next try")[2]


def test_an_older_result_stays_readable_after_a_pass(exam: Exam, clock: MovedClock) -> None:
    exam.learner.hand_in(exam.public_id)
    again = Exam(exam.app, exam.visitor, exam.learner, exam.learner.start())
    again.answer_right()
    again.hand_in()
    old = exam.result()
    assert "You are on step" not in old.text
    assert old.h1 == "Not passed this time."
    assert "Hidden for now" not in old.text
    assert not [form for form in old.forms if form.action.endswith("/exam/attempts")]


def test_the_reason_of_the_case_comes_with_the_answers(exam: Exam, clock: MovedClock) -> None:
    page = ended(exam, bela_hot_dry="proceed")
    reason = "Going ahead as planned leaves the sign unanswered."
    assert reason not in page.text
    clock.advance(minutes=2)
    exam.visitor.get(page.links()["Read the passage"].partition("#")[0])
    exam.visitor.submit(action="/read-again")
    exam.learner.practice("rosa-stumbles")
    again = Exam(exam.app, exam.visitor, exam.learner, exam.learner.start())
    again.answer_right()
    again.hand_in()
    text = said(exam.result())
    assert in_order(text, "What it could have done", reason, "The signs that matter: Heat stroke")
    assert "Advice today leaves the sign unanswered." not in text


def test_the_worst_possible_try_still_has_a_way_back(exam: Exam) -> None:
    exam.learner.answer_all(exam.public_id, worst)
    exam.hand_in()
    page = exam.result()
    assert page.h1 == "Not passed this time, because of 2 decisions."
    assert "Read the passage" in page.links()
