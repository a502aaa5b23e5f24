"""Schools and memberships: made once, kept apart by the database, each change audited."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cpd.access.audit import AuditEntry
from cpd.access.permissions import SYSTEM, Scope
from cpd.db import db, unit_of_work
from cpd.organisations import actions, queries
from cpd.organisations.actions import NewSchool, Refusal, SlugTakenError
from cpd.organisations.models import Membership, School, SchoolKind
from tests.factories import accounts, organisations
from tests.support.moved_clock import NOW
from tests.support.people import MAYA

HARBOUR = NewSchool("Harbour School", "harbour-school", "Europe/London", SchoolKind.CLINIC)


@pytest.fixture
def harbour(app: Flask) -> School:
    return organisations.school(app)


def trail(app: Flask) -> list[tuple[str, str, dict[str, object]]]:
    with app.app_context():
        found = select(AuditEntry).where(AuditEntry.action.like("organisations:%"))
        rows = db.session.scalars(found.order_by(AuditEntry.id))
        return [(it.action, it.object, it.detail) for it in rows]


def subject(app: Flask) -> str:
    with app.app_context():
        return accounts.row_of(MAYA).subject


def test_a_school_is_made_closed_and_audited(app: Flask) -> None:
    with app.app_context():
        with unit_of_work() as session:
            made = actions.create_school(session, HARBOUR, actor=SYSTEM, now=NOW)
            assert isinstance(made, School)
        for _ in range(2):
            with unit_of_work() as session:
                actions.close_school(session, made.scope, actor=SYSTEM, now=NOW)
        assert queries.find_open_schools(db.session(), Scope.everywhere) == []
        (kept,) = queries.find_schools(db.session(), Scope.everywhere)
        assert (kept.kind, kept.closed_at) == (SchoolKind.CLINIC, NOW)
    assert trail(app) == [
        ("organisations:school:create", made.public_id, {"kind": "clinic"}),
        ("organisations:school:close", made.public_id, {}),
    ]


def test_a_slug_is_taken_once(app: Flask, harbour: School) -> None:
    with app.app_context(), unit_of_work() as session:
        said = actions.create_school(session, HARBOUR, actor=SYSTEM, now=NOW)
    assert said is Refusal.SLUG_TAKEN


def test_of_two_at_once_the_database_decides(
    app: Flask, harbour: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Session, "scalar", lambda *_args: None)  # both looked before
    with app.app_context(), pytest.raises(SlugTakenError), unit_of_work() as session:
        actions.create_school(session, HARBOUR, actor=SYSTEM, now=NOW)


def test_somebody_joins_leaves_and_joins_again(app: Flask, harbour: School) -> None:
    who = subject(app)
    with app.app_context():
        for hours, act in enumerate(
            (actions.join_school, actions.join_school, actions.leave_school, actions.leave_school)
        ):
            with unit_of_work() as session:
                act(session, harbour.scope, who, actor=SYSTEM, now=NOW + timedelta(hours=hours))
        assert not queries.count_members_by_school(db.session(), harbour.scope)
        with unit_of_work() as session:
            actions.join_school(
                session, harbour.scope, who, actor=SYSTEM, now=NOW + timedelta(days=1)
            )
        kept = db.session.scalars(select(Membership).order_by(Membership.id)).all()
        spans = [(it.since_at - NOW, it.until_at and it.until_at - NOW) for it in kept]
        assert spans == [
            (timedelta(), timedelta(hours=2)),
            (timedelta(days=1), None),
        ]
        assert queries.count_members_by_school(db.session(), Scope.everywhere) == {harbour.id: 1}
    assert [(action.rpartition(":")[2], to) for action, to, _ in trail(app)[1:]] == [
        ("begin", who),
        ("end", who),
        ("begin", who),
    ]


def test_the_database_keeps_a_membership_single(app: Flask, harbour: School) -> None:
    with app.app_context(), pytest.raises(IntegrityError), unit_of_work() as session:
        session.add_all(Membership(school_id=harbour.id, subject="sub_x") for _ in range(2))


def test_a_school_takes_no_more_people_than_it_has_seats(app: Flask, harbour: School) -> None:
    scope = harbour.scope

    def join(who: str) -> Refusal | None:
        with app.app_context(), unit_of_work() as session:
            return actions.join_school(session, scope, who, actor=SYSTEM, now=NOW)

    def change(seats: int | None) -> None:
        with app.app_context(), unit_of_work() as session:
            actions.change_seats(session, scope, seats, actor=SYSTEM, now=NOW)

    for _ in range(2):
        change(1)
    assert join("sub_a") is None
    assert join("sub_b") is Refusal.FULL
    assert join("sub_a") is None, "who is in already has a seat"
    with app.app_context(), unit_of_work() as session:
        actions.leave_school(session, scope, "sub_a", actor=SYSTEM, now=NOW)
    assert join("sub_b") is None
    assert join("sub_c") is Refusal.FULL
    change(None)
    assert join("sub_c") is None
    changed = [detail for action, _, detail in trail(app) if action == "organisations:seats:change"]
    assert changed == [{"seats": 1}, {"seats": None}]


def test_a_closed_school_takes_nobody(app: Flask, harbour: School) -> None:
    with app.app_context(), unit_of_work() as session:
        actions.close_school(session, harbour.scope, actor=SYSTEM, now=NOW)
        said = actions.join_school(session, harbour.scope, "sub_x", actor=SYSTEM, now=NOW)
    assert said is Refusal.CLOSED
    with app.app_context():
        assert not queries.count_members_by_school(db.session(), harbour.scope)
