"""Schools, and people who belong to them or hold a role in them."""

from flask import Flask

from cpd.access.permissions import SYSTEM, Role
from cpd.accounts.people import actions as people
from cpd.accounts.people.actions import Grant
from cpd.db import unit_of_work
from cpd.kernel import clock
from cpd.organisations import actions
from cpd.organisations.actions import NewSchool
from cpd.organisations.models import School, SchoolKind
from cpd.organisations.rules.slugs import slug_from_name
from tests.factories import accounts
from tests.support.people import Person

HARBOUR = "Harbour School"


def school(app: Flask, name: str = HARBOUR) -> School:
    """Make a school."""
    new = NewSchool(name, slug_from_name(name), "Europe/London")
    with app.app_context(), unit_of_work() as session:
        made = actions.create_school(session, new, actor=SYSTEM, now=clock.now())
        assert isinstance(made, School)
        return made


def make_employer(app: Flask, school: School) -> None:
    """Let a school be a clinic, whose people work for it."""
    with app.app_context(), unit_of_work() as session:
        session.get_one(School, school.id).kind = SchoolKind.CLINIC


def join(app: Flask, named: Person, school: School) -> None:
    """Let somebody belong to a school."""
    with app.app_context():
        subject = accounts.row_of(named).subject
        with unit_of_work() as session:
            actions.join_school(session, school.scope, subject, actor=SYSTEM, now=clock.now())


def grant(app: Flask, named: Person, role: Role, school: School) -> None:
    """Give somebody a role in a school."""
    with app.app_context():
        person_id = accounts.row_of(named).id
        with unit_of_work() as session:
            given = Grant(role, school.scope)
            people.grant_role(session, person_id, given, actor=SYSTEM, now=clock.now())
