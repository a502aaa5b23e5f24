"""Answers of an open attempt: kept as they are given, never lost, never overwritten unseen."""

import json
import re
from typing import Any
from urllib.parse import urlencode

import pytest

from cpd.quizzes.attempts.delivery import build_event_from_row
from cpd.quizzes.attempts.models import CaseFlag
from cpd.quizzes.rules import answers
from cpd.quizzes.rules.receipts import Receipted, first_break_in_receipt_chain
from tests.factories import accounts
from tests.quizzes.exam_visitor import (
    MULTIPLE,
    RAISED,
    SINGLE,
    TWO_STEPS,
    WELL,
    Exam,
    count_of,
    in_order,
)
from tests.support.moved_clock import MovedClock
from tests.support.pages import Page
from tests.support.visitor import Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

ELSEWHERE = "This question was also answered on another page or device."


def fields_of(page: Page, *, but: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Return what the form of a case holds, without the fields named."""
    return [field for field in page.forms[-1].fields if field[0] not in {"csrf_token", *but}]


def chosen(page: Page) -> list[str]:
    """Return what stands chosen on a page."""
    return [value for form in page.forms for name, value in form.fields if name == "choice"]


# Giving, changing, skipping, taking back


def test_an_answer_is_kept_and_stands_chosen_when_the_case_is_opened_again(exam: Exam) -> None:
    assert "No answer yet" in exam.open(WELL).text
    exam.press(WELL, "modify")
    assert exam.kept() == [(WELL, "decide", ["modify"], "accepted")]
    page = exam.open(WELL)
    assert chosen(page) == ["modify"]
    assert "Saved" in page.text
    assert "No answer yet" not in page.text


def test_an_event_says_who_gave_it_for_whom_and_rests_on_the_one_before(exam: Exam) -> None:
    exam.choose(WELL, "modify")
    exam.choose(SINGLE, "towel")
    exam.choose(WELL, "proceed")
    rows, attempt = exam.events(), exam.attempt()
    assert {(row.actor, row.on_behalf_of) for row in rows} == {(attempt.subject, attempt.subject)}
    assert [row.sequence for row in rows] == [1, 2, 3]
    assert rows[2].after == rows[0].event_id
    chain = [Receipted(build_event_from_row(row), row.received_at, row.receipt) for row in rows]
    assert (
        first_break_in_receipt_chain(chain, attempt=attempt.public_id, last=attempt.last_receipt)
        is None
    )


def test_a_changed_answer_stands_and_the_earlier_one_stays_on_file(exam: Exam) -> None:
    exam.choose(WELL, "modify")
    exam.choose(WELL, "proceed")
    assert chosen(exam.open(WELL)) == ["proceed"]
    assert [choices for _, _, choices, _ in exam.kept()] == [["modify"], ["proceed"]]


def test_a_case_can_be_skipped_and_nothing_is_kept(exam: Exam) -> None:
    first = next(case for case, position in exam.positions.items() if position == 1)
    answer = exam.choose(first)
    assert answer.location == f"{exam.base}/cases/2"
    assert exam.kept() == []


def test_several_answers_are_kept_together_and_can_be_taken_back(exam: Exam) -> None:
    exam.choose(MULTIPLE, "legs", "water")
    page = exam.open(MULTIPLE)
    assert sorted(chosen(page)) == ["legs", "water"]
    exam.visitor.post(exam.path(MULTIPLE), fields_of(page, but=("choice",)))
    assert chosen(exam.open(MULTIPLE)) == []
    assert exam.kept()[-1] == (MULTIPLE, "offer", [], "accepted")
    assert "Not answered yet" in exam.visitor.get(f"{exam.base}/decisions").text


def test_the_button_keeps_the_answer_and_leads_to_the_next_case(exam: Exam) -> None:
    answer = exam.choose(SINGLE, "window")
    position = exam.positions[SINGLE]
    following = f"/cases/{position + 1}" if position < 6 else "/decisions"
    assert answer.location == exam.base + following
    assert exam.count() == 1


def test_only_a_case_that_was_answered_says_when_it_was_saved(exam: Exam) -> None:
    exam.choose(WELL, "modify")
    assert "Saved" in exam.open(WELL).text
    assert "Saved" not in (other := exam.open(SINGLE).text)
    assert "No answer yet" in other


# Flags


def test_a_flag_is_kept_without_an_answer_and_shown_until_it_is_removed(exam: Exam) -> None:
    exam.open(SINGLE)
    exam.visitor.submit({"flagged": "1"}, action=exam.path(SINGLE))
    exam.open(WELL)
    exam.visitor.submit({"flagged": "1", "choice": "modify"}, action=exam.path(WELL))
    assert exam.kept() == [(WELL, "decide", ["modify"], "accepted")], "a flag is no answer"
    titles = {exam.positions[SINGLE]: "Nico prepares the room", exam.positions[WELL]: "Gina"}
    for path in ("/decisions", "/submission"):
        text = exam.visitor.get(exam.base + path).text
        assert "You flagged 2 cases to look at again:" in text
        assert in_order(text, *(titles[position] for position in sorted(titles)))
    assert exam.open(TWO_STEPS).html.count('class="vh" data-flag>, flagged') == 2
    page = exam.open(WELL)
    exam.visitor.post(exam.path(WELL), fields_of(page, but=("flagged",)))
    text = exam.visitor.get(f"{exam.base}/submission").text
    assert "You flagged one case to look at again: " in text
    assert "Gina" not in text
    exam.choose(
        WELL, "proceed"
    )  # nothing of it is in the chain of receipts, nor hinders handing in
    exam.hand_in()
    assert "flag" not in exam.result().text


def test_a_page_that_was_open_before_a_flag_does_not_remove_it(exam: Exam) -> None:
    stale = fields_of(exam.open(WELL))
    exam.visitor.submit({"flagged": "1"}, action=exam.path(WELL))
    exam.visitor.post(exam.path(WELL), [*stale, ("choice", "modify")])
    assert "You flagged one case" in exam.visitor.get(f"{exam.base}/decisions").text


def test_a_closed_attempt_takes_no_flag(exam: Exam) -> None:
    stale = fields_of(exam.open(WELL))
    exam.hand_in()
    exam.visitor.post(exam.path(WELL), [*stale, ("flagged", "1")])
    assert count_of(exam.app, CaseFlag) == 0


# A limit


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A case takes three answers an hour."""
    monkeypatch.setattr(answers, "MOST_EVENTS", 3)


@pytest.mark.usefixtures("few")
def test_a_case_takes_so_many_answers_an_hour_and_the_last_one_counts(
    exam: Exam, clock: MovedClock
) -> None:
    for choice in ("modify", "proceed", "postpone"):
        exam.choose(WELL, choice)
        clock.advance(minutes=1)
    refused = exam.choose(WELL, "modify", status=429)
    assert "This answer was not saved" in refused.text
    assert re.search(r"You can change it again after 23 Nov 2026, \d\d:\d\d", refused.text)
    assert chosen(refused.page) == ["postpone"]
    head = exam.events()[-1].event_id
    told = exam.event(WELL, "modify", event_id="evt-more", after=head, status=429).json
    assert told["message"].startswith("This answer was not saved")
    exam.choose(WELL, "postpone")  # the button still leads on
    assert len(exam.kept()) == 3
    exam.choose(SINGLE, "window")  # other cases are not concerned
    clock.advance(minutes=58)
    exam.choose(WELL, "modify")
    assert exam.kept()[-1] == (WELL, "decide", ["modify"], "accepted")


@pytest.mark.usefixtures("few")
def test_an_answer_beyond_the_limit_is_told_that_the_exam_is_over(exam: Exam) -> None:
    for choice in ("modify", "proceed", "postpone"):
        exam.choose(WELL, choice)
    head, stale = exam.events()[-1].event_id, fields_of(exam.open(WELL), but=("choice",))
    exam.hand_in()
    told = exam.event(WELL, "modify", event_id="evt-late", after=head, status=410).json
    assert told["message"].startswith("This exam is over.")
    again = exam.visitor.post(exam.path(WELL), [*stale, ("choice", "modify")])
    assert again.location == f"{exam.base}/result"
    assert "This exam is over." in exam.visitor.follow().text
    assert exam.count() == 3, "nothing is stored beyond the limit"


@pytest.mark.usefixtures("few")
def test_a_story_goes_on_however_often_it_was_answered(exam: Exam) -> None:
    for choice in ("modify", "proceed", "emergency"):
        exam.choose(TWO_STEPS, choice)
    exam.visitor.get(f"{exam.path(TWO_STEPS)}/move-on")
    exam.visitor.submit()
    assert "Whom do you tell" in exam.visitor.follow().text


def test_control_without_the_limit_all_answers_are_stored(exam: Exam) -> None:
    for _ in range(2):
        for choice in ("modify", "proceed", "postpone"):
            exam.choose(WELL, choice)
    assert exam.count() == 6


# Signed out meanwhile


def test_the_page_to_sign_in_says_that_an_answer_is_kept(exam: Exam, stranger: Visitor) -> None:
    fields = {"step": "decide", "after": "", "event_id": "evt-1", "choice": "modify"}
    accounts.give_form_token(stranger)
    stranger.post(exam.path(WELL), fields, status=302)
    assert "You were signed out. Your answer is kept: after you sign in" in stranger.follow().text
    stranger.get(f"{exam.path(WELL)}?kept", status=302)
    assert "You were signed out. Your answer is kept on this device" in stranger.follow().text
    stranger.get(exam.path(WELL), status=302)
    assert "You were signed out" not in stranger.follow().text


def test_after_the_last_case_come_all_decisions(exam: Exam) -> None:
    last = next(case for case, position in exam.positions.items() if position == 6)
    assert exam.choose(last).location == f"{exam.base}/decisions"


def test_coming_back_leads_to_the_first_case_that_is_not_finished(exam: Exam) -> None:
    order = sorted(exam.positions, key=exam.positions.__getitem__)
    exam.learner.answer(exam.public_id, 1)
    exam.learner.answer(exam.public_id, 3)
    here = exam.visitor.get(exam.base, status=303)
    assert here.location == exam.path(order[1])
    exam.answer_right(order[0], order[2])
    assert exam.visitor.get(exam.base, status=303).location == f"{exam.base}/decisions"


def test_the_list_of_decisions_says_each_in_plain_words(exam: Exam) -> None:
    exam.choose(WELL, "postpone")
    exam.choose(MULTIPLE, "water", "legs")
    exam.choose(TWO_STEPS, "emergency")
    text = exam.visitor.get(f"{exam.base}/decisions").text
    for words in (
        "Not today: reschedule",
        "A glass of water; Work on the legs",
        "Not finished: open this case to continue.",
        "4 cases are not finished",
        "2 of 6 answered",
    ):
        assert words in text


# What the page's script sends


def test_the_script_gets_a_receipt(exam: Exam) -> None:
    told = exam.event(WELL, "proceed", event_id="evt-mine").json
    assert told == {
        "event_id": "evt-mine",
        "sequence": 1,
        "outcome": "accepted",
        "received_at": "2026-11-23T10:00:00+00:00",
        "clock": told["clock"],
        "receipt": exam.attempt().last_receipt,
        "message": "",
    }
    assert len(told["receipt"]) == 64


def test_sending_again_gives_the_first_receipt_and_keeps_nothing_more(exam: Exam) -> None:
    first = exam.event(WELL, "proceed", event_id="evt-mine").json
    exam.event(WELL, "modify", event_id="evt-next", after="evt-mine")
    assert exam.event(WELL, "proceed", event_id="evt-mine").json == first
    assert exam.count() == 2
    assert chosen(exam.open(WELL)) == ["modify"]


def test_the_button_after_the_script_sends_the_same_event_once(exam: Exam) -> None:
    page = exam.open(WELL)
    event_id = page.forms[-1].value("event_id")
    exam.event(WELL, "proceed", event_id=event_id)
    sent = {"step": "decide", "after": "", "event_id": event_id, "choice": "proceed", "go": "next"}
    exam.visitor.post(exam.path(WELL), sent)
    assert exam.kept() == [(WELL, "decide", ["proceed"], "accepted")]


@pytest.mark.parametrize("case", [WELL, SINGLE])
def test_an_event_id_cannot_stand_for_another_answer(exam: Exam, case: str) -> None:
    exam.event(WELL, "proceed", event_id="evt-mine")
    choice = "modify" if case == WELL else "window"
    told = exam.event(case, choice, event_id="evt-mine", status=409).json
    assert "already been used for another answer" in told["error"]["meaning"]
    assert exam.kept() == [(WELL, "decide", ["proceed"], "accepted")]


def test_answers_given_offline_name_each_other_and_arrive_without_conflict(exam: Exam) -> None:
    exam.event(WELL, "modify", event_id="evt-1")
    exam.event(WELL, "postpone", event_id="evt-2", after="evt-1")
    exam.event(WELL, "proceed", event_id="evt-3", after="evt-2")
    assert {outcome for *_, outcome in exam.kept()} == {"accepted"}
    assert chosen(exam.open(WELL)) == ["proceed"]


GOOD = {"event_id": "evt-1", "position": 1, "step": "decide", "after": None, "choices": []}
"""A blank for the first case, whose first step `good` fills in."""


def good(exam: Exam) -> dict[str, Any]:
    """Return a body that is right in every field."""
    first = next(case for case, position in exam.positions.items() if position == 1)
    return GOOD | {"step": exam.step(first)}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"role": "admin"}, id="an unknown field"),
        pytest.param({"outcome": "accepted"}, id="a field of ours"),
        pytest.param({"position": True}, id="a boolean for a number"),
        pytest.param({"position": "1"}, id="text for a number"),
        pytest.param({"position": 1e3}, id="a fraction for a number"),
        pytest.param({"position": None}, id="no position"),
        pytest.param({"position": [1]}, id="a list for a number"),
        pytest.param({"event_id": ""}, id="an empty id"),
        pytest.param({"event_id": "e" * 41}, id="an id too long"),
        pytest.param({"event_id": "two\nlines"}, id="an id of two lines"),
        pytest.param({"event_id": 7}, id="a number for an id"),
        pytest.param({"event_id": "e\u0000"}, id="a NUL"),
        pytest.param({"step": None}, id="no step"),
        pytest.param({"step": "nowhere"}, id="a step of no case"),
        pytest.param({"after": ""}, id="an empty event before"),
        pytest.param({"after": 3}, id="a number for the event before"),
        pytest.param({"choices": "proceed"}, id="text for a list"),
        pytest.param({"choices": None}, id="no list"),
        pytest.param({"choices": ["x" * 81]}, id="an answer too long"),
        pytest.param({"choices": ["proceed"] * 21}, id="too many answers"),
        pytest.param({"choices": [["proceed"]]}, id="a list in the list"),
    ],
)
def test_a_body_that_no_page_sends_is_refused_with_a_sentence(
    exam: Exam, body: dict[str, Any]
) -> None:
    told = exam.post_event(good(exam) | body, status=400).json["error"]
    assert told["status"] == 400
    assert told["meaning"].endswith(".")
    assert told["remedy"]
    assert exam.kept() == []


