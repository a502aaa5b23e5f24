"""What is owed is owed once, done once, and never lost."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from cpd.db import db, unit_of_work
from cpd.jobs import outbox
from cpd.jobs.models import OutboxItem
from cpd.kernel import clock as the_clock
from tests.jobs.conftest import claim, enqueue, release, stored
from tests.support.moved_clock import NOW, MovedClock

pytestmark = pytest.mark.usefixtures("ctx")


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(OutboxItem)) or 0


# Owing


def test_owing_twice_is_once_and_the_first_promise_stands() -> None:
    enqueue("door", in_seconds=5)
    enqueue("door", in_seconds=90)
    enqueue("gate")
    enqueue("door", purpose="knock")
    assert count() == 3
    assert [row.due_at for row in db.session.scalars(select(OutboxItem).order_by("id"))] == [
        NOW + timedelta(seconds=5), NOW, NOW,
    ]  # fmt: skip
    assert stored("gate").payload == {"bell": "gate"}


def test_control_without_the_conflict_clause_a_second_promise_breaks_its_cause() -> None:
    enqueue("door")
    with pytest.raises(IntegrityError), unit_of_work() as session:
        session.add(OutboxItem(purpose="ring", about="door", due_at=NOW, payload={}))


def test_owing_in_two_requests_at_once_is_once(app: Flask) -> None:
    together = threading.Barrier(4)

    def request() -> None:
        with app.app_context():
            together.wait()
            enqueue("door")
            db.session.remove()

    with ThreadPoolExecutor(4) as pool:
        for future in [pool.submit(request) for _ in range(4)]:
            future.result()
    assert count() == 1


def test_what_is_owed_goes_with_its_cause() -> None:
    def fail() -> None:
        with unit_of_work() as session:
            outbox.enqueue_job(session, "ring", "door", due_at=NOW, now=NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert count() == 0


# Claiming


def test_only_what_is_due_is_claimed_the_longest_due_first(clock: MovedClock) -> None:
    enqueue("late", in_seconds=60)
    enqueue("first", in_seconds=-60)
    enqueue("second")
    claimed = [claim(), claim()]
    assert [item.about for item in claimed if item] == ["first", "second"]
    assert claim() is None
    clock.advance(seconds=60)
    last = claim()
    assert last is not None
    assert last.about == "late"
    assert (last.tries, last.payload) == (1, {"bell": "late"})


def test_a_claim_is_written_down(clock: MovedClock) -> None:
    enqueue("door")
    item = claim()
    assert item is not None
    row = stored("door")
    assert row.lease == item.lease
    assert row.leased_until == NOW + outbox.LEASE
    assert row.done_at is None


def _work(app: Flask, together: threading.Barrier) -> list[str]:
    """Claim until nothing is due, and return what was claimed."""
    found = []
    with app.app_context():
        together.wait()
        while (item := claim()) is not None:
            found.append(item.about)
        db.session.remove()
    return found


def test_workers_at_once_take_each_item_once(app: Flask) -> None:
    names = [f"bell {number:02}" for number in range(24)]
    for name in names:
        enqueue(name)
    together = threading.Barrier(4)
    with ThreadPoolExecutor(4) as pool:
        futures = [pool.submit(_work, app, together) for _ in range(4)]
        found = [about for future in futures for about in future.result()]
    assert sorted(found) == names


def test_control_without_the_lease_condition_an_item_is_taken_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    enqueue("door")
    monkeypatch.setattr(outbox, "or_", lambda *_conditions: sa.true())
    first, second = claim(), claim()
    assert first is not None
    assert second is not None
    assert first.about == second.about == "door"


def test_a_lease_that_ran_out_lets_another_take_over(clock: MovedClock) -> None:
    enqueue("door")
    first = claim()
    clock.set(NOW + outbox.LEASE)
    assert claim() is None, "to the last instant it is held"
    clock.advance(seconds=1)
    second = claim()
    assert first is not None
    assert second is not None
    assert second.lease != first.lease
    assert (first.tries, second.tries) == (1, 2)


# Recording the outcome


def test_what_is_done_stays_done(clock: MovedClock) -> None:
    enqueue("door")
    item = claim()
    assert item is not None
    release(item)
    row = stored("door")
    assert (row.done_at, row.lease, row.leased_until, row.last_error) == (NOW, "", None, "")
    clock.advance(days=400)
    assert claim() is None
    enqueue("door")
    assert claim() is None, "what was done is not owed again"


def test_what_failed_is_due_again_after_a_pause(clock: MovedClock) -> None:
    enqueue("door")
    for tries in (1, 2, 3):
        item = claim()
        assert item is not None
        release(item, error="x" * 900)
        row = stored("door")
        pause = timedelta(seconds=30 * 2 ** (tries - 1))
        assert row.due_at == the_clock.now() + pause
        assert row.last_error == "x" * 400
        assert row.tries == tries
        clock.advance(seconds=pause.total_seconds() - 1)
        assert claim() is None
        clock.advance(seconds=1)


def test_success_forgets_the_last_error(clock: MovedClock) -> None:
    enqueue("door")
    for error in ("the bell is broken", None):
        item = claim()
        assert item is not None
        release(item, error)
        clock.advance(minutes=1)
    assert stored("door").last_error == ""


@pytest.mark.parametrize("error", [None, "too late"])
def test_a_lost_lease_changes_nothing(clock: MovedClock, error: str | None) -> None:
    enqueue("door")
    first = claim()
    clock.advance(minutes=3)
    second = claim()
    assert first is not None
    assert second is not None
    release(first, error)
    row = stored("door")
    assert row.lease == second.lease
    assert row.done_at is None
    assert row.due_at == NOW
    release(second)
    release(first, "too late")
    assert stored("door").done_at == the_clock.now()


def test_control_a_claim_that_is_read_again_releases_anothers(clock: MovedClock) -> None:
    """What is released must be the claim as it was made, not the row as it stands."""
    enqueue("door")
    claim()
    clock.advance(minutes=3)
    claim()
    release(stored("door"))
    assert stored("door").done_at is not None


@pytest.mark.parametrize(
    ("tries", "seconds"),
    [(1, 30), (2, 60), (3, 120), (9, 7680), (10, 15360), (11, 21600), (12, 21600), (10**9, 21600)],
)
def test_pauses_double_up_to_six_hours(tries: int, seconds: int) -> None:
    assert outbox.compute_retry_pause(tries) == timedelta(seconds=seconds)
