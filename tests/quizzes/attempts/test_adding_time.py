"""Near the end of a timed exam, its learner adds time, once for each press."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from cpd.courses.rules.fronts.exam import MOST_ADDITIONS
from cpd.db import db
from cpd.jobs import worker
from cpd.quizzes.attempts.models import AttemptMove
from cpd.quizzes.rules.attempts import AttemptState
from tests.factories import courses
from tests.quizzes import exam_visitor
from tests.quizzes.exam_visitor import SINGLE, WELL, Exam
from tests.support.moved_clock import NOW, MovedClock

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

DEADLINE = NOW + timedelta(minutes=30)
LATER = DEADLINE + timedelta(minutes=3)
GRACE = timedelta(seconds=60)
A_SECOND = timedelta(seconds=1)


def end_of(exam: Exam) -> datetime | None:
    """Return when the try ends, as it is stored."""
    return exam.attempt().deadline_at


def moves_of(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(AttemptMove.move).order_by(AttemptMove.number)))


def test_a_press_on_a_case_adds_time_and_saves_the_answer(
    app: Flask, timed_exam: Exam, clock: MovedClock
) -> None:
    assert "Add 3 minutes" in timed_exam.open(SINGLE).text
    clock.set(DEADLINE - timedelta(minutes=5))
    answer = timed_exam.press(SINGLE, "window", go="time")
    assert answer.location == timed_exam.path(SINGLE)
    assert "You have more time. This try now ends at" in timed_exam.visitor.follow().text
    assert end_of(timed_exam) == LATER
    assert timed_exam.kept() == [(SINGLE, "prepare", ["window"], "accepted")]
    assert moves_of(app) == ["start", "add-time"]
    clock.set(DEADLINE + GRACE + A_SECOND)
    with app.app_context():
        worker.run_all_due_jobs()
    assert timed_exam.attempt().state is AttemptState.OPEN, (
        "the job of the first end found more time"
    )
    clock.set(LATER + GRACE + A_SECOND)
    with app.app_context():
        worker.run_all_due_jobs()
    assert timed_exam.attempt().closed_at == LATER


@on_sqlite
def test_the_answer_that_is_refused_takes_no_time_away(timed_exam: Exam, clock: MovedClock) -> None:
    timed_exam.open(SINGLE)
    clock.set(DEADLINE)
    timed_exam.press(SINGLE, "no-such-option", go="time", status=422)
    assert end_of(timed_exam) == LATER


@on_sqlite
def test_a_page_opened_just_after_the_end_still_offers_time(
    timed_exam: Exam, clock: MovedClock
) -> None:
    clock.set(DEADLINE + A_SECOND)
    page = timed_exam.open(WELL)
    assert "Your time is over. What you saved counts." in page.text
    assert "This try ends at" not in page.text
    timed_exam.press(WELL, go="time")
    assert end_of(timed_exam) == LATER + A_SECOND


@on_sqlite
@pytest.mark.parametrize("page", ["decisions", "submission"])
def test_the_pages_before_submitting_show_the_time_and_add_to_it(
    timed_exam: Exam, clock: MovedClock, page: str
) -> None:
    shown = timed_exam.visitor.get(f"{timed_exam.base}/{page}")
    assert "This try ends at" in shown.text
    clock.set(DEADLINE - A_SECOND)
    address = f"{timed_exam.base}/time"
    led = timed_exam.visitor.submit({}, action=address, status=303)
    assert led.location == f"{timed_exam.base}/{page}"
    again = timed_exam.visitor.post(address, {"until": DEADLINE.isoformat(), "back": page})
    assert "Time was added already" in timed_exam.visitor.get(again.location).text
    assert end_of(timed_exam) == LATER


@on_sqlite
@pytest.mark.parametrize(
    ("at", "until", "said"),
    [
        pytest.param(
            DEADLINE - timedelta(minutes=5) - A_SECOND, DEADLINE, "too early", id="too early"
        ),
        pytest.param(DEADLINE, "yesterday", "Time was added already", id="nonsense"),
        pytest.param(DEADLINE, DEADLINE.replace(tzinfo=None), "added already", id="no zone"),
        pytest.param(DEADLINE + GRACE + A_SECOND, DEADLINE, "already over", id="over"),
    ],
)
def test_otherwise_nothing_is_added_and_why_is_said(
    timed_exam: Exam, clock: MovedClock, at: datetime, until: datetime | str, said: str
) -> None:
    clock.set(at)
    sent = {"until": str(until), "back": "case"}
    timed_exam.visitor.post(f"{timed_exam.base}/time", sent, status=303)
    page = "result" if at > DEADLINE + GRACE else "decisions"
    assert said in timed_exam.visitor.get(f"{timed_exam.base}/{page}").text
    assert end_of(timed_exam) == DEADLINE


@on_sqlite
def test_ten_times_and_no_more(timed_exam: Exam, clock: MovedClock) -> None:
    for _ in range(MOST_ADDITIONS):
        page = timed_exam.open(WELL)
        assert "Add 3 minutes" in page.text
        clock.set(end_of(timed_exam) or NOW)
        timed_exam.press(WELL, go="time")
    assert end_of(timed_exam) == NOW + timedelta(minutes=60)
    assert "Add 3 minutes" not in timed_exam.open(WELL).text
    sent = {"until": str(end_of(timed_exam)), "back": "decisions"}
    timed_exam.visitor.post(f"{timed_exam.base}/time", sent, status=303)
    assert "No more time can be added" in timed_exam.visitor.follow().text


@on_sqlite
def test_an_essential_limit_is_said_and_stays(
    app: Flask, clock: MovedClock, tmp_path: Path
) -> None:
    folder = exam_visitor.pocket(tmp_path, exam_visitor.TIMED)
    rules = (folder / "exam.md").read_text()
    rules = rules.replace("grace_seconds", "time_limit_essential: true\ngrace_seconds")
    (folder / "exam.md").write_text(rules)
    exam = exam_visitor.begin(app, courses.publish(app, folder))
    said = "The limit is part of what this exam tests. Only a school can give you more time."
    assert said in exam.visitor.get(exam.course).text
    assert "Add 3 minutes" not in exam.open(WELL).text
    clock.set(DEADLINE)
    exam.visitor.post(f"{exam.base}/time", {"until": str(DEADLINE), "back": ""}, status=303)
    assert "No more time can be added" in exam.visitor.get(f"{exam.base}/decisions").text