@pytest.mark.parametrize("missing", sorted(GOOD))
def test_a_body_without_a_field_is_refused(exam: Exam, missing: str) -> None:
    body = {name: value for name, value in good(exam).items() if name != missing}
    is_none_all_the_same = missing == "after"
    exam.post_event(body, status=200 if is_none_all_the_same else 400)
    assert exam.count() == is_none_all_the_same


def test_control_the_same_body_unchanged_is_kept(exam: Exam) -> None:
    assert exam.post_event(good(exam)).json["outcome"] == "accepted"


@pytest.mark.parametrize("body", ["proceed", 1, True, [], [GOOD]])
def test_a_body_that_is_no_object_is_refused(exam: Exam, body: Any) -> None:
    assert exam.post_event(body, status=400).json["error"]["meaning"].endswith(".")


def test_a_body_that_nobody_could_read_is_refused_with_a_sentence(exam: Exam) -> None:
    good_body = json.dumps(good(exam))
    deep = "[" * 100_000 + "]" * 100_000
    for odd, said in ((deep, "nested too deeply"), ("1" + "0" * 10_000, "number"), ("NaN", "numb")):
        answer = exam.visitor.send(
            "POST",
            f"{exam.base}/events",
            status=400,
            data=good_body.replace("null", odd),
            headers={"X-CSRFToken": exam.visitor.token},
            content_type="application/json",
        )
        assert said in answer.json["error"]["meaning"]
    assert exam.count() == 0


