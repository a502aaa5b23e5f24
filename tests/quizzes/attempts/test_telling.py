"""What other rooms are told of attempts; and that none of them can undo what it is told."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import permutations

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from cpd import db as databases
from cpd.certificates import actions as certificates
from cpd.certificates.events import CertificateIssued
from cpd.certificates.models import Certificate
from cpd.db import db, unit_of_work
from cpd.jobs import publishing, worker
from cpd.jobs.models import OutboxItem
from cpd.joints.rooms import build_subscriber_in_transaction
from cpd.kernel import clock as clocks
from cpd.kernel.events import Event
from cpd.quizzes.events import (
    AttemptConfirmed,
    AttemptExtended,
    AttemptGraded,
    AttemptReopened,
    AttemptStarted,
    AttemptSubmitted,
    AttemptVoided,
)
from cpd.quizzes.grading.models import GradeEvent
from cpd.quizzes.rules.attempts import AttemptState
from tests.quizzes import exam_visitor
from tests.quizzes.attempts.test_moves import AN_HOUR, DEADLINE, extend, reopen, void
from tests.quizzes.exam_visitor import Exam, count_of
from tests.support import joints
from tests.support.moved_clock import MovedClock

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

EVERY = (
    AttemptConfirmed,
    AttemptExtended,
    AttemptGraded,
    AttemptReopened,
    AttemptStarted,
    AttemptSubmitted,
    AttemptVoided,
    CertificateIssued,
)


def _fails(*_: object, **__: object) -> None:
    raise RuntimeError("the subscriber is out of order")


def owed(app: Flask) -> list[tuple[str, str, int]]:
    """Return what is owed and not done by grading: not what publishing left, deadlines, emails."""
    with app.app_context():
        rows = db.session.scalars(
            sa.select(OutboxItem).where(
                OutboxItem.done_at.is_(None),
                OutboxItem.purpose.not_in(
                    ("authoring-flag-cases", "expire-attempt", "certificate-issued")
                ),
            )
        )
        return [(row.purpose, row.about.partition("/")[2], row.tries) for row in rows]


# A subscriber that fails


def test_a_subscriber_that_fails_leaves_the_grade_and_is_made_up_for(
    app: Flask, exam: Exam, clock: MovedClock
) -> None:
    exam.answer_right()
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(certificates, "issue_certificates_if_complete", _fails)
        assert exam.hand_in().location == f"{exam.base}/result"
        assert exam.result().h1.startswith("Passed")
        assert exam.attempt().state is AttemptState.GRADED
        with app.app_context():
            worker.run_all_due_jobs()
        assert owed(app) == [("certificate-of-grade", "1", 1)]
        assert exam.result().h1.startswith("Passed")
        assert count_of(app, Certificate) == 0
    clock.advance(minutes=10)
    with app.app_context():
        worker.run_all_due_jobs()
    assert owed(app) == []
    assert (count_of(app, GradeEvent), count_of(app, Certificate)) == (1, 1)
    assert "Your certificate" in exam.result().links()


@on_sqlite
def test_control_without_a_savepoint_of_its_own_it_undoes_its_cause(
    app: Flask, exam: Exam, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "run_in_savepoint", lambda _session, work: work())
    monkeypatch.setattr(certificates, "issue_certificates_if_complete", _fails)
    exam.answer_right()
    with pytest.raises(RuntimeError, match="out of order"):
        exam.hand_in()
    assert (exam.attempt().state, count_of(app, GradeEvent)) == (AttemptState.OPEN, 0)


# A database that gives up within a subscriber


def fill_the_disk(session: Session, _event: Event, _now: datetime) -> None:
    """Write more than the file may hold: SQLite rolls back everything, savepoints and all."""
    pages = session.scalar(sa.text("PRAGMA page_count"))
    session.execute(sa.text(f"PRAGMA max_page_count = {pages}"))
    session.execute(
        sa.insert(OutboxItem).values(
            purpose="x", about="x", payload={"x": "x" * 100_000}, due_at=clocks.now(), lease=""
        )
    )


def end_the_connection(session: Session, _event: Event, _now: datetime) -> None:
    session.execute(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))


def handed_in_while_the_database_gives_up(app: Flask, exam: Exam, patch: pytest.MonkeyPatch) -> int:
    """Hand in; return how that was answered."""
    with app.app_context():
        is_sqlite = db.engine.dialect.name == "sqlite"
    give_up = fill_the_disk if is_sqlite else end_the_connection
    joints.subscribe(patch, app, build_subscriber_in_transaction(AttemptGraded, "give-up", give_up))
    try:
        answer = exam.hand_in(status=(303, 503))
    finally:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()  # the limit of pages is the connection's
    return answer.status


def test_what_the_database_rolled_back_is_not_acknowledged(
    app: Flask, exam: Exam, monkeypatch: pytest.MonkeyPatch
) -> None:
    exam.answer_right()
    assert handed_in_while_the_database_gives_up(app, exam, monkeypatch) == 503
    assert exam.attempt().state is AttemptState.OPEN
    assert owed(app) == []
    monkeypatch.undo()
    assert exam.hand_in().location == f"{exam.base}/result"
    assert exam.result().h1.startswith("Passed")


@on_sqlite
def test_control_without_the_look_at_the_transaction_it_is_acknowledged_and_gone(
    app: Flask, exam: Exam, monkeypatch: pytest.MonkeyPatch
) -> None:
    exam.answer_right()
    monkeypatch.setattr(databases, "_is_transaction_lost", lambda _raw: False)
    assert handed_in_while_the_database_gives_up(app, exam, monkeypatch) == 303
    assert exam.attempt().state is AttemptState.OPEN, "though its learner was told otherwise"
    assert ("give-up", "1", 0) in owed(app), "what was owed stands alone"


# What is told


@on_sqlite
def test_a_void_attempt_is_told_and_so_is_its_new_grade(
    app: Flask, exam: Exam, monkeypatch: pytest.MonkeyPatch
) -> None:
    exam.hand_in()
    told = joints.heard(monkeypatch, app, AttemptVoided, AttemptGraded)
    void(exam)
    attempt_id = exam.attempt().id
    now = clocks.now()
    assert told == [
        AttemptVoided(at=now, attempt_id=attempt_id, number=4),
        AttemptGraded(at=now, attempt_id=attempt_id, number=2, passed=False),
    ]


@on_sqlite
def test_every_move_and_every_grade_is_told_once_under_a_key_of_its_own(
    app: Flask, timed: str, clock: MovedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = joints.heard(monkeypatch, app, *EVERY)
    exam = exam_visitor.begin(app, timed)
    exam.answer_right()
    extend(exam, DEADLINE + AN_HOUR)
    clock.set(DEADLINE + 2 * AN_HOUR)
    exam.close()
    reopen(exam, clocks.now() + AN_HOUR)
    void(exam)
    reopen(exam, clocks.now() + 2 * AN_HOUR)
    clock.advance(hours=3)
    exam.close()
    exam.hand_in()
    assert [(type(each).__name__, each.identity_key.partition("/")[2]) for each in told] == [
        ("AttemptStarted", "1"),
        ("AttemptExtended", "2"),
        ("AttemptGraded", "1"),
        ("AttemptReopened", "5"),
        ("AttemptVoided", "6"),
        ("AttemptGraded", "2"),
        ("AttemptReopened", "7"),
        ("AttemptGraded", "3"),
        ("AttemptConfirmed", "1"),
        ("CertificateIssued", ""),
    ]
    assert [type(each).from_json(each.to_json()) for each in told] == told


# Shuffled and doubled


def handled_in_many_orders(app: Flask, told: list[Event]) -> set[int]:
    """Handle events in many orders, each twice; return how many certificates there were then."""
    hands: dict[type[Event], Callable[..., None]] = {
        AttemptGraded: certificates.issue_certificate_after_passed_grading,
        AttemptConfirmed: certificates.issue_certificate_after_confirmation,
    }
    orders = list(permutations(told))
    ends = set()
    with app.app_context(), unit_of_work() as session:
        for order in orders[:: len(orders) // 6]:
            point = session.begin_nested()
            for event in (*order, *reversed(order)):
                hands[type(event)](session, event, clocks.now())
            ends.add(session.scalar(sa.select(sa.func.count()).select_from(Certificate)) or 0)
            point.rollback()
    return ends


@on_sqlite
def test_in_any_order_and_twice_the_end_is_the_same(
    app: Flask, timed_exam: Exam, clock: MovedClock
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        told = joints.heard(patch, app, AttemptGraded, AttemptConfirmed)
        patch.setattr(certificates, "issue_certificates_if_complete", _fails)
        timed_exam.answer_right()
        clock.set(DEADLINE + timedelta(minutes=10))
        timed_exam.close()
        timed_exam.hand_in()
        void(timed_exam)
        reopen(timed_exam, clocks.now() + AN_HOUR)
        timed_exam.hand_in()
    assert sorted(owed(app)) == [
        ("certificate-of-grade", "1", 0),
        ("certificate-of-grade", "3", 0),
        ("certificate-of-statement", "1", 0),
    ], "each cause is owed anew"
    assert handled_in_many_orders(app, told) == {1}
    void(timed_exam)
    assert handled_in_many_orders(app, told) == {0}
    with app.app_context():
        worker.run_all_due_jobs()
    assert (owed(app), count_of(app, Certificate)) == ([], 0)
