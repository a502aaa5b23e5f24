"""The pages of assignments: the dates and what clocks ask about them, the terms, and copies."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.db import db, unit_of_work
from cpd.organisations.models import SchoolKind
from cpd.schools.assignments.models import Assignment
from cpd.schools.assignments.rules.terms import (
    AssignmentTerms,
    PracticeVisibility,
    Purpose,
    ScorePolicy,
)
from cpd.schools.assignments.rules.windows import Window
from cpd.schools.cohorts.models import Cohort
from tests.factories import accounts, courses, organisations, schools
from tests.factories.courses import SLUG
from tests.factories.schools import wall, window_of_days
from tests.support.moved_clock import NOW, MovedClock
from tests.support.people import MAYA, OMAR, ZOE
from tests.support.queries import asked
from tests.support.visitor import Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
SCHOOL = "/schools/harbour-school"
ASSIGNMENTS = f"{SCHOOL}/assignments"
MISSING = "2027-03-28T01:30"
TWICE = "2027-10-31T01:30"


@pytest.fixture(autouse=True)
def course(app: Flask) -> None:
    courses.publish(app)


def form_for(cohort: Cohort) -> str:
    return f"{ASSIGNMENTS}/new?course={SLUG}&class={cohort.public_id}"


def page_of(assignment: Assignment) -> str:
    return f"{ASSIGNMENTS}/{assignment.public_id}"


def stored(app: Flask) -> list[Assignment]:
    with app.app_context():
        found = db.session.scalars(sa.select(Assignment).order_by(Assignment.id)).all()
        db.session.expunge_all()
        return list(found)


def test_a_time_that_does_not_occur_is_asked_about_and_then_stored(
    app: Flask, evening: Cohort, coordinator: Visitor
) -> None:
    coordinator.get(f"{ASSIGNMENTS}/new")
    coordinator.submit({"course": SLUG, "class": evening.public_id}, status=200)
    told = coordinator.submit({"due": MISSING, "closes": TWICE}, status=422)
    assert "There is no 01:30 on 2027-03-28 in London, because the clocks go forward" in told.text
    assert "There are two times 01:30 on 2027-10-31 in London, because the clocks go" in told.text
    assert stored(app) == []
    still = coordinator.submit({"due_choice": "after"}, status=422)
    assert "There is no 01:30" not in still.text
    coordinator.submit({"due_choice": "after", "closes_choice": "second"})
    page = coordinator.follow()
    assert "28 Mar 2027, 02:30 (London)" in page.text
    (made,) = stored(app)
    assert (made.due_local, made.closes_local, made.closes_fold) == (
        "2027-03-28T02:30:00", "2027-10-31T01:30:00", 1,
    )  # fmt: skip
    assert (made.purpose, made.score_policy) == (Purpose.EXAM, ScorePolicy.BEST)
    assert made.practice_visibility is PracticeVisibility.BY_CLASS
    assert made.required_sections is None


@pytest.mark.parametrize(
    ("filled", "said"),
    [
        ({"due": ""}, "Enter the date and the time."),
        ({"due": "2027-02-30T10:00"}, "There is no such date or time."),
        ({"due": "1789-07-14T10:00"}, "Choose a year from 2000 to 2099."),
        ({"opens": "2027-06-02T10:00"}, "This must be later than the opening date."),
        ({"closes": "2027-05-01T10:00"}, "It cannot close before it is due."),
        ({"pass_percent": "10"}, "The course requires more."),
        ({"max_attempts": "0"}, "Enter a number from 1 to 100."),
        (
            {"sections": "noticing"},
            "For credit, all sections that the course requires must be read.",
        ),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(
    app: Flask, evening: Cohort, coordinator: Visitor, filled: dict[str, object], said: str
) -> None:
    coordinator.get(form_for(evening))
    answers: dict[str, object] = {"due": "2027-06-01T18:00", **filled}
    assert said in coordinator.submit(answers, status=422).text
    assert stored(app) == []


def test_terms_are_changed_only_before_it_opens(
    app: Flask, evening: Cohort, coordinator: Visitor, clock: MovedClock
) -> None:
    made = schools.assign(app, evening, window_of_days(1, 7, 14))
    coordinator.get(f"{page_of(made)}/settings")
    coordinator.submit({"pass_percent": "90", "practice_visibility": "by-name"}, action="/settings")
    page = coordinator.follow().text
    assert "90%" in page
    assert "You see each person’s answers, with names" in page
    clock.advance(days=2)
    accounts.let_in(coordinator, OMAR)
    form = coordinator.get(f"{page_of(made)}/settings")
    assert "only its dates can be changed" in form.text
    assert "pass_percent" not in form.page.forms[0].names
    coordinator.submit({"closes": ""}, action="/settings")
    assert "never; late work is always accepted" in coordinator.follow().text
    coordinator.get(f"{page_of(made)}/settings")
    opens = schools.local(NOW + timedelta(days=3)).wall.isoformat(timespec="minutes")
    refused = coordinator.submit({"opens": opens}, action="/settings", status=409)
    assert "its opening date cannot be moved into the future." in refused.text
    (kept,) = stored(app)
    assert kept.practice_visibility is PracticeVisibility.BY_NAME


def test_terms_that_were_filled_in_before_it_opened_are_refused_then(
    app: Flask, evening: Cohort, coordinator: Visitor, clock: MovedClock
) -> None:
    made = schools.assign(app, evening, window_of_days(1, 7, 14))
    coordinator.get(f"{page_of(made)}/settings")
    form = coordinator.answer
    clock.advance(days=2)
    accounts.let_in(coordinator, OMAR)
    coordinator.answer = form
    refused = coordinator.submit({"pass_percent": "95"}, action="/settings", status=409)
    assert "This assignment has opened, so only its dates can be changed." in refused.text
    assert [row.terms for row in stored(app)] == [AssignmentTerms()]


def test_an_employer_is_not_asked_about_practice(
    app: Flask, evening: Cohort, coordinator: Visitor
) -> None:
    with app.app_context(), unit_of_work() as session:
        session.merge(evening.school).kind = SchoolKind.CLINIC
    form = coordinator.get(form_for(evening))
    assert "practice_visibility" not in form.page.forms[0].names


def test_a_copy_has_shifted_dates_and_asks_where_the_clocks_change(
    app: Flask, evening: Cohort, coordinator: Visitor
) -> None:
    made = schools.assign(app, evening, Window(wall("2027-03-21T01:30")))
    other = schools.cohort(app, evening.school, "Morning class")
    coordinator.get(f"{page_of(made)}/copy")
    asked_for = coordinator.submit({"class_id": other.public_id, "days": "7"}, status=422)
    assert "There is no 01:30 on 2027-03-28 in London" in asked_for.text
    coordinator.submit({"due_choice": "before"})
    assert "28 Mar 2027, 00:30 (London)" in coordinator.follow().text
    assert [row.cohort_id for row in stored(app)] == [evening.id, other.id]


def test_a_class_of_another_school_is_not_there(
    app: Flask, evening: Cohort, coordinator: Visitor
) -> None:
    hill = schools.cohort(app, organisations.school(app, "Hill Clinic"), "Hill class")
    made = schools.assign(app, evening)
    coordinator.get(form_for(evening))
    sent = {"course": SLUG, "class_id": hill.public_id, "due": "2027-06-01T18:00"}
    coordinator.post(f"{ASSIGNMENTS}/new", sent, status=404)
    coordinator.post(f"{page_of(made)}/copy", {"class_id": hill.public_id, "days": "7"}, status=404)
    assert len(stored(app)) == 1


def test_a_canceled_one_says_so_and_is_not_on_the_home_page(
    app: Flask, evening: Cohort, coordinator: Visitor, maya: Visitor
) -> None:
    made = schools.assign(app, evening)
    assert "From your school" in maya.get("/").text
    coordinator.get(f"{page_of(made)}/settings")
    coordinator.submit({}, action="/cancellation")
    assert "Canceled on" in coordinator.follow().text
    coordinator.get(f"{page_of(made)}/settings")
    refused = coordinator.submit({"due": "2027-06-01T18:00"}, action="/settings", status=409)
    assert "This assignment was canceled." in refused.text
    assert "From your school" not in maya.get("/").text


# The queue


def test_the_queue_names_who_is_late_and_nobody_who_has_a_reason(
    app: Flask, evening: Cohort, coordinator: Visitor, clock: MovedClock
) -> None:
    assert "Nothing is assigned yet." in coordinator.get(SCHOOL).text
    made = schools.assign(app, evening, window_of_days(None, 1))
    schools.enter(app, ZOE, evening)
    assert "Nobody is late." in coordinator.get(SCHOOL).text
    clock.advance(days=2)
    accounts.let_in(coordinator, OMAR)
    late = coordinator.get(SCHOOL).text
    assert "0 of 2 have passed" in late
    assert late.count("Not started") == 2
    schools.extend(app, ZOE, made, window_of_days(None, 5).due)
    late = coordinator.get(SCHOOL).text
    assert MAYA.full_name in late
    assert ZOE.full_name not in late
    schools.excuse(app, MAYA, made)
    assert "Nobody is late." in coordinator.get(SCHOOL).text
    clock.advance(days=40)
    accounts.let_in(coordinator, OMAR)
    assert "Nothing is assigned yet." in coordinator.get(SCHOOL).text


def test_an_employer_reads_completed_or_not_yet_alone(
    app: Flask, evening: Cohort, coordinator: Visitor, clock: MovedClock
) -> None:
    with app.app_context(), unit_of_work() as session:
        session.merge(evening.school).kind = SchoolKind.CLINIC
    schools.assign(app, evening, window_of_days(None, 1))
    clock.advance(days=2)
    accounts.let_in(coordinator, OMAR)
    late = coordinator.get(SCHOOL).text
    assert "Not completed yet" in late
    assert "Not started" not in late


def test_more_people_and_assignments_cost_no_more_queries(
    app: Flask, evening: Cohort, coordinator: Visitor, clock: MovedClock
) -> None:
    schools.assign(app, evening, window_of_days(None, 1))
    clock.advance(days=2)
    accounts.let_in(coordinator, OMAR)
    counts = []
    for _ in range(2):
        coordinator.get(SCHOOL)
        with asked(app) as home:
            coordinator.get(SCHOOL)
        with asked(app) as listed:
            coordinator.get(ASSIGNMENTS)
        counts.append((len(home), len(listed)))
        schools.enter(app, ZOE, evening)
        schools.assign(app, evening, window_of_days(None, -1))
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 12