@pytest.mark.parametrize(
    ("case", "choices", "said"),
    [
        (WELL, ["kill"], "not one of the answers to this question"),
        (WELL, ["proceed", "modify"], "takes one answer, but more than one was sent"),
        (WELL, ["proceed", "proceed"], "takes one answer, but more than one was sent"),
        (SINGLE, ["proceed"], "not one of the answers to this question"),
        (MULTIPLE, ["water", "water"], "One answer was sent twice"),
        (MULTIPLE, ["water", "window"], "not one of the answers to this question"),
    ],
)
def test_what_is_no_answer_is_refused_with_a_sentence_and_not_repeated(
    exam: Exam, case: str, choices: list[str], said: str
) -> None:
    told = exam.event(case, *choices, status=422).json
    assert said in told["message"]
    assert "kill" not in told["message"]
    assert exam.kept() == []


def test_a_case_that_was_not_drawn_is_none(exam: Exam) -> None:
    for position in (0, 7, -1, 10**6):
        exam.post_event(GOOD | {"position": position}, status=404)
    for address in ("0", "7", "-1", "one"):
        exam.visitor.get(f"{exam.base}/cases/{address}", status=404)


# The same through the plain form


@pytest.mark.parametrize(
    ("changed", "status", "said"),
    [
        pytest.param([("choice", "kill")], 422, "not one of the answers", id="foreign"),
        pytest.param(
            [("choice", "proceed"), ("choice", "modify")], 422, "takes one answer", id="two"
        ),
        pytest.param(
            [("choice", "proceed"), ("choice", "proceed")], 400, "twice", id="the same twice"
        ),
        pytest.param([("score", "100")], 400, "does not belong to this form", id="unknown"),
        pytest.param([("step", "decide"), ("step", "tell")], 400, "sent 2 times", id="two steps"),
        pytest.param([("step", "nowhere")], 400, "has no such question", id="no such step"),
        pytest.param([("event_id", "e" * 41)], 400, "arrived incomplete", id="id too long"),
        pytest.param(
            [("choice", f"{n}") for n in range(21)], 400, "more than 20 times", id="too many"
        ),
    ],
)
def test_a_form_that_no_page_sends_is_refused_with_a_sentence(
    exam: Exam, changed: list[tuple[str, str]], status: int, said: str
) -> None:
    exam.open(WELL)
    names = {name for name, _ in changed}
    sent = {"step": "decide", "after": "", "event_id": "evt-1", "choice": "proceed"}
    fields = [(name, value) for name, value in sent.items() if name not in names] + changed
    assert said in exam.visitor.post(exam.path(WELL), fields, status=status).text
    assert exam.kept() == []


