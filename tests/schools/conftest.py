"""A school with a class of it, in which maya learns and which ravi teaches."""

import pytest
from flask import Flask

from cpd.access.permissions import Role
from cpd.organisations.models import School
from cpd.schools.cohorts.models import Cohort
from tests.factories import accounts, organisations, schools
from tests.support.people import MAYA, OMAR, RAVI
from tests.support.visitor import Visitor


@pytest.fixture
def harbour(app: Flask) -> School:
    """A school."""
    return organisations.school(app)


@pytest.fixture
def evening(app: Flask, harbour: School) -> Cohort:
    """Its class."""
    made = schools.cohort(app, harbour)
    schools.enter(app, MAYA, made)
    organisations.grant(app, RAVI, Role.INSTRUCTOR, harbour)
    schools.teach(app, RAVI, made)
    return made


@pytest.fixture
def coordinator(app: Flask, evening: Cohort) -> Visitor:
    """Who looks after the school: omar, signed in."""
    organisations.grant(app, OMAR, Role.SCHOOL_ADMIN, evening.school)
    return accounts.let_in(Visitor(app, "omar"), OMAR)
