"""What a person with the right may do to an attempt: void, extend, reopen; always with a reason."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from cpd.access.permissions import Actor, Role, RoleAssignment
from cpd.certificates.models import Certificate
from cpd.db import db, unit_of_work
from cpd.jobs import worker
from cpd.kernel import clock as clocks
from cpd.quizzes.attempts import actions as attempt_actions
from cpd.quizzes.attempts.models import Attempt, AttemptMove, PrintedName, Statement
from cpd.quizzes.grading import actions as grading_actions
from cpd.quizzes.grading import computing
from cpd.quizzes.grading.models import GradeEvent, Result
from cpd.quizzes.rules.attempts import AttemptState, InvalidDeadlineError, MoveRefusal
from tests.factories.accounts import row_of
from tests.quizzes.exam_visitor import SINGLE, WELL, Exam, count_of
from tests.support.moved_clock import NOW, MovedClock
from tests.support.people import INES

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

DEADLINE = NOW + timedelta(minutes=30)
AN_HOUR = timedelta(hours=1)


def ines() -> Actor:
    """Return the administrator's hands; inside an app context."""
    row = row_of(INES)
    return Actor(row.id, row.subject, frozenset({RoleAssignment(Role.ADMINISTRATOR)}))


def move(exam: Exam, act: Callable[..., Any], reason: str, **how: Any) -> Attempt | MoveRefusal:
    """Let the administrator do something to the attempt."""
    attempt_id = exam.attempt().id
    with exam.app.app_context():
        actor = ines()
        with unit_of_work() as session:
            done: Attempt | MoveRefusal = act(
                session, attempt_id, actor=actor, now=clocks.now(), reason=reason, **how
            )
            return done


def void(exam: Exam, reason: str = "power cut in the whole street") -> Attempt | MoveRefusal:
    return move(exam, attempt_actions.void_attempt, reason)


def extend(exam: Exam, to: datetime, reason: str = "power cut") -> Attempt | MoveRefusal:
    return move(exam, attempt_actions.extend_deadline, reason, to=to)


def reopen(
    exam: Exam, to: datetime | None = None, reason: str = "power is back"
) -> Attempt | MoveRefusal:
    return move(exam, attempt_actions.reopen_attempt, reason, to=to)


def moves(exam: Exam) -> list[tuple[str, str]]:
    """Return what was done to the attempt, with the reasons."""
    with exam.app.app_context():
        rows = db.session.scalars(select(AttemptMove).order_by(AttemptMove.id))
        mine = [row for row in rows if row.attempt_id == exam.attempt().id]
        return [(row.move, row.reason) for row in mine]


def refused(done: Attempt | MoveRefusal) -> str:
    """Return why something was refused."""
    assert isinstance(done, MoveRefusal), "it was not refused"
    return done.sentence


# Void


def test_a_void_try_uses_up_none_and_says_so(app: Flask, exam: Exam) -> None:
    exam.choose(WELL, "proceed")
    assert isinstance(void(exam), Attempt)
    assert moves(exam) == [("start", ""), ("void", "power cut in the whole street")]
    with app.app_context():
        row = db.session.scalars(select(AttemptMove).where(AttemptMove.move == "void")).one()
        assert (row.actor, row.on_behalf_of) == (row_of(INES).subject, exam.attempt().subject)
    assert "This try does not count." in exam.result().text
    assert "does not count" in exam.visitor.get("/record").text
    assert "does not count" in exam.visitor.get(f"{exam.course}/exam").text
    led = exam.visitor.post(f"{exam.course}/exam/attempts").location
    assert led.startswith("/attempts/")
    assert not led.startswith(exam.base)
    for path in ("", "/submission", "/decisions"):
        assert exam.visitor.get(exam.base + path, status=303).location == f"{exam.base}/result"


@on_sqlite
def test_answers_to_a_void_try_are_late(exam: Exam) -> None:
    void(exam)
    assert exam.event(WELL, "proceed", status=410).json["outcome"] == "late"


@on_sqlite
def test_voiding_a_failed_try_takes_its_remedies_and_pause_away(app: Flask, exam: Exam) -> None:
    exam.choose(SINGLE, "stones")
    exam.hand_in()
    assert exam.visitor.post(f"{exam.course}/exam/attempts").location.endswith("/exam")
    void(exam)
    assert "This try does not count." in exam.result().text
    assert exam.visitor.post(f"{exam.course}/exam/attempts").location.startswith("/attempts/")
    assert count_of(app, GradeEvent) == 2, "graded again, as void"
    with app.app_context():
        assert not db.session.get_one(Result, exam.attempt().id).passed


def _fails(*_: object, **__: object) -> None:
    raise RuntimeError("a broken key")