# Stories that go on


def test_a_question_that_comes_later_takes_no_answer(exam: Exam) -> None:
    exam.event(TWO_STEPS, "emergency", event_id="evt-1")
    told = exam.event(TWO_STEPS, "right", step="tell", status=409).json
    assert "comes later in the story" in told["error"]["meaning"]
    fields = {"step": "tell", "after": "", "event_id": "evt-2", "choice": "right"}
    exam.open(TWO_STEPS)
    assert "comes later" in exam.visitor.post(exam.path(TWO_STEPS), fields, status=409).text
    assert exam.kept() == [(TWO_STEPS, "decide", ["emergency"], "accepted")]


def test_going_on_asks_once_then_locks(exam: Exam) -> None:
    page = exam.open(TWO_STEPS)
    assert "When you continue, your answer to this question locks. We will ask once" in page.text
    assert exam.press(TWO_STEPS, "same_day", go="on").location.endswith("/move-on")
    asked = exam.visitor.follow().page
    assert "It locks now and cannot be changed afterwards." in asked.text
    assert "Not today: medical advice today" in asked.text
    assert exam.path(TWO_STEPS) in asked.links().values()  # the way back, to change it first
    assert "Whom do you tell" not in exam.open(TWO_STEPS).text
    exam.visitor.get(f"{exam.path(TWO_STEPS)}/move-on")
    exam.visitor.submit()
    after = exam.visitor.follow().page
    assert "Whom do you tell, and by when?" in after.text
    assert "locked when you moved on" in after.text
    assert [option for option in ("right", "wrong-1", "wrong-2") if option in after.html]
    exam.event(TWO_STEPS, "wrong-1", step="tell")


