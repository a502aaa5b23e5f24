"""A class with an assignment, and a worker that sends by mail."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from cpd.config import settings_of_app
from cpd.db import unit_of_work
from cpd.schools.assignments.models import Assignment
from cpd.schools.cohorts.models import Cohort
from tests.factories import accounts, schools
from tests.support.moved_clock import MovedClock
from tests.support.people import MAYA, RAVI, ZOE, Person
from tests.support.post import Arrived, PostOffice

Collect = Callable[..., list[Arrived]]
CHICAGO = "America/Chicago"


def live_in(app: Flask, named: Person, zone: str) -> None:
    """Let somebody choose a time zone."""
    with app.app_context(), unit_of_work():
        accounts.row_of(named).time_zone = zone


@pytest.fixture
def assignment(app: Flask, evening: Cohort) -> Assignment:
    """It is due in a week, at ten in the morning in London; maya and ravi live in Chicago."""
    for named in (MAYA, RAVI):
        live_in(app, named, CHICAGO)
    return schools.assign(app, evening)


@pytest.fixture
def no_mail(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The site cannot send emails."""
    settings = replace(settings_of_app(app), demo=False, mail_server=None)
    monkeypatch.setitem(app.config, "CPD", settings)


@pytest.fixture
def wait(app: Flask, clock: MovedClock, post: PostOffice) -> Collect:
    """Lets days pass, with a worker once a day at ten in Chicago; returns the mail of people."""

    def pass_days(days: int, *people: Person) -> list[Arrived]:
        arrived = post.collect(app)
        for _ in range(days):
            later = clock.now() + timedelta(hours=8)  # past midnight once it is evening
            clock.set(later.replace(hour=16))
            arrived += post.collect(app)
        addresses = [[named.email] for named in people or (MAYA, ZOE)]
        return [email for email in arrived if email.to in addresses]

    return pass_days
