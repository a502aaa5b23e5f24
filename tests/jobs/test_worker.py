"""The worker: tries again what failed, loses nothing, and stops when it is asked to."""

import os
import signal
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from cpd.db import DatabaseMark, db, unit_of_work
from cpd.engine import UnsafeDatabaseError
from cpd.jobs import outbox, worker
from cpd.jobs.models import OutboxItem
from cpd.kernel import clock as the_clock
from tests.jobs.conftest import Handle, claim, enqueue, release, stored
from tests.support.databases import Database
from tests.support.moved_clock import NOW, MovedClock
from tests.support.server import ROOT, environment


@pytest.mark.usefixtures("ctx")
def test_everything_due_is_done_in_order(handled: Handle, clock: MovedClock) -> None:
    rung: list[tuple[str, datetime]] = []
    handled(lambda item, now: rung.append((item.payload["bell"], now)))
    for about, in_seconds in (("second", 0), ("first", -1), ("later", 60)):
        enqueue(about, in_seconds=in_seconds)
    assert worker.run_all_due_jobs() == 2
    assert rung == [("first", NOW), ("second", NOW)]
    assert stored("first").done_at == stored("second").done_at == NOW
    assert not worker.run_next_due_job()


@pytest.mark.usefixtures("ctx")
def test_what_fails_is_tried_again_and_what_it_half_did_is_gone(
    handled: Handle, clock: MovedClock
) -> None:
    def ring(item: OutboxItem, _now: datetime) -> None:
        with unit_of_work() as session:
            session.add(DatabaseMark(name=f"rung {item.tries}"))
            session.flush()
            if item.tries == 1:
                raise ZeroDivisionError("the bell is broken")

    handled(ring)
    enqueue("door")
    assert worker.run_next_due_job()
    row = stored("door")
    assert row.done_at is None
    assert row.last_error == "ZeroDivisionError: the bell is broken"
    assert not worker.run_next_due_job(), "not before its pause is over"
    clock.advance(seconds=30)
    assert worker.run_next_due_job()
    assert stored("door").done_at == the_clock.now()
    assert db.session.get(DatabaseMark, "rung 1") is None
    assert db.session.get(DatabaseMark, "rung 2") is not None


@pytest.mark.usefixtures("ctx")
def test_what_a_dead_worker_held_is_done_by_another(handled: Handle, clock: MovedClock) -> None:
    rung: list[str] = []
    handled(lambda item, _now: rung.append(item.about))
    enqueue("door")
    assert claim() is not None  # and the process is killed
    assert worker.run_all_due_jobs() == 0
    clock.advance(minutes=3)
    assert worker.run_all_due_jobs() == 1
    assert rung == ["door"]


@pytest.mark.usefixtures("ctx")
def test_letters_that_wait_for_a_mail_server_delay_nothing_else(
    handled: Handle, clock: MovedClock
) -> None:
    """Twenty letters lie before what falls due meanwhile; the server keeps the first waiting."""
    done: list[tuple[str, datetime]] = []

    def carry_out(item: OutboxItem, now: datetime) -> None:
        done.append((item.about, now))
        if item.purpose == "write":
            clock.advance(seconds=12)
            raise outbox.MailServerUnavailableError

    handled(carry_out)
    for number in range(20):
        enqueue(f"letter {number}", purpose="write", in_seconds=-60)
    enqueue("exam", in_seconds=5)
    later = the_clock.now() + timedelta(seconds=12)
    assert worker.run_all_due_jobs() == 2
    assert done == [("letter 0", NOW), ("exam", later)]
    assert stored("letter 19").due_at == later + timedelta(seconds=30)
    assert stored("letter 19").tries == 1


@pytest.mark.usefixtures("ctx")
def test_letters_come_last_and_another_fault_holds_up_no_other(
    handled: Handle, clock: MovedClock
) -> None:
    """The control of the two: the order in which they fell due, and each tried by itself."""
    done: list[str] = []

    def carry_out(item: OutboxItem, _now: datetime) -> None:
        done.append(item.about)
        raise ZeroDivisionError

    handled(carry_out)
    enqueue("letter 0", purpose="write", in_seconds=-2)
    enqueue("letter 1", purpose="write", in_seconds=-1)
    enqueue("exam")
    worker.run_all_due_jobs()
    assert done == ["exam", "letter 0", "letter 1"]


