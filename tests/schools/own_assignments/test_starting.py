"""A learner starts an assigned course: told first what the school sees, and only while open."""

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.access.permissions import SYSTEM
from cpd.courses.models import Enrolment, EnrolmentDisclosure, Visibility
from cpd.courses.queries import find_course_row
from cpd.db import db, unit_of_work
from cpd.kernel import clock as moved
from cpd.organisations.models import SchoolKind
from cpd.schools.assignments import actions
from cpd.schools.assignments.models import Assignment
from cpd.schools.assignments.rules.terms import AssignmentTerms
from cpd.schools.cohorts.models import Cohort
from cpd.schools.cohorts.queries import Reach
from tests.factories import accounts, courses, schools
from tests.factories.quizzes import Learner
from tests.factories.schools import window_of_days
from tests.support.moved_clock import MovedClock
from tests.support.people import MAYA, ZOE
from tests.support.queries import asked
from tests.support.visitor import Visitor

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def assignment(app: Flask, evening: Cohort) -> Assignment:
    """It opens tomorrow and closes in two weeks."""
    courses.publish(app)
    return schools.assign(app, evening, window_of_days(1, 7, 14))


def page_of(assignment: Assignment) -> str:
    return f"/courses/{assignment.course.slug}/for/{assignment.public_id}"


def test_the_start_is_under_the_assignment_and_its_lines_are_kept(
    app: Flask, assignment: Assignment, maya: Visitor, clock: MovedClock
) -> None:
    page = page_of(assignment)
    before = maya.get(page)
    assert "You can start this course when your school opens it" in before.text
    assert not [form for form in before.page.forms if form.action.endswith("/enrolment")]
    clock.advance(days=1)
    accounts.let_in(maya, MAYA)
    told = maya.get(page).text
    assert "Harbour School, to the class Autumn evening class." in told
    assert "Which sections you have finished, and when." in told
    assert "If you take the exam more than once, your school counts the best score." in told
    maya.submit({}, action=f"{page}/enrolment")
    with app.app_context():
        enrolment = db.session.scalars(sa.select(Enrolment)).one()
        assert enrolment.context == assignment.public_id
        kept = db.session.scalars(sa.select(EnrolmentDisclosure)).one().lines
        labels = [line["label"] for line in kept[:4]]
    assert labels == ["Assigned by", "When", "What counts", "What your school sees"]
    assert "Continue" in maya.get(page).text or "Begin" in maya.get(page).text


@on_sqlite
def test_home_shows_both_zones_and_costs_the_same_for_more(
    app: Flask, assignment: Assignment, maya: Visitor, clock: MovedClock
) -> None:
    with app.app_context(), unit_of_work() as session:
        accounts_row = session.merge(accounts.row_of(MAYA))
        accounts_row.time_zone = "America/Chicago"
    home = maya.get("/").text
    assert "From your school" in home
    assert "Look inside" not in home, "what is assigned is not offered to be started beside it"
    assert "No course has been published here yet." not in home
    assert "Opens 24 Nov 2026, 04:00 (Chicago), which is 24 Nov 2026, 10:00 (London)" in home
    clock.advance(days=8)
    accounts.let_in(maya, MAYA)
    late = maya.get("/").text
    assert "It was due 30 Nov 2026, 04:00 (Chicago)" in late
    assert "You can still do it until 7 Dec 2026, 04:00 (Chicago)" in late
    with asked(app) as one:
        maya.get("/")
    for slug in (assignment.course.slug, assignment.course.slug):
        schools.assign(app, assignment.cohort, slug=slug)
    maya.get("/")
    with asked(app) as more:
        maya.get("/")
    assert len(one) == len(more)


@on_sqlite
def test_whoever_opens_the_course_itself_is_led_to_the_assignment(
    app: Flask, assignment: Assignment, maya: Visitor, zoe: Visitor
) -> None:
    alone = f"/courses/{assignment.course.slug}"
    page = maya.get(alone).page
    assert "Harbour School assigned this course to your class Autumn evening class." in page.text
    assert page_of(assignment) in page.links().values()
    assert "Go to the assignment" not in maya.get(page_of(assignment)).text
    assert "Go to the assignment" not in zoe.get(alone).text
    with asked(app) as one:
        maya.get(alone)
    schools.assign(app, assignment.cohort, slug=assignment.course.slug)
    maya.get(alone)
    with asked(app) as two:
        maya.get(alone)
    assert len(one) == len(two)


