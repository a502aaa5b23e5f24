"""Two people for one act: asked by one, answered by another, in time, and done once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from cpd.access.audit import AuditEntry
from cpd.access.permissions import SYSTEM, VISITOR, Actor, Role, RoleAssignment
from cpd.db import db, unit_of_work
from cpd.dual_control import actions, queries
from cpd.dual_control.models import DualControlRequest
from cpd.dual_control.rules import requests as rules
from cpd.dual_control.rules.requests import RequestState
from cpd.jobs import worker
from tests.factories.dual_control import PAYLOAD, PURPOSE, ask, filling
from tests.support.moved_clock import NOW, MovedClock


def learner(name: str) -> Actor:
    return Actor(1, f"sub_{name}", frozenset({RoleAssignment(Role.LEARNER)}))


MAYA, ZOE, RAVI = learner("maya"), learner("zoe"), learner("ravi")
AUTHOR = Actor(2, "sub_ada", frozenset({RoleAssignment(Role.AUTHOR)}))


@pytest.fixture(autouse=True)
def _one_act(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(*filling(app))


@pytest.fixture
def asked(app: Flask) -> int:
    """A request of maya's."""
    with app.app_context(), unit_of_work() as session:
        return ask(session, actor=MAYA, now=NOW).id


def take(app: Flask, number: int, *steps: Callable[[Session, DualControlRequest], Any]) -> str:
    """Take a request further in one unit of work, and return its state."""
    with app.app_context(), unit_of_work() as session:
        request = session.get_one(DualControlRequest, number)
        for step in steps:
            step(session, request)
        return str(request.state)


def confirm(actor: Actor = ZOE, **later: float) -> Callable[[Session, DualControlRequest], Any]:
    now = NOW + timedelta(**later)
    return lambda session, request: actions.confirm_request(session, request, actor=actor, now=now)


def refuse(actor: Actor = ZOE) -> Callable[[Session, DualControlRequest], Any]:
    return lambda session, request: actions.reject_request(session, request, actor=actor, now=NOW)


def use_confirmed_request(
    payload: Any = PAYLOAD, actor: Actor = ZOE, **later: float
) -> Callable[[Session, DualControlRequest], Any]:
    now = NOW + timedelta(**later)
    return lambda session, request: actions.complete_confirmed_request(
        session, request, payload, actor=actor, now=now
    )