def test_a_locked_answer_cannot_be_changed_any_more(exam: Exam) -> None:
    exam.go_on(TWO_STEPS, "same_day")
    head = exam.events()[0].event_id
    told = exam.event(TWO_STEPS, "emergency", after=head, status=409).json
    assert told["outcome"] == "locked"
    assert "locked when you moved on" in told["message"]
    exam.open(TWO_STEPS)
    fields = {"step": "decide", "after": head, "event_id": "evt-x", "choice": "emergency"}
    assert "was locked" in exam.visitor.post(exam.path(TWO_STEPS), fields, status=409).text
    assert "Not today: medical advice today" in exam.open(TWO_STEPS).text
    assert [outcome for *_, outcome in exam.kept()] == ["accepted", "accepted", "locked", "locked"]


def test_going_on_twice_is_going_on_once(exam: Exam) -> None:
    exam.choose(TWO_STEPS, "emergency", go="on")
    page = exam.visitor.follow().page
    sent = {name: value for name, value in page.forms[-1].fields if name != "csrf_token"}
    exam.visitor.post(f"{exam.path(TWO_STEPS)}/move-on", sent)
    exam.visitor.post(f"{exam.path(TWO_STEPS)}/move-on", sent)
    exam.visitor.post(f"{exam.path(TWO_STEPS)}/move-on", sent | {"event_id": "evt-again"})
    assert "Whom do you tell" in exam.visitor.follow().text