@pytest.mark.usefixtures("ctx")
def test_an_unknown_purpose_is_recorded_and_kept(clock: MovedClock) -> None:
    enqueue("door", purpose="of-a-later-release")
    assert worker.run_next_due_job()
    row = stored("door")
    assert row.last_error == "no handler for of-a-later-release"
    assert row.done_at is None
    assert row.due_at > NOW


@pytest.mark.usefixtures("ctx")
@pytest.mark.parametrize("fails", [False, True])
def test_who_worked_too_long_does_not_release_what_another_holds(
    handled: Handle, clock: MovedClock, fails: bool
) -> None:
    """The failing handler rolls the session back, and so would read the other's lease."""
    others: list[OutboxItem] = []

    def ring(_item: OutboxItem, _now: datetime) -> None:
        clock.advance(minutes=3)
        taken = claim()
        assert taken is not None
        others.append(taken)
        if fails:
            raise ZeroDivisionError

    handled(ring)
    enqueue("door")
    assert worker.run_next_due_job()
    row = stored("door")
    assert row.lease == others[0].lease
    assert (row.done_at, row.last_error) == (None, "")
    release(others[0])
    assert stored("door").done_at is not None


# Running


@pytest.fixture
def _no_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "REST_SECONDS", 0.0)


@pytest.mark.usefixtures("ctx", "_no_rest")
@pytest.mark.parametrize("asked_by", [signal.SIGTERM, signal.SIGINT])
def test_it_finishes_what_it_began_and_begins_nothing_more(
    handled: Handle, asked_by: signal.Signals
) -> None:
    rung: list[str] = []

    def ring(item: OutboxItem, _now: datetime) -> None:
        os.kill(os.getpid(), asked_by)
        rung.append(item.about)

    before = signal.getsignal(asked_by)
    handled(ring)
    enqueue("first", in_seconds=-1)
    enqueue("second")
    worker.run_worker_until_signal()
    assert rung == ["first"]
    assert stored("first").done_at == NOW
    assert stored("second").done_at is None
    assert signal.getsignal(asked_by) is before


@pytest.mark.usefixtures("ctx", "_no_rest")
@pytest.mark.parametrize(
    "fault",
    [
        OperationalError("SELECT 1", {}, Exception("the database is away")),
        UnsafeDatabaseError("PostgreSQL runs with fsync = off"),
    ],
    ids=["away", "unsafe"],
)
def test_it_outlives_a_database_that_is_away(handled: Handle, fault: Exception) -> None:
    rung: list[str] = []

    def ring(item: OutboxItem, _now: datetime) -> None:
        rung.append(item.about)
        os.kill(os.getpid(), signal.SIGTERM)

    def fail_once(*_: object) -> None:
        event.remove(engine, "before_cursor_execute", fail_once)
        raise fault

    handled(ring)
    enqueue("door")
    engine = db.engine
    event.listen(engine, "before_cursor_execute", fail_once)
    worker.run_worker_until_signal()
    assert rung == ["door"]


def test_a_real_worker_does_what_is_owed_and_stops_on_sigterm(
    app: Flask, database: Database
) -> None:
    with app.app_context():
        enqueue("door", purpose="of-a-later-release", in_seconds=-(10**9))  # by the machine's clock
        db.session.remove()
        db.engine.dispose()
    process = subprocess.Popen(
        [Path(sys.executable).with_name("cpd"), "worker"],
        cwd=ROOT, env=environment(database, "http://127.0.0.1:8000"),
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with process:
        assert process.stderr is not None
        said = process.stderr.readline()  # which site it is
        said += process.stderr.readline()  # one line for each item
        process.send_signal(signal.SIGTERM)
        said += process.stderr.read()
    assert process.returncode == 0, said
    with app.app_context():
        row = stored("door")
        assert row.last_error == "no handler for of-a-later-release", said
        assert row.tries == 1
