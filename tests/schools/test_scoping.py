"""What the schools room queries without a scope fails: shown with a toy in its place."""

from importlib import import_module
from types import ModuleType
from typing import Any

import pytest
from flask import Flask, g

from cpd.access.permissions import Scope
from cpd.db import db
from cpd.organisations.models import School
from tests.factories import organisations
from tests.support import scoped
from tests.support.scoped import OtherSchoolError, UnnamedRowsError, UnscopedError

TOY = """
import sqlalchemy as sa

from cpd.access.permissions import SYSTEM
from cpd.accounts.models import RoleAssignmentRow
from cpd.courses.models import Enrolment
from cpd.kernel import clock
from cpd.organisations import queries
from cpd.quizzes.attempts import actions as attempts
from cpd.organisations.models import Membership, School
from cpd.quizzes.attempts.models import Attempt
from cpd.schools.accommodations.models import Accommodation, Excuse, Extension
from cpd.schools.assignments.models import Assignment
from cpd.schools.cohorts import queries as cohorts
from cpd.schools.cohorts.models import Cohort, CohortInstructor, CohortMember
from cpd.schools.cohorts.queries import Reach, own_membership_condition


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

def forgets_accommodations(session, scope):
    return session.scalars(sa.select(Accommodation)).all()

def scopes_classes_without_reach(session, scope):
    mine = queries.scope_condition(scope, School.public_id)
    return session.scalars(sa.select(Cohort).join(Cohort.school).where(mine)).all()

def scopes_learners_without_reach(session, scope):
    mine = queries.scope_condition(scope, School.public_id)
    inside = sa.select(CohortMember).join(CohortMember.cohort).join(Cohort.school)
    return session.scalars(inside.where(mine)).all()

def fetches_an_assignment(session, scope):
    return session.get(Assignment, 1)

def lists_instructors(session, scope):
    return session.scalars(sa.select(CohortInstructor)).all()

def lists_extensions(session, scope):
    return session.scalars(sa.select(Extension)).all()

def lists_excuses(session, scope):
    return session.scalars(sa.select(Excuse)).all()

def names_all_its_classes(session, scope):
    return cohorts.find_cohorts(session, Reach(scope))

def names_classes_of_an_instructor(session, scope):
    return cohorts.find_cohorts(session, Reach(scope, "sub_x"))

def names_a_learners_own(session, scope):
    own = sa.select(CohortMember).join(CohortMember.membership)
    return session.scalars(own.where(own_membership_condition("sub_x"))).all()

def voids_a_try(session, scope):
    return attempts.void_attempt(session, 1, actor=SYSTEM, now=clock.now(), reason="x")

def move_try(session, scope):
    return voids_a_try(session, scope)

def changes_all(session, scope):
    return session.execute(sa.update(Cohort).values(name="x"))

def deletes_by_name(session, scope):
    return session.execute(sa.delete(Cohort).where(Cohort.name == "x"))

def changes_by_id(session, scope):
    return session.execute(sa.update(Cohort).where(Cohort.id == 0).values(name="x"))

def deletes_by_what_it_belongs_to(session, scope):
    return session.execute(sa.delete(CohortMember).where(CohortMember.cohort_id.in_([0])))

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
    "forgets_accommodations",
    "voids_a_try",
    "move_try",
]
UNNAMED = ["changes_all", "deletes_by_name"]
OUT_OF_REACH = [
    "scopes_classes_without_reach",
    "scopes_learners_without_reach",
    "fetches_an_assignment",
    "lists_instructors",
    "lists_extensions",
    "lists_excuses",
]
SCOPED = [
    "names_its_school",
    "names_every_school",
    "lists_its_roles",
    "joins_its_school",
    "names_all_its_classes",
    "names_classes_of_an_instructor",
    "names_a_learners_own",
    "changes_by_id",
    "deletes_by_what_it_belongs_to",
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


def test_within_a_school_it_must_name_the_classes(app: Flask, harbour: School) -> None:
    for name in OUT_OF_REACH:
        with app.app_context(), pytest.raises(UnscopedError, match=r"without a (reach|scope)"):
            getattr(toy(), name)(db.session(), harbour.scope)


def test_what_is_written_is_named_by_id(app: Flask, harbour: School) -> None:
    for name in UNNAMED:
        with app.app_context(), pytest.raises(UnnamedRowsError):
            getattr(toy(), name)(db.session(), harbour.scope)


def test_a_page_of_a_school_reads_that_school_alone(app: Flask, harbour: School) -> None:
    """Another one is refused, and so is a query across all of them; elsewhere both are not."""
    hill = organisations.school(app, "Hill Clinic")
    with app.test_request_context():
        g.scope = harbour.scope
        toy().names_its_school(db.session(), harbour.scope)
        for name, scope in (
            ("names_its_school", hill.scope),
            ("names_every_school", harbour.scope),
            ("names_all_its_classes", Scope.everywhere),
            ("names_classes_of_an_instructor", hill.scope),
        ):
            with pytest.raises(OtherSchoolError):
                getattr(toy(), name)(db.session(), scope)
        g.scope = Scope.everywhere
        toy().names_its_school(db.session(), hill.scope)


def test_the_doors_are_single_functions() -> None:
    """A try is moved by its id from one place, and who asks is found out in one query."""
    doors = {scoped.WHO_ASKS, scoped.MOVER, *scoped.MOVES}
    assert len(doors) == 5
    for module, function in doors:
        assert callable(getattr(import_module(module), function))


def test_with_one_it_is(app: Flask, harbour: School) -> None:
    with app.app_context():
        for name in SCOPED:
            getattr(toy(), name)(db.session(), harbour.scope)


def test_control_other_rooms_are_not_asked(app: Flask, harbour: School) -> None:
    """So it is the place of the module that is looked at, and not the query alone."""
    with app.app_context():
        for name in [*UNSCOPED, *OUT_OF_REACH, *UNNAMED]:
            if name in {"voids_a_try", "move_try"}:
                continue  # there is no such try to move
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
    of_classes = scoped.tables(scoped.CLASSES)
    assert {"cohort_members", "cohort_instructors", "assignments", "extensions"} <= of_classes
    assert of_classes < found
