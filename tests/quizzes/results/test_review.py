"""The review after a pass: each case of every try with key, reasons and the learner's choice."""

import pytest
from flask import Flask

from cpd.access.permissions import SYSTEM
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.quizzes.attempts import actions as attempt_actions
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.results.review import ReviewClosedError, ReviewedCase, find_reviewed_cases
from cpd.quizzes.rules import reviewing
from cpd.quizzes.rules.reviewing import Review
from tests.quizzes.exam_visitor import (
    EXAM,
    MULTIPLE,
    SINGLE,
    TWO_STEPS,
    WELL,
    Exam,
    begin,
    in_order,
)
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
        "Treating despite a sign of an emergency: not a pass, whatever the score.",
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
    case = text.partition("Nico expects a client who feels the heat.")[2]
    assert in_order(case, "Left unanswered: no marks.", "Right: full marks.")


def test_a_second_question_that_was_left_out_says_so(exam: Exam) -> None:
    exam.answer_right(TWO_STEPS)
    exam.go_on(TWO_STEPS, "emergency")
    text = reviewed(exam)
    assert "You were right in 5 cases of 6." in text
    told = text.partition("Whom do you tell, and by when?")[2]
    assert in_order(told, "Left unanswered: no marks.", "Right: full marks.")


def test_ticks_are_explained_one_by_one(exam: Exam) -> None:
    exam.answer_right(MULTIPLE)
    exam.choose(MULTIPLE, "water", "pack")
    text = reviewed(exam)
    for words in (
        "You chose this",
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


def passed_at_the_second_try(exam: Exam) -> Exam:
    """Answer one case wrongly and no other, then everything rightly; return the second try."""
    exam.choose(WELL, "postpone")
    exam.hand_in()
    again = Exam(exam.app, exam.visitor, exam.learner, exam.learner.start())
    again.answer_right()
    again.hand_in()
    return again


def test_a_failed_try_stays_closed_until_the_exam_is_passed(exam: Exam) -> None:
    exam.choose(WELL, "postpone")
    exam.hand_in()
    review = f"{exam.base}/review"
    assert "Review every decision" not in exam.result().links()
    assert exam.visitor.get(review, status=303).location == f"{exam.base}/result"
    assert "The answers stay hidden" in exam.visitor.follow().text
    again = Exam(exam.app, exam.visitor, exam.learner, exam.learner.start())
    assert exam.visitor.get(review, status=303).location == f"{exam.base}/result"
    again.answer_right()
    again.hand_in()
    text = exam.visitor.get(exam.result().links()["Review every decision"]).text
    assert "You were right in 0 cases of 6." in text
    case = text.partition("Gina is warm and well")[2]
    assert in_order(case, "Not today: reschedule Your answer", "Go ahead", "Right: full marks.")


def test_a_pass_says_that_earlier_tries_are_open_too(exam: Exam) -> None:
    again = passed_at_the_second_try(exam)
    links = again.result().links()
    assert links["All your tries"] == f"{exam.course}/exam#tries"
    assert [href for href in exam.visitor.get(f"{exam.course}/exam").page.links().values()
            if href == f"{exam.base}/result"]  # fmt: skip


def test_a_try_that_is_opened_again_closes_every_review(exam: Exam) -> None:
    """Its cases can be met once more, so no key may be seen beside it."""
    again = passed_at_the_second_try(exam)
    with exam.app.app_context(), unit_of_work() as session:
        attempt = exam.learner.attempt(exam.public_id)
        attempt_actions.void_attempt(
            session, attempt.id, actor=SYSTEM, now=clock.now(), reason="for a test"
        )
        opened = attempt_actions.reopen_attempt(
            session, attempt.id, to=None, actor=SYSTEM, now=clock.now(), reason="for a test"
        )
        assert isinstance(opened, Attempt)
    for one in (exam, again):
        exam.visitor.get(f"{one.base}/review", status=303)
    assert "Review every decision" not in again.result().links()


def test_a_pass_opens_only_ones_own_review(app: Flask, exam: Exam, pocket: str) -> None:
    exam.answer_right()
    exam.hand_in()
    zoe = begin(app, pocket, ZOE)
    zoe.visitor.get(f"{exam.base}/review", status=404)
    assert zoe.visitor.get(f"{zoe.base}/review", status=303).location == f"{zoe.base}/result"


def read_directly(exam: Exam) -> list[ReviewedCase]:
    """Read the cases with their keys, as another page would."""
    with exam.app.app_context():
        attempt = exam.learner.attempt(exam.public_id)
        return find_reviewed_cases(db.session(), attempt, now=clock.now())


def test_no_caller_reads_the_keys_before_a_pass(exam: Exam) -> None:
    with pytest.raises(ReviewClosedError):
        read_directly(exam)
    exam.hand_in()
    with pytest.raises(ReviewClosedError):
        read_directly(exam)


def test_after_a_pass_every_caller_reads_the_keys(exam: Exam) -> None:
    exam.answer_right()
    exam.hand_in()
    assert len(read_directly(exam)) == len(EXAM)


def test_control_with_a_rule_that_opens_everything_the_keys_are_read(
    exam: Exam, monkeypatch: pytest.MonkeyPatch
) -> None:
    exam.hand_in()
    monkeypatch.setattr(reviewing, "judge_review_access", lambda *_, **__: Review.OPEN)
    assert len(read_directly(exam)) == len(EXAM)