def trail(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        own = AuditEntry.action.startswith("dual-control:")
        entries = db.session.scalars(sa.select(AuditEntry).where(own).order_by(AuditEntry.id))
        return [(entry.action.rpartition(":")[2], entry.actor) for entry in entries]


def test_another_person_confirms_and_it_is_done_once(app: Flask, asked: int) -> None:
    assert take(app, asked, confirm(), use_confirmed_request()) == RequestState.DONE
    with pytest.raises(rules.NotOpenError):
        take(app, asked, use_confirmed_request())
    assert trail(app) == [("ask", "sub_maya"), ("confirm", "sub_zoe"), ("carry-out", "sub_zoe")]


def test_another_person_refuses(app: Flask, asked: int) -> None:
    assert take(app, asked, refuse()) == RequestState.REFUSED
    for step in (confirm(RAVI), refuse(RAVI), use_confirmed_request()):
        with pytest.raises(rules.NotOpenError):
            take(app, asked, step)
    assert trail(app) == [("ask", "sub_maya"), ("refuse", "sub_zoe")]


def test_nothing_is_done_that_nobody_has_confirmed(app: Flask, asked: int) -> None:
    with pytest.raises(rules.NotOpenError):
        take(app, asked, use_confirmed_request())
    with pytest.raises(rules.PayloadMismatchError):
        take(app, asked, confirm(), use_confirmed_request({**PAYLOAD, "marks": 4}))


@pytest.mark.parametrize("step", [confirm, refuse])
def test_who_asked_cannot_answer(app: Flask, asked: int, step: Callable[..., Any]) -> None:
    with pytest.raises(rules.SamePersonError):
        take(app, asked, step(MAYA))


def test_the_database_refuses_the_same_person_twice(app: Flask, asked: int) -> None:
    """Whatever the code does: the action's own check is passed by."""
    own = {"state": RequestState.CONFIRMED, "answered_by": "sub_maya", "answered_at": NOW}
    with (
        app.app_context(),
        pytest.raises(sa.exc.IntegrityError, match="two_people"),
        unit_of_work() as session,
    ):
        session.execute(sa.update(DualControlRequest).values(own))


@pytest.mark.parametrize(
    "change",
    [
        {"asked_by": "sub_zoe"},
        {"payload_hash": "0" * 64},
        {"expires_at": NOW + timedelta(days=30)},
        {"state": "done", "done_at": NOW, "answered_by": "sub_zoe", "answered_at": NOW},
    ],
    ids=lambda change: next(iter(change)),
)
def test_only_the_allowed_moves_are_possible(
    app: Flask, asked: int, change: dict[str, Any]
) -> None:
    with (
        app.app_context(),
        pytest.raises(sa.exc.DBAPIError, match="frozen"),
        unit_of_work() as session,
    ):
        session.execute(sa.update(DualControlRequest).values(change))


@pytest.mark.parametrize("actor", [VISITOR, SYSTEM, AUTHOR], ids=["visitor", "system", "author"])
def test_both_need_the_permission_and_to_be_people(app: Flask, asked: int, actor: Actor) -> None:
    for step in (confirm(actor), refuse(actor), use_confirmed_request(actor=actor)):
        with pytest.raises(rules.NotPermittedError):
            take(app, asked, step)
    with app.app_context():
        with pytest.raises(rules.NotPermittedError), unit_of_work() as session:
            ask(session, actor=actor, now=NOW, about="crt_two")
        public_id = db.session.scalars(sa.select(DualControlRequest.public_id)).one()
        assert queries.find_request(db.session(), actor, public_id) is None
        assert queries.find_request(db.session(), ZOE, public_id) is not None


def test_an_act_that_no_room_has_registered_cannot_be_asked_for(app: Flask) -> None:
    with (
        app.app_context(),
        pytest.raises(rules.UnknownPurposeError),
        unit_of_work() as session,
    ):
        actions.request_act(
            session, "tests:thing:undo", "crt_one", {}, reason="So.", actor=MAYA, now=NOW
        )


def test_a_reason_is_needed(app: Flask) -> None:
    with app.app_context(), pytest.raises(rules.MissingReasonError), unit_of_work() as session:
        ask(session, actor=MAYA, now=NOW, reason="  ")


def test_a_reason_fits_its_column(app: Flask) -> None:
    """PostgreSQL refuses a longer one, in the middle of the act; SQLite keeps it."""
    with app.app_context():
        with (
            pytest.raises(rules.ReasonTooLongError, match="400 characters"),
            unit_of_work() as session,
        ):
            ask(session, actor=MAYA, now=NOW, reason="é" * 401)
        with unit_of_work() as session:
            assert ask(session, actor=MAYA, now=NOW, reason=f"{'é' * 400} ").reason == "é" * 400


def test_the_same_is_asked_for_once_at_a_time(app: Flask, asked: int) -> None:
    with app.app_context():
        with pytest.raises(rules.AlreadyAskedError), unit_of_work() as session:
            ask(session, actor=RAVI, now=NOW)
        with unit_of_work() as session:
            ask(session, actor=RAVI, now=NOW, about="crt_two")
    take(app, asked, refuse())
    with app.app_context(), unit_of_work() as session:
        ask(session, actor=RAVI, now=NOW)


# In time


def test_what_has_expired_is_neither_confirmed_nor_done(app: Flask, asked: int) -> None:
    days = PURPOSE.lasts / timedelta(days=1)
    with pytest.raises(rules.ExpiredError):
        take(app, asked, confirm(days=days))
    assert take(app, asked, confirm(days=days, seconds=-1)) == RequestState.CONFIRMED
    with pytest.raises(rules.ExpiredError):
        take(app, asked, use_confirmed_request(days=days))


def test_the_worker_ends_it_and_it_may_be_asked_for_again(
    app: Flask, asked: int, clock: MovedClock
) -> None:
    clock.advance(days=3)
    with app.app_context():
        worker.run_all_due_jobs()
        assert db.session.get_one(DualControlRequest, asked).state is RequestState.EXPIRED
        with unit_of_work() as session:
            ask(session, actor=ZOE, now=clock.now())
    assert trail(app) == [("ask", "sub_maya"), ("expire", "system"), ("ask", "sub_zoe")]


def test_asking_again_need_not_wait_for_the_worker(app: Flask, asked: int) -> None:
    with app.app_context(), unit_of_work() as session:
        ask(session, actor=ZOE, now=NOW + PURPOSE.lasts)
        assert session.get_one(DualControlRequest, asked).state is RequestState.EXPIRED


def test_the_list_shows_what_one_could_answer_now(app: Flask, asked: int) -> None:
    with app.app_context():
        session = db.session()
        assert [one.id for one in queries.find_requests_to_answer(session, ZOE, now=NOW)] == [asked]
        assert queries.find_requests_to_answer(session, MAYA, now=NOW) == []
        assert queries.find_requests_to_answer(session, AUTHOR, now=NOW) == []
        assert queries.find_requests_to_answer(session, ZOE, now=NOW + PURPOSE.lasts) == []


# At once


def race(app: Flask, number: int) -> list[str]:
    """Let four people confirm at the same moment; return how it went for each."""
    ready = Barrier(4)

    def run(name: str) -> str:
        with app.app_context():
            try:
                request = db.session.get_one(DualControlRequest, number)
                ready.wait()
                with unit_of_work() as session:
                    actions.confirm_request(session, request, actor=learner(name), now=NOW)
            except rules.NotOpenError:
                return "late"
            finally:
                db.session.remove()
        return "confirmed"

    with ThreadPoolExecutor(4) as threads:
        return sorted(threads.map(run, ("ada", "omar", "ravi", "zoe")))


def test_of_several_confirmations_at_once_one_wins(app: Flask, asked: int) -> None:
    assert race(app, asked) == ["confirmed", "late", "late", "late"]
    assert [action for action, _ in trail(app)] == ["ask", "confirm"]


def test_control_without_comparing_the_state_all_of_them_win(
    app: Flask, asked: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def set_alone(session: Session, request: Any, _of: object, values: Any, **_: Any) -> bool:
        found = sa.update(DualControlRequest).where(DualControlRequest.id == request.id)
        session.execute(found.values(values))
        return True

    monkeypatch.setattr(actions, "_compare_and_set_request_state", set_alone)
    assert race(app, asked) == ["confirmed"] * 4