@pytest.fixture
def voided_with_a_broken_key(exam: Exam) -> Exam:
    """A failed try that was made void while it could not be graded."""
    exam.choose(SINGLE, "stones")
    exam.hand_in()
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(computing, "compute_exam_result", _fails)
        assert isinstance(void(exam), Attempt)
    return exam


def test_a_try_is_void_whatever_grading_does(
    app: Flask, voided_with_a_broken_key: Exam, clock: MovedClock
) -> None:
    exam = voided_with_a_broken_key
    assert exam.attempt().state is AttemptState.VOID
    assert "This try does not count." in exam.result().text
    assert count_of(app, GradeEvent) == 1
    for _ in range(2):
        clock.advance(minutes=10)
        with app.app_context():
            worker.run_all_due_jobs()
    assert count_of(app, GradeEvent) == 2, "graded again, as void, and once"
    assert exam.attempt().state is AttemptState.VOID
    with app.app_context():
        assert "void" in db.session.get_one(Result, exam.attempt().id).detail["why_not"]


@on_sqlite
def test_what_was_opened_again_since_is_left_to_its_learner(
    app: Flask, voided_with_a_broken_key: Exam
) -> None:
    reopen(voided_with_a_broken_key)
    with app.app_context():
        worker.run_all_due_jobs()
    assert voided_with_a_broken_key.attempt().state is AttemptState.OPEN
    assert count_of(app, GradeEvent) == 1


@on_sqlite
def test_control_without_a_savepoint_of_its_own_grading_prevents_it(
    app: Flask, exam: Exam, monkeypatch: pytest.MonkeyPatch
) -> None:
    exam.hand_in()
    monkeypatch.setattr(grading_actions, "run_in_savepoint", lambda _session, work: work())
    monkeypatch.setattr(computing, "compute_exam_result", _fails)
    with pytest.raises(RuntimeError, match="a broken key"):
        void(exam)
    assert exam.attempt().state is AttemptState.GRADED


@on_sqlite
@pytest.mark.parametrize("reason", ["", "   ", "\n"])
def test_every_move_wants_a_reason(timed_exam: Exam, reason: str) -> None:
    assert "Give a reason" in refused(void(timed_exam, reason))
    assert "Give a reason" in refused(extend(timed_exam, DEADLINE + AN_HOUR, reason))
    void(timed_exam)
    assert "Give a reason" in refused(reopen(timed_exam, DEADLINE + AN_HOUR, reason))
    assert [name for name, _ in moves(timed_exam)] == ["start", "void"]


def test_a_reason_fits_its_column(timed_exam: Exam) -> None:
    """PostgreSQL refuses a longer one, in the middle of the act; SQLite keeps it."""
    at_most, too_long = "é" * 400, "é" * 401
    assert "in at most 400 characters" in refused(extend(timed_exam, DEADLINE + AN_HOUR, too_long))
    assert "in at most 400 characters" in refused(void(timed_exam, too_long))
    void(timed_exam, at_most)
    assert "in at most 400 characters" in refused(reopen(timed_exam, None, too_long))
    assert moves(timed_exam) == [("start", ""), ("void", at_most)]


@on_sqlite
def test_what_a_certificate_rests_on_is_not_moved(app: Flask, exam: Exam) -> None:
    exam.answer_right()
    exam.hand_in()
    assert count_of(app, Certificate) == 1
    assert "A valid certificate was issued for this attempt." in refused(void(exam))
    assert "cannot be changed in this way" in refused(reopen(exam))
    assert exam.result().h1.startswith("Passed")


# Extend


@on_sqlite
def test_an_extension_moves_the_end_and_is_kept(timed_exam: Exam, clock: MovedClock) -> None:
    clock.advance(minutes=29)
    extend(timed_exam, DEADLINE + AN_HOUR)
    attempt = timed_exam.attempt()
    assert attempt.deadline_at == DEADLINE + AN_HOUR
    assert attempt.deadline_inputs["limit_minutes"] == 30, "what it was computed from stays"
    assert moves(timed_exam)[-1] == ("extend", "power cut")
    clock.set(DEADLINE + timedelta(minutes=50))
    timed_exam.choose(WELL, "proceed")
    assert timed_exam.kept()[-1][-1] == "accepted"


@on_sqlite
@pytest.mark.parametrize("to", [NOW, DEADLINE, DEADLINE - timedelta(seconds=1)])
def test_an_extension_gives_time(timed_exam: Exam, to: datetime) -> None:
    with pytest.raises(InvalidDeadlineError, match="must be later than the current one"):
        extend(timed_exam, to)
    assert timed_exam.attempt().deadline_at == DEADLINE


@on_sqlite
def test_without_a_deadline_there_is_none_to_extend(exam: Exam) -> None:
    with pytest.raises(InvalidDeadlineError, match="no deadline to extend"):
        extend(exam, NOW + AN_HOUR)