def test_going_on_needs_an_answer(exam: Exam) -> None:
    assert "Choose an answer, then continue." in exam.choose(TWO_STEPS, go="on", status=422).text
    move_on = f"{exam.path(TWO_STEPS)}/move-on"
    assert exam.visitor.get(move_on, status=303).location == exam.path(TWO_STEPS)
    fields = {"step": "decide", "after": "", "event_id": "evt-1"}
    exam.visitor.post(move_on, fields, status=409)
    assert "Whom do you tell" not in exam.open(TWO_STEPS).text


def test_what_is_no_going_on_is_refused(exam: Exam) -> None:
    exam.choose(WELL, "proceed")
    head = exam.events()[0].event_id
    fields = {"step": "decide", "after": head, "event_id": "evt-1"}
    move_on = f"{exam.path(WELL)}/move-on"
    assert exam.visitor.get(move_on, status=303).location == exam.path(WELL)
    exam.open(WELL)
    refused = exam.visitor.post(move_on, fields, status=409)
    assert "No question follows in this case" in refused.text
    exam.visitor.post(move_on, fields | {"step": "nowhere"}, status=400)
    exam.visitor.post(move_on, fields | {"choice": "modify"}, status=400)
    assert exam.count() == 1
    exam.choose(WELL, "modify")  # nothing locked
    assert exam.kept()[-1] == (WELL, "decide", ["modify"], "accepted")


def test_a_case_of_an_older_version_may_end_after_locking_and_leads_on(older_exam: Exam) -> None:
    """Which answers lead on must not show before, so the last one locks as well."""
    exam = older_exam
    page = exam.go_on(TWO_STEPS, "proceed")
    assert "This case is finished." in page.text
    assert "Go ahead" in page.text
    answer = exam.press(TWO_STEPS)
    position = exam.positions[TWO_STEPS]
    assert answer.location == exam.base + (
        f"/cases/{position + 1}" if position < 6 else "/decisions"
    )
    assert [outcome for *_, outcome in exam.kept()] == ["accepted", "accepted"]
    assert "1 of 6 answered" in exam.open(RAISED).text


# Two places at once