@on_sqlite
def test_after_closing_nothing_is_started(
    assignment: Assignment, maya: Visitor, clock: MovedClock
) -> None:
    clock.advance(days=14)
    accounts.let_in(maya, MAYA)
    page = page_of(assignment)
    assert "Your school closed this assignment at" in maya.get(page).text
    maya.post(f"{page}/enrolment", {"version": "", "shown": ""}, status=409)


@on_sqlite
def test_a_hidden_course_is_found_by_those_to_whom_it_is_assigned(
    app: Flask, assignment: Assignment, maya: Visitor, zoe: Visitor, clock: MovedClock
) -> None:
    with app.app_context(), unit_of_work() as session:
        course = find_course_row(session, assignment.course.slug)
        assert course is not None
        course.visibility = Visibility.HIDDEN
    clock.advance(days=1)
    accounts.let_in(maya, MAYA)
    page = page_of(assignment)
    maya.get(page)
    maya.submit({}, action=f"{page}/enrolment")
    accounts.let_in(zoe, ZOE)
    absent = zoe.get(f"/courses/{assignment.course.slug}/for/asg_absent", status=404)
    assert zoe.get(page, status=404).bare == absent.bare


@on_sqlite
def test_another_course_is_not_assigned_by_its_address(
    app: Flask, assignment: Assignment, maya: Visitor
) -> None:
    maya.get(f"/courses/another/for/{assignment.public_id}", status=404)
    with app.app_context(), unit_of_work() as session:
        actions.cancel_assignment(
            session,
            Reach(assignment.cohort.school.scope),
            assignment.public_id,
            actor=SYSTEM,
            now=moved.now(),
        )
    maya.get(page_of(assignment), status=404)


@on_sqlite
def test_an_employer_is_said_to_see_less(app: Flask, assignment: Assignment, maya: Visitor) -> None:
    with app.app_context(), unit_of_work() as session:
        session.merge(assignment.cohort.school).kind = SchoolKind.CLINIC
    told = maya.get(page_of(assignment)).text
    assert "Whether you have completed this assignment, or not yet." in told
    assert "Which sections you have finished" not in told
    assert "Answers to practice cases" not in told


@on_sqlite
def test_an_assignment_asks_for_practice_and_says_so_first(
    app: Flask, evening: Cohort, maya: Visitor, ravi: Visitor
) -> None:
    courses.publish(app)
    terms = AssignmentTerms(asks_confidence=True, weak_spot_cases=2)
    page = page_of(made := schools.assign(app, evening, terms=terms))
    told = maya.get(page).text
    assert "Your school asks you to decide 2 practice cases again" in told
    assert "Practice cases ask how sure you are. You do not have to answer" in told
    assert "When you have practiced your weak spots as your school asks." in told
    maya.submit({}, action=f"{page}/enrolment")
    assert "How sure are you?" in maya.get(f"{page}/practice/rosa-stumbles").text
    learner = Learner(app, MAYA, context=made.public_id).study()
    assert "So far you have decided 0." in maya.get(f"{page}/practice").text
    learner.practice("rosa-stumbles")
    learner.practice("rosa-stumbles")
    assert "So far you have decided 1." in maya.get(f"{page}/practice").text
    with app.app_context():
        member = schools.membership_of(db.session(), MAYA).public_id
    work = f"/schools/harbour-school/assignments/{made.public_id}/learners/{member}"
    assert "Practiced weak spots" not in ravi.get(work).text
    learner.practice("quinn-dizzy")
    assert "You have practiced as your school asked: 2 cases." in maya.get(f"{page}/practice").text
    seen = ravi.get(work).text
    assert "Practiced weak spots as assigned: 2 cases" in seen
    assert "How sure" not in seen
    maya.post(f"{page}/confidence", {"ask": "off"}, status=303)
    assert "How sure are you?" not in maya.get(f"{page}/practice/rosa-stumbles?again=1").text


@on_sqlite
def test_otherwise_an_assignment_asks_for_neither(
    app: Flask, evening: Cohort, maya: Visitor
) -> None:
    courses.publish(app)
    page = page_of(made := schools.assign(app, evening))
    assert "how sure" not in maya.get(page).text
    Learner(app, MAYA, context=made.public_id).study()
    practice = maya.get(f"{page}/practice").text
    assert "Your school asks" not in practice
    assert "How sure are you?" not in maya.get(f"{page}/practice/rosa-stumbles?again=1").text