@on_sqlite
@pytest.mark.parametrize("is_awake", [True, False])
def test_a_try_that_ran_out_is_reopened_not_extended_whether_or_not_the_worker_came(
    app: Flask, timed_exam: Exam, clock: MovedClock, is_awake: bool
) -> None:
    clock.set(DEADLINE + timedelta(minutes=10))
    if is_awake:
        with app.app_context():
            worker.run_all_due_jobs()
    assert "cannot be changed in this way" in refused(extend(timed_exam, clocks.now() + AN_HOUR))
    attempt = timed_exam.attempt()
    assert (attempt.state, attempt.closed_at) == (AttemptState.GRADED, DEADLINE)
    assert isinstance(reopen(timed_exam, clocks.now() + AN_HOUR), Attempt)
    timed_exam.choose(WELL, "proceed")
    assert timed_exam.kept()[-1][-1] == "accepted"


# Reopen


def test_a_reopened_try_goes_on_where_it_was_and_is_graded_anew(
    app: Flask, timed_exam: Exam, clock: MovedClock
) -> None:
    timed_exam.choose(WELL, "modify")
    clock.set(DEADLINE + timedelta(minutes=10))
    with app.app_context():
        worker.run_all_due_jobs()
    assert timed_exam.result().h1.startswith("Not passed")
    reopen(timed_exam, clocks.now() + AN_HOUR)
    assert timed_exam.attempt().closed_at is None
    led = timed_exam.visitor.get(f"{timed_exam.base}/result", status=303)
    assert led.location == timed_exam.base
    assert "Continue your open try" in timed_exam.visitor.get(f"{timed_exam.course}/exam").text
    timed_exam.answer_right()
    timed_exam.hand_in(name="Maya Nnenna Okafor", asked_about="Maya Nnenna Okafor")
    assert timed_exam.result().h1.startswith("Passed")
    names = [name for name, _ in moves(timed_exam)]
    assert names == ["start", "expire", "grade", "reopen", "submit", "grade"]
    assert (count_of(app, GradeEvent), count_of(app, Certificate)) == (2, 1)


@on_sqlite
def test_a_reopened_void_try_counts_again(app: Flask, exam: Exam) -> None:
    exam.answer_right()
    void(exam)
    assert isinstance(reopen(exam), Attempt)
    exam.hand_in()
    assert exam.result().h1.startswith("Passed")
    assert count_of(app, Statement) == 1


@on_sqlite
def test_a_try_stated_on_running_out_is_stated_again_when_reopened(
    app: Flask, timed_exam: Exam, clock: MovedClock
) -> None:
    clock.set(DEADLINE + timedelta(minutes=10))
    timed_exam.close()
    timed_exam.hand_in(name="Maya Okafor")
    reopen(timed_exam, clocks.now() + AN_HOUR)
    timed_exam.answer_right()
    timed_exam.hand_in(name="Maya Nnenna Okafor", asked_about="Maya Nnenna Okafor")
    assert count_of(app, Statement) == 2
    with app.app_context():
        assert db.session.scalars(select(PrintedName)).one().name == "Maya Nnenna Okafor"
    assert count_of(app, Certificate) == 1


@on_sqlite
def test_reopening_is_refused_while_another_is_open(app: Flask, exam: Exam) -> None:
    void(exam)
    exam.learner.start()
    assert "Another attempt at this exam is open." in refused(reopen(exam))


@on_sqlite
def test_what_its_learner_handed_in_stays_closed(exam: Exam) -> None:
    exam.hand_in()
    assert "cannot be changed in this way" in refused(reopen(exam))


@on_sqlite
def test_an_open_try_needs_no_reopening(exam: Exam) -> None:
    assert "An attempt that is open cannot be changed in this way." in refused(reopen(exam))


@on_sqlite
def test_reopening_needs_time(timed_exam: Exam, clock: MovedClock) -> None:
    void(timed_exam)
    clock.set(DEADLINE + AN_HOUR)
    assert "Give it a new deadline" in refused(reopen(timed_exam))
    with pytest.raises(InvalidDeadlineError):
        reopen(timed_exam, DEADLINE + timedelta(minutes=1))
    assert isinstance(reopen(timed_exam, clocks.now() + AN_HOUR), Attempt)


@on_sqlite
def test_only_what_is_closed_and_not_graded_is_graded(exam: Exam) -> None:
    with exam.app.app_context():
        attempt = exam.learner.attempt(exam.public_id)
        with (
            pytest.raises(grading_actions.NotGradableError, match="open cannot be graded"),
            unit_of_work() as session,
        ):
            grading_actions.grade_attempt(session, attempt, now=NOW)
