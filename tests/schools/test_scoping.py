"""What the schools room queries without a scope fails: shown with a toy in its place."""

from types import ModuleType
from typing import Any

import pytest
from flask import Flask

from cpd.access.permissions import Scope
from cpd.db import db
from cpd.organisations.models import School
from tests.factories import organisations
from tests.support import scoped
from tests.support.scoped import UnscopedError

TOY = """
import sqlalchemy as sa

from cpd.accounts.models import RoleAssignmentRow
from cpd.courses.models import Enrolment
from cpd.organisations import queries
from cpd.organisations.models import Membership, School
from cpd.quizzes.attempts.models import Attempt


def forgets(session, scope):
    return session.scalars(sa.select(School)).all()

def forgets_in_a_join(session, scope):
    return session.execute(sa.select(Attempt.id).join(Attempt.enrolment)).all()

def writes_sql(session, scope):
    return session.execute(sa.text("SELECT attempt_id FROM results")).all()

def writes_sql_to_the_driver(session, scope):
    return session.connection().exec_driver_sql("SELECT id FROM practice_answers").all()

def fetches_by_id(session, scope):
    return session.get(Enrolment, 1)

def lists_roles(session, scope):
    return session.scalars(sa.select(RoleAssignmentRow)).all()

def asks_a_lower_room(session, scope):
    return queries.find_school_by_slug(session, "harbour-school")

def names_its_school(session, scope):
    return queries.find_schools(session, scope)

def names_every_school(session, scope):
    return queries.find_schools(session, type(scope).everywhere)

def lists_its_roles(session, scope):
    mine = queries.scope_condition(scope, RoleAssignmentRow.scope_id)
    return session.scalars(sa.select(RoleAssignmentRow).where(mine)).all()

def joins_its_school(session, scope):
    mine = queries.scope_condition(scope, School.public_id)
    counted = sa.select(sa.func.count()).select_from(Membership).join(Membership.school)
    return session.scalar(counted.where(mine))

def reads_other_things(session, scope):
    return session.execute(sa.text("SELECT id FROM persons")).all()
"""
UNSCOPED = [
    "forgets",
    "forgets_in_a_join",
    "writes_sql",
    "writes_sql_to_the_driver",
    "fetches_by_id",
    "lists_roles",
    "asks_a_lower_room",
]
SCOPED = [
    "names_its_school",
    "names_every_school",
    "lists_its_roles",
    "joins_its_school",
    "reads_other_things",
]


def toy(name: str = "cpd.schools.toy") -> Any:
    """Return a room's module, as if it lay at this place."""
    module = ModuleType(name)
    exec(compile(TOY, name, "exec"), vars(module))  # noqa: S102 - our own text
    return module


@pytest.fixture
def harbour(app: Flask) -> School:
    return organisations.school(app)


def test_without_a_scope_the_room_is_told_nothing(app: Flask, harbour: School) -> None:
    for name in UNSCOPED:
        ask = getattr(toy(), name)
        with app.app_context(), pytest.raises(UnscopedError, match=r"cpd\.schools queries without"):
            ask(db.session(), harbour.scope)


def test_with_one_it_is(app: Flask, harbour: School) -> None:
    with app.app_context():
        for name in SCOPED:
            getattr(toy(), name)(db.session(), harbour.scope)


def test_control_other_rooms_are_not_asked(app: Flask, harbour: School) -> None:
    """So it is the place of the module that is looked at, and not the query alone."""
    with app.app_context():
        for name in UNSCOPED:
            getattr(toy("cpd.schoolyard"), name)(db.session(), harbour.scope)


def test_a_scope_keeps_other_schools_out(app: Flask, harbour: School) -> None:
    hill = organisations.school(app, "Hill Clinic")
    with app.app_context():
        session, room = db.session(), toy()
        assert [it.slug for it in room.names_its_school(session, hill.scope)] == ["hill-clinic"]
        assert len(room.names_every_school(session, hill.scope)) == 2
        with pytest.raises(ValueError, match="drafts belong to no school"):
            room.names_its_school(session, Scope.of_drafts(["a"]))


def test_what_needs_a_scope() -> None:
    found = scoped.tables()
    assert {"memberships", "attempts", "results", "practice_answers", "certificates"} <= found
    assert "role_assignments" in found
    assert not {"persons", "revisions"} & found
