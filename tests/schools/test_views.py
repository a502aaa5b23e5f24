"""A school's page: for those who hold a role in it, and a 404 for all others."""

from datetime import timedelta

import pytest
from flask import Flask

from cpd.access.permissions import SYSTEM, Role
from cpd.accounts.people import actions as people
from cpd.accounts.people.actions import Grant
from cpd.db import unit_of_work
from cpd.kernel import clock as kernel_clock
from cpd.organisations import actions
from cpd.organisations.models import Membership, School
from cpd.schools.cohorts.queries import LEARNERS_PER_PAGE
from tests.factories import accounts, organisations
from tests.support.moved_clock import MovedClock
from tests.support.people import MAYA, OMAR, RAVI, ZOE
from tests.support.queries import asked
from tests.support.visitor import Visitor

PAGE = "/schools/harbour-school"
PEOPLE = f"{PAGE}/people"


@pytest.fixture
def harbour(app: Flask) -> School:
    """A school that omar looks after and maya belongs to."""
    school = organisations.school(app)
    for named in (OMAR, MAYA):
        organisations.join(app, named, school)
    with app.app_context(), unit_of_work() as session:
        row = accounts.row_of(OMAR)
        people.remove_role(
            session, row.id, Role.INSTRUCTOR, Grant(Role.INSTRUCTOR).scope, actor=SYSTEM,
            now=kernel_clock.now(),
        )  # fmt: skip
    organisations.grant(app, OMAR, Role.SCHOOL_ADMIN, school)
    return school


@pytest.fixture
def coordinator(app: Flask, harbour: School) -> Visitor:
    return accounts.let_in(Visitor(app, "omar"), OMAR)


def test_who_looks_after_it_sees_who_belongs_to_it(coordinator: Visitor) -> None:
    page = coordinator.get(PEOPLE).text
    assert "Harbour School" in page
    assert OMAR.full_name in page
    assert MAYA.full_name in page
    assert ZOE.full_name not in page


def test_belonging_to_it_grants_nothing(harbour: School, maya: Visitor) -> None:
    absent = maya.get("/schools/absent", status=404)
    assert maya.get(PAGE, status=404).bare == absent.bare


def test_another_school_is_as_if_it_were_not_there(app: Flask, coordinator: Visitor) -> None:
    organisations.school(app, "Hill Clinic")
    hill = coordinator.get("/schools/hill-clinic", status=404)
    assert hill.bare == coordinator.get("/schools/absent", status=404).bare


def test_an_administrator_sees_every_school(harbour: School, ines: Visitor) -> None:
    assert MAYA.full_name in ines.get(PEOPLE).text


def test_who_left_is_not_shown(app: Flask, harbour: School, coordinator: Visitor) -> None:
    with app.app_context():
        subject = accounts.row_of(MAYA).subject
        with unit_of_work() as session:
            actions.leave_school(
                session, harbour.scope, subject, actor=SYSTEM, now=kernel_clock.now()
            )
    assert MAYA.full_name not in coordinator.get(PEOPLE).text


def test_a_closed_school_can_still_be_read(
    app: Flask, harbour: School, coordinator: Visitor
) -> None:
    with app.app_context(), unit_of_work() as session:
        actions.close_school(session, harbour.scope, actor=SYSTEM, now=kernel_clock.now())
    assert "Closed on" in coordinator.get(PAGE).text


def test_a_school_without_members_says_so(app: Flask, ines: Visitor) -> None:
    organisations.school(app)
    assert "Nobody has joined yet." in ines.get(PEOPLE).text


def test_more_members_cost_no_more_queries(
    app: Flask, harbour: School, coordinator: Visitor
) -> None:
    with asked(app) as few:
        coordinator.get(PEOPLE)
    for named in (ZOE, RAVI):
        organisations.join(app, named, harbour)
    with asked(app) as more:
        coordinator.get(PEOPLE)
    assert len(few) == len(more) == 6


def test_many_members_come_page_by_page(app: Flask, harbour: School, coordinator: Visitor) -> None:
    joined = kernel_clock.now()
    with app.app_context(), unit_of_work() as session:
        session.add_all(
            Membership(school_id=harbour.id, subject=f"sub_{n}", since_at=joined)
            for n in range(LEARNERS_PER_PAGE)
        )
    first, second = coordinator.get(PEOPLE), coordinator.get(f"{PEOPLE}?page=2")
    gone = "Someone whose account was deleted"
    assert first.text.count(gone) + second.text.count(gone) == LEARNERS_PER_PAGE
    assert MAYA.full_name in first.text
    assert MAYA.full_name not in second.text
    coordinator.get(f"{PEOPLE}?page=3", status=404)


def test_the_name_and_the_zone_are_changed_by_who_looks_after_it(
    app: Flask, harbour: School, coordinator: Visitor
) -> None:
    coordinator.get(f"{PAGE}/settings")
    wrong = coordinator.submit({"name": ""}, action="/settings", status=422)
    assert "Enter the name." in wrong.text
    unknown = coordinator.submit({"time_zone": "Nowhere/Land"}, action="/settings", status=422)
    assert "Choose one of the answers that are offered." in unknown.text
    coordinator.submit({"name": "Hafen", "time_zone": "Europe/Berlin"}, action="/settings")
    coordinator.follow()
    page = coordinator.get(PAGE).text
    assert "Hafen" in page
    assert "Berlin" in page
    coordinator.post(f"{PAGE}/seats", {"seats": "9"}, status=403)


def test_an_administrator_changes_the_seats(harbour: School, ines: Visitor) -> None:
    ines.get(f"{PAGE}/settings")
    assert (
        "Enter a number from 1 to" in ines.submit({"seats": "0"}, action="/seats", status=422).text
    )
    ines.submit({"seats": "40"}, action="/seats")
    assert "2 of 40 seats taken" in ines.get(PAGE).text
    ines.get(f"{PAGE}/settings")
    ines.submit({"seats": ""}, action="/seats")
    assert "2 people" in ines.get(PAGE).text


def test_a_role_counts_from_its_beginning_to_its_end(
    app: Flask, harbour: School, clock: MovedClock
) -> None:
    """The query of who is signed in compares with now; no session has to end for it."""
    now = kernel_clock.now()
    given = Grant(
        Role.INSTRUCTOR, harbour.scope, now + timedelta(hours=1), now + timedelta(hours=2)
    )
    with app.app_context():
        person_id = accounts.row_of(RAVI).id
        with unit_of_work() as session:
            assert people.grant_role(session, person_id, given, actor=SYSTEM, now=now) is None
    ravi = accounts.let_in(Visitor(app, "ravi"), RAVI)
    ravi.get(PAGE, status=404)
    clock.advance(hours=1)
    ravi.get(PAGE)
    clock.advance(minutes=59)
    ravi.get(PAGE)
    clock.advance(minutes=1)
    ravi.get(PAGE, status=404)
