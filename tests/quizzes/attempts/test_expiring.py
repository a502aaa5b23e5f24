"""A deadline is an instant: what arrives after it is late, and the attempt is over, seen or not."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from cpd.access.permissions import SYSTEM
from cpd.certificates.models import Certificate
from cpd.db import db, unit_of_work
from cpd.jobs import worker
from cpd.quizzes.attempts import actions as attempt_actions
from cpd.quizzes.attempts.models import Attempt, AttemptMove, Statement
from cpd.quizzes.grading.models import GradeEvent
from cpd.quizzes.rules.attempts import AttemptState
from tests.factories import accounts
from tests.quizzes.exam_visitor import SINGLE, WELL, Exam, count_of
from tests.support.moved_clock import NOW, MovedClock
from tests.support.people import MAYA

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

DEADLINE = NOW + timedelta(minutes=30)
A_SECOND = timedelta(seconds=1)
GRACE = timedelta(seconds=60)
"""Forgives the network; nobody is shown it."""

ARRIVALS = [
    pytest.param(DEADLINE - A_SECOND, True, id="a second before"),
    pytest.param(DEADLINE, True, id="at the deadline"),
    pytest.param(DEADLINE + GRACE, True, id="at the end of the grace"),
    pytest.param(DEADLINE + GRACE + A_SECOND, False, id="a second after the grace"),
    pytest.param(DEADLINE + timedelta(days=1), False, id="a day after"),
]


def work(app: Flask) -> None:
    """Let the worker do all that is due."""
    with app.app_context():
        worker.run_all_due_jobs()


def later(exam: Exam, clock: MovedClock, at: datetime) -> None:
    """Let time pass, and maya sign in again: a session does not idle for a day."""
    clock.set(at)
    accounts.let_in(exam.visitor, MAYA)


@on_sqlite
@pytest.mark.parametrize(("at", "is_in_time"), ARRIVALS)
def test_the_arrival_at_the_server_alone_decides_about_an_answer(
    timed_exam: Exam, clock: MovedClock, at: datetime, is_in_time: bool
) -> None:
    later(timed_exam, clock, at)
    lies = {"Date": "Mon, 23 Nov 2026 09:00:00 GMT"}
    answer = timed_exam.visitor.post(
        f"{timed_exam.base}/events",
        json={
            "event_id": "evt-1",
            "position": timed_exam.positions[WELL],
            "step": "decide",
            "after": None,
            "choices": ["proceed"],
        },
        headers=lies,
        status=200 if is_in_time else 410,
    )
    assert answer.json["outcome"] == ("accepted" if is_in_time else "late")
    assert timed_exam.kept() == [(WELL, "decide", ["proceed"], answer.json["outcome"])]


@on_sqlite
@pytest.mark.parametrize(("at", "is_in_time"), ARRIVALS)
def test_the_arrival_decides_about_handing_in_too(
    app: Flask, timed_exam: Exam, clock: MovedClock, at: datetime, is_in_time: bool
) -> None:
    timed_exam.answer_right()
    page = timed_exam.visitor.get(f"{timed_exam.base}/submission").page
    shown = next(form.value("shown") for form in page.forms if "is_mine" in form.names)
    later(timed_exam, clock, at)
    fields = {"name": "Maya Okafor", "is_mine": "y", "shown": shown or ""}
    timed_exam.visitor.post(f"{timed_exam.base}/submission", fields)
    attempt = timed_exam.attempt()
    assert attempt.state is AttemptState.GRADED
    assert attempt.closed_at == (at if is_in_time else DEADLINE)
    with app.app_context():
        moves = db.session.scalars(select(AttemptMove.move).order_by(AttemptMove.number)).all()
    assert moves == ["start", "submit" if is_in_time else "expire", "grade"]
    assert timed_exam.result().h1.startswith("Passed")
    assert (count_of(app, Statement), count_of(app, Certificate)) == (1, 1)


@on_sqlite
def test_the_deadline_is_said_and_the_grace_is_not(timed_exam: Exam) -> None:
    text = timed_exam.open(WELL).text
    assert "This try ends at" in text
    assert "There is no time limit." not in text
    assert "10:31" not in text
    assert "10:30 (UTC)" in text


@on_sqlite
def test_a_change_of_ones_time_zone_moves_no_deadline(timed_exam: Exam) -> None:
    timed_exam.visitor.get("/profile")
    timed_exam.visitor.submit({"time_zone": "Pacific/Auckland"}, action="/profile")
    attempt = timed_exam.attempt()
    assert attempt.deadline_at == DEADLINE
    assert "This try ends at 23 Nov 2026, 23:30 (Auckland)." in timed_exam.open(WELL).text


# While the worker sleeps


@on_sqlite
def test_pages_show_it_over_although_the_worker_sleeps(
    app: Flask, timed_exam: Exam, clock: MovedClock
) -> None:
    timed_exam.choose(WELL, "proceed")
    clock.set(DEADLINE + GRACE + A_SECOND)
    for path in ("", "/decisions", "/cases/1", "/cases/1/move-on"):
        led = timed_exam.visitor.get(timed_exam.base + path, status=303)
        assert led.location == f"{timed_exam.base}/result"
    assert "Every answer saved by then counts." in timed_exam.visitor.follow().text
    led = timed_exam.visitor.get(f"{timed_exam.base}/submission", status=303)
    assert led.location == f"{timed_exam.base}/result", "no name is asked before the result"
    for page in (f"{timed_exam.course}/exam", timed_exam.course):
        text = timed_exam.visitor.get(page).text
        assert "The answers saved by then count." in text
        assert "Go on with" not in text
        assert "is open since" not in text
    assert "time is over" in timed_exam.visitor.get("/record").text
    assert "continue where you left off" not in timed_exam.visitor.get("/record").text
    assert timed_exam.attempt().state is AttemptState.OPEN, "nothing was written by looking"
    assert count_of(app, GradeEvent) == 0


@on_sqlite
def test_an_answer_that_comes_too_late_by_the_form_is_kept_and_said(
    timed_exam: Exam, clock: MovedClock
) -> None:
    timed_exam.open(SINGLE)
    clock.set(DEADLINE + timedelta(minutes=5))
    answer = timed_exam.press(SINGLE, "window")
    assert answer.location == f"{timed_exam.base}/result"
    told = timed_exam.visitor.follow().text
    assert "arrived after the exam had closed. It is kept, but it does not count." in told
    assert timed_exam.kept() == [(SINGLE, "prepare", ["window"], "late")]


@on_sqlite
def test_confirming_closes_it_at_the_deadline_and_brings_the_certificate(
    app: Flask, timed_exam: Exam, clock: MovedClock
) -> None:
    timed_exam.answer_right(SINGLE)
    clock.set(DEADLINE + timedelta(hours=2))
    timed_exam.event(SINGLE, "window", status=410)
    timed_exam.close()
    assert count_of(app, Certificate) == 0, "nothing is stated yet"
    assert timed_exam.hand_in().location == f"{timed_exam.base}/result"
    assert "Passed, with 83%" in timed_exam.result().h1
    assert timed_exam.attempt().closed_at == DEADLINE
    assert count_of(app, Certificate) == 1
    work(app)  # awake at last, and nothing is left to do
    assert (count_of(app, GradeEvent), count_of(app, Statement)) == (1, 1)


@on_sqlite
def test_a_failing_try_shows_its_result_without_asking_for_a_name(
    app: Flask, timed_exam: Exam, clock: MovedClock
) -> None:
    timed_exam.close()
    assert timed_exam.attempt().state is AttemptState.OPEN, "its time is not over"
    clock.set(DEADLINE + timedelta(hours=2))
    timed_exam.close()
    assert timed_exam.result().h1 == "Not passed this time."
    assert timed_exam.attempt().closed_at == DEADLINE
    assert count_of(app, Statement) == 0


@on_sqlite
def test_a_start_while_one_ran_out_leads_to_its_end(timed_exam: Exam, clock: MovedClock) -> None:
    clock.set(DEADLINE + timedelta(hours=2))
    led = timed_exam.visitor.post(f"{timed_exam.course}/exam/attempts")
    assert led.location.startswith(timed_exam.base)
    assert timed_exam.visitor.follow(status=303).location == f"{timed_exam.base}/result"


# The worker


def test_the_worker_closes_at_the_deadline_instant(
    app: Flask, timed_exam: Exam, clock: MovedClock
) -> None:
    timed_exam.answer_right(SINGLE)
    clock.set(DEADLINE + GRACE)
    work(app)
    assert timed_exam.attempt().state is AttemptState.OPEN, "answers may still arrive"
    clock.set(DEADLINE + GRACE + A_SECOND)
    work(app)
    attempt = timed_exam.attempt()
    assert (attempt.state, attempt.closed_at) == (AttemptState.GRADED, DEADLINE)
    with app.app_context():
        moves = db.session.scalars(select(AttemptMove).order_by(AttemptMove.number)).all()
        assert [(one.move, one.state) for one in moves] == [
            ("start", AttemptState.OPEN),
            ("expire", AttemptState.EXPIRED),
            ("grade", AttemptState.GRADED),
        ]
        assert moves[1].actor == SYSTEM.subject
        assert moves[1].moved_at == DEADLINE + GRACE + A_SECOND


@on_sqlite
def test_the_certificate_waits_until_name_and_statement_are_confirmed(
    app: Flask, timed_exam: Exam, clock: MovedClock
) -> None:
    timed_exam.answer_right()
    clock.set(DEADLINE + timedelta(hours=1))
    work(app)
    page = timed_exam.result()
    assert page.h1.startswith("Passed")
    assert "Confirm your name and that the work was yours, and your certificate" in page.text
    assert "Your certificate" not in page.links()
    assert count_of(app, Certificate) == 0

    timed_exam.visitor.get(page.links()["Confirm"])
    timed_exam.visitor.submit({"is_mine": []}, status=422)
    assert count_of(app, Certificate) == 0
    timed_exam.visitor.submit({"is_mine": "y"})
    page = timed_exam.visitor.follow().page
    assert "Your certificate" in page.links()
    assert (count_of(app, Statement), count_of(app, Certificate)) == (1, 1)
    assert timed_exam.attempt().closed_at == DEADLINE


@on_sqlite
def test_a_try_that_ran_out_without_a_pass_asks_for_no_confirmation(
    app: Flask, timed_exam: Exam, clock: MovedClock
) -> None:
    timed_exam.choose(WELL, "proceed")
    clock.set(DEADLINE + timedelta(hours=1))
    work(app)
    page = timed_exam.result()
    assert page.h1.startswith("Not passed this time")
    assert "Confirm" not in page.links()
    assert timed_exam.visitor.post(f"{timed_exam.course}/exam/attempts").location.startswith(
        "/attempts/"
    )
    assert count_of(app, Attempt) == 2


@on_sqlite
def test_a_row_that_is_due_leaves_an_attempt_that_has_more_time(
    app: Flask, timed_exam: Exam, clock: MovedClock
) -> None:
    attempt_id = timed_exam.attempt().id
    later_end = DEADLINE + timedelta(hours=1)
    with app.app_context(), unit_of_work() as session:
        attempt_actions.extend_deadline(
            session, attempt_id, to=later_end, actor=SYSTEM, now=NOW, reason="a power cut"
        )
    clock.set(DEADLINE + timedelta(minutes=10))
    work(app)
    assert timed_exam.attempt().state is AttemptState.OPEN
    timed_exam.choose(WELL, "proceed")
    assert timed_exam.kept()[-1][-1] == "accepted"
    clock.set(later_end + GRACE + A_SECOND)
    work(app)
    assert timed_exam.attempt().closed_at == later_end


@on_sqlite
def test_handed_in_before_the_worker_comes_is_handed_in(
    app: Flask, timed_exam: Exam, clock: MovedClock
) -> None:
    timed_exam.hand_in()
    clock.set(DEADLINE + timedelta(hours=1))
    work(app)
    assert timed_exam.attempt().closed_at == NOW
    assert count_of(app, GradeEvent) == 1
