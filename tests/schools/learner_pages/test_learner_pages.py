"""The page of a learner: what is granted to them alone, and the reasons, for those who grant."""

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.db import db
from cpd.schools.accommodations.models import Accommodation, Excuse, Extension
from cpd.schools.assignments.models import Assignment
from cpd.schools.cohorts.models import Cohort
from tests.factories import accounts, courses, organisations, schools
from tests.factories.schools import REASON, window_of_days
from tests.support.people import MAYA, RAVI, ZOE
from tests.support.queries import asked
from tests.support.visitor import Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PEOPLE = "/schools/harbour-school/people"


@pytest.fixture
def assignment(app: Flask, evening: Cohort) -> Assignment:
    """It is due in a week."""
    courses.publish(app)
    return schools.assign(app, evening, window_of_days(None, 7, 14))


@pytest.fixture
def place(app: Flask, assignment: Assignment) -> str:
    """Where maya is shown."""
    del assignment
    with app.app_context():
        return f"{PEOPLE}/{schools.membership_of(db.session(), MAYA).public_id}"


def test_more_time_and_tries_are_granted_changed_and_ended(
    app: Flask, coordinator: Visitor, place: str
) -> None:
    coordinator.get(f"{place}/accommodation")
    nothing = coordinator.submit({"extra_percent": "0", "reason": REASON}, status=422)
    assert "Grant something: more time, no time limit, or more tries." in nothing.text
    coordinator.submit({"extra_percent": "100", "extra_tries": "2", "reason": REASON})
    shown = coordinator.follow().text
    assert "100% more" in shown
    assert f"Granted by Omar Haddad on 23 November 2026. {REASON}" in shown
    coordinator.get(f"{place}/accommodation")
    coordinator.submit({"has_no_timer": "y", "reason": "He reads slowly."})
    assert "no time limit" in coordinator.follow().text
    coordinator.submit({}, action="/accommodation/end")
    assert "No extra time or tries have been granted." in coordinator.follow().text
    with app.app_context():
        kept = db.session.scalars(sa.select(Accommodation).order_by(Accommodation.id)).all()
        assert [row.ended_at is not None for row in kept] == [True, True]


def test_a_later_date_is_granted_in_the_zone_of_the_school_and_taken_back(
    app: Flask, coordinator: Visitor, maya: Visitor, place: str, assignment: Assignment
) -> None:
    coordinator.get(f"{place}/extension?assignment={assignment.public_id}")
    early = coordinator.submit({"until": "2026-11-24T10:00", "reason": REASON}, status=422)
    assert "This must be later than the due date of the class." in early.text
    unclear = coordinator.submit({"until": "2027-03-28T01:30", "reason": REASON}, status=422)
    assert "There is no 01:30 on 2027-03-28 in London" in unclear.text
    coordinator.submit({"until_choice": "after"})
    shown = coordinator.follow().text
    assert "due 28 Mar 2027, 02:30 (London) (later than the class)" in shown
    assert REASON in shown
    assert "Due 28 Mar 2027, 01:30 (UTC), which is 28 Mar 2027, 02:30 (London)" in (
        maya.get("/").text
    )
    coordinator.submit({}, action="/extension/end")
    assert "later than the class" not in coordinator.follow().text


def test_an_excuse_is_given_and_taken_back(
    coordinator: Visitor, maya: Visitor, place: str, assignment: Assignment
) -> None:
    coordinator.get(f"{place}/excuse?assignment={assignment.public_id}")
    assert "Say why, in a few words." in coordinator.submit({}, status=422).text
    coordinator.submit({"reason": REASON})
    assert "excused" in coordinator.follow().text
    assert "You are excused from this and do not have to do it." in maya.get("/").text
    coordinator.submit({}, action="/excuse/end")
    assert "excused" not in coordinator.follow().text


def test_an_instructor_reads_the_dates_and_no_reason(
    app: Flask, place: str, assignment: Assignment
) -> None:
    schools.accommodate(app, MAYA, assignment.cohort.school, schools.DOUBLE_TIME)
    schools.extend(app, MAYA, assignment, window_of_days(None, 9).due)
    ravi = accounts.let_in(Visitor(app, "ravi"), RAVI)
    shown = ravi.get(place).text
    assert "later than the class" in shown
    assert REASON not in shown
    assert "more" not in shown.partition("Classes")[2]
    ravi.get(f"{place}/accommodation", status=403)


@pytest.mark.parametrize("kind", ["extension", "excuse"])
def test_an_assignment_of_another_school_is_not_there(
    app: Flask, coordinator: Visitor, place: str, kind: str
) -> None:
    hill = schools.cohort(app, organisations.school(app, "Hill Clinic"), "Hill class")
    schools.enter(app, ZOE, hill)
    foreign = schools.assign(app, hill)
    coordinator.get(f"{place}/{kind}")
    sent = {"assignment": foreign.public_id, "reason": REASON}
    if kind == "extension":
        sent["until"] = "2027-06-01T10:00"
    coordinator.post(f"{place}/{kind}", sent, status=404)
    coordinator.post(f"{place}/{kind}/end", {"assignment": foreign.public_id}, status=404)
    with app.app_context():
        for model in (Extension, Excuse):
            assert db.session.scalars(sa.select(model)).all() == []


def test_more_assignments_and_grants_cost_no_more_queries(
    app: Flask, coordinator: Visitor, place: str, assignment: Assignment
) -> None:
    schools.accommodate(app, MAYA, assignment.cohort.school, schools.DOUBLE_TIME)
    schools.extend(app, MAYA, assignment, window_of_days(None, 9).due)
    coordinator.get(place)
    with asked(app) as few:
        coordinator.get(place)
    other = schools.assign(app, assignment.cohort)
    schools.extend(app, MAYA, other, window_of_days(None, 9).due)
    schools.excuse(app, MAYA, schools.assign(app, assignment.cohort))
    with asked(app) as more:
        coordinator.get(place)
    assert len(few) == len(more)
    assert len(more) <= 15


def test_what_was_canceled_is_granted_to_nobody(
    coordinator: Visitor, place: str, assignment: Assignment
) -> None:
    coordinator.get(f"{place}/excuse?assignment={assignment.public_id}")
    form = coordinator.answer
    coordinator.post(f"/schools/harbour-school/assignments/{assignment.public_id}/cancellation")
    coordinator.answer = form
    refused = coordinator.submit({"reason": REASON}, status=409)
    assert "This assignment was canceled." in refused.text
