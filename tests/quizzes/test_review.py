"""The review after a pass: every case with its key, reasons and what the learner chose."""

import pytest
from flask import Flask

from tests.quizzes.sitting import EXAM, MULTIPLE, SINGLE, TWO_STEPS, WELL, Exam, begin, in_order
from tests.support.moved_clock import MovedClock
from tests.support.people import ZOE

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def reviewed(exam: Exam) -> str:
    """Hand in, and return what the review says."""
    exam.hand_in()
    page = exam.visitor.get(exam.result().links()["Review every decision"]).page
    return page.text.replace("\xa0", " ")


def test_every_case_is_shown_with_the_answer_and_the_reasons(exam: Exam) -> None:
    exam.answer_right()
    text = reviewed(exam)
    assert "You were right in 6 cases of 6." in text
    order = sorted(exam.positions, key=exam.positions.__getitem__)
    with exam.app.app_context():
        titles = [item.revision.title for item in exam.learner.attempt(exam.public_id).items]
    assert len(order) == len(EXAM)
    assert in_order(text, *(f"{n}. {title}" for n, title in enumerate(titles, start=1)))
    for words in (
        "Right. Confusion with hot skin is an emergency.",  # why it is right
        "Going ahead as planned leaves the sign unanswered.",  # why others are not
        "A sentence to say : I am calling for help now and I stay with you.",  # a sentence to say
        "Treating through a sign of an emergency: not a pass, whatever the score.",
        "A clinician has yet to sign this rule.",
        "Whom do you tell, and by when?",  # the second question
        "Sources",
    ):
        assert words in text


def test_a_wrong_answer_stands_beside_the_right_one(exam: Exam) -> None:
    exam.answer_right(WELL)
    exam.choose(WELL, "postpone")
    text = reviewed(exam)
    assert "You were right in 5 cases of 6." in text
    case = text.partition("Gina is warm and well")[2]
    assert in_order(
        case,
        "Not today: reschedule Your answer",
        "Too careful by more than one step: no marks.",
        "Go ahead",
        "Right: full marks.",
    )


def test_it_tells_when_each_question_was_answered_and_what_stood_before(
    exam: Exam, clock: MovedClock
) -> None:
    exam.answer_right(WELL)
    exam.choose(WELL, "postpone")
    clock.advance(minutes=7)
    exam.choose(WELL, "proceed")
    case = reviewed(exam).partition("Gina is warm and well")[2]
    first, second = (f"23 Nov 2026, {at} (UTC)" for at in ("10:00", "10:07"))
    assert in_order(
        case,
        f"Answered on {second}.",
        f"Before that, on {first}:",
        "Not today: reschedule",
        "Go ahead Your answer",
    )


def test_a_case_that_was_left_out_says_so(exam: Exam) -> None:
    exam.answer_right(SINGLE)
    text = reviewed(exam)
    assert "not answered" in text
    assert "Left unanswered: no marks." in text
    assert "Nico expects a client who feels the heat." in text


def test_a_second_question_that_was_left_out_says_so(exam: Exam) -> None:
    exam.answer_right(TWO_STEPS)
    exam.go_on(TWO_STEPS, "emergency")
    text = reviewed(exam)
    assert "You were right in 5 cases of 6." in text
    assert in_order(text, "Whom do you tell, and by when?", "Left unanswered: no marks.")


def test_ticks_are_explained_one_by_one(exam: Exam) -> None:
    exam.answer_right(MULTIPLE)
    exam.choose(MULTIPLE, "water", "pack")
    text = reviewed(exam)
    for words in (
        "You ticked this",
        "It belongs here, and you left it out.",
        "It does not belong here.",
        "It adds heat.",
    ):
        assert words in text


def test_a_conflict_that_nobody_settled_is_reviewed_as_it_counted(exam: Exam) -> None:
    exam.answer_right()
    exam.event(WELL, "postpone", event_id="evt-elsewhere", status=409)
    text = reviewed(exam)
    assert "You were right in 6 cases of 6." in text


def test_a_pass_opens_only_ones_own_review(app: Flask, exam: Exam, pocket: str) -> None:
    exam.answer_right()
    exam.hand_in()
    zoe = begin(app, pocket, ZOE)
    zoe.visitor.get(f"{exam.base}/review", status=404)
    assert zoe.visitor.get(f"{zoe.base}/review", status=303).location == f"{zoe.base}/result"