def test_answers_from_two_places_are_both_shown_and_one_is_chosen(exam: Exam) -> None:
    exam.open(WELL)  # here, before the other device answers
    exam.event(WELL, "modify", event_id="evt-there")
    page = exam.open(WELL)
    stale = {"step": "decide", "after": "", "event_id": "evt-here", "choice": "postpone"}
    shown = exam.visitor.post(exam.path(WELL), stale, status=409).page
    assert "You gave two answers in two places. Which one counts?" in shown.text
    assert "Counts for now: Change the plan" in shown.text
    assert "Also given elsewhere: Not today: reschedule" in shown.text
    assert "Answered differently in two places." in exam.visitor.get(f"{exam.base}/decisions").text
    assert chosen(page) == ["modify"]

    exam.choose(WELL, "postpone")
    assert "Two answers" not in exam.open(WELL).text
    assert chosen(exam.open(WELL)) == ["postpone"]
    assert [outcome for *_, outcome in exam.kept()] == ["accepted", "conflicting", "accepted"]


def test_keeping_the_first_answer_ends_a_conflict_too(exam: Exam) -> None:
    exam.event(SINGLE, "window", event_id="evt-there")
    told = exam.event(SINGLE, "towel", event_id="evt-here", status=409).json
    assert ELSEWHERE in told["message"]
    text = exam.open(SINGLE).text
    assert "Counts for now: Opens the window and puts the heat pack away" in text
    assert "Also given elsewhere: Lays out a second warm towel" in text
    exam.press(SINGLE)  # as it stands
    assert "Two answers" not in exam.open(SINGLE).text
    assert chosen(exam.open(SINGLE)) == ["window"]


def test_the_same_answer_from_two_places_is_no_conflict(exam: Exam) -> None:
    exam.event(SINGLE, "towel", event_id="evt-there")
    exam.event(SINGLE, "towel", event_id="evt-here", status=409)
    assert "Two answers" not in exam.open(SINGLE).text


def test_going_on_from_a_stale_page_shows_the_newer_answer_first(exam: Exam) -> None:
    exam.choose(TWO_STEPS, "same_day", go="on")
    page = exam.visitor.follow().page
    stale = {name: value for name, value in page.forms[-1].fields if name != "csrf_token"}
    exam.event(TWO_STEPS, "emergency", event_id="evt-there", after=stale["after"])
    shown = exam.visitor.post(f"{exam.path(TWO_STEPS)}/move-on", stale, status=409)
    assert ELSEWHERE in shown.text
    assert chosen(exam.open(TWO_STEPS)) == ["emergency"]
    assert "Whom do you tell" not in shown.text


# An answer that came when nobody was signed in


def offered(exam: Exam, **fields: str) -> Page:
    """Open a case at the address to which signing in leads back."""
    asked = {"step": "decide", "event_id": "evt_waiting", "after": "", "choice": "modify"} | fields
    return exam.visitor.get(f"{exam.path(WELL)}?{urlencode(asked)}").page


def test_what_was_refused_is_chosen_again_and_saved_by_its_learner_alone(exam: Exam) -> None:
    page = offered(exam)
    assert chosen(page) == ["modify"]
    assert "Not saved yet." in page.text
    assert exam.kept() == []
    exam.visitor.submit(action=exam.path(WELL))
    assert exam.kept() == [(WELL, "decide", ["modify"], "accepted")]


def test_what_was_refused_overwrites_nothing_that_was_given_since(exam: Exam) -> None:
    exam.choose(WELL, "proceed")
    offered(exam)
    answer = exam.visitor.submit(action=exam.path(WELL), status=409)
    assert ELSEWHERE not in answer.text  # the page shows both instead
    assert "Which one counts?" in answer.text


@pytest.mark.parametrize(
    "odd", [{"choice": "kill"}, {"step": "tell"}, {"event_id": ""}, {"colour": "red"}]
)
def test_an_address_that_offers_something_odd_is_the_page_alone(
    exam: Exam, odd: dict[str, str]
) -> None:
    page = offered(exam, **odd)
    assert chosen(page) == []
    assert "Not saved yet." not in page.text


def test_a_form_that_is_not_the_sites_own_offers_nothing_to_who_is_signed_in(exam: Exam) -> None:
    exam.open(WELL)
    sent = {"step": "decide", "event_id": "evt_foreign", "after": "", "choice": "modify"}
    exam.visitor.post(exam.path(WELL), sent, csrf=False, status=400)
