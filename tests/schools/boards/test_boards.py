"""The boards of a school: how far a class is, and which safety topics need practice."""

import json

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.access.permissions import SYSTEM, Role
from cpd.db import db, unit_of_work
from cpd.kernel import clock as kernel_clock
from cpd.organisations.models import School
from cpd.quizzes.grading.models import Result
from cpd.quizzes.practice import actions as practice_actions
from cpd.quizzes.practice import cases
from cpd.schools.assignments.models import Assignment
from cpd.schools.assignments.rules.terms import AssignmentTerms, PracticeVisibility
from cpd.schools.boards.rules.topics import FEWEST_WITHOUT_NAMES
from cpd.schools.cohorts import actions as grouping
from cpd.schools.cohorts.models import Cohort
from cpd.schools.cohorts.queries import Reach
from tests.factories import accounts, courses, organisations, schools
from tests.factories.quizzes import Learner, critical
from tests.support.people import ADA, INES, MAYA, OMAR, RAVI, ZOE, Person
from tests.support.queries import asked
from tests.support.visitor import Visitor

PAGE = "/schools/harbour-school"
TOPICS = f"{PAGE}/topics"
on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
WORDS_NOT_SHOWN = ("critical", "unsafe")
NEEDS_PRACTICE = 'aria-label="needs practice'


@pytest.fixture
def assignment(app: Flask, evening: Cohort) -> Assignment:
    """Assigned to the class of maya and zoe; omar looks after the school."""
    courses.publish(app)
    schools.enter(app, ZOE, evening)
    return schools.assign(app, evening)


@pytest.fixture
def coordinator(app: Flask, harbour: School, omar: Visitor) -> Visitor:
    organisations.grant(app, OMAR, Role.SCHOOL_ADMIN, harbour)
    return accounts.let_in(omar, OMAR)


def row_of(html: str, named: Person) -> str:
    """Return the row of somebody in a table of a class."""
    return html.partition(f">{named.full_name}</a></th>")[2].partition("</tr>")[0]


def take_exam(app: Flask, named: Person, context: str, *, is_harmful: bool) -> None:
    """Study and hand in an exam; with harmful choices, or without any."""
    learner = Learner(app, named, context=context)
    if is_harmful:
        learner.fail_critically()
    else:
        learner.pass_exam()


def practice_harmfully(app: Flask, named: Person, context: str) -> None:
    """Answer the first step of every practice case that can be answered harmfully."""
    courses.enrol(app, named, context=context)
    learner = Learner(app, named, context=context)
    with app.app_context():
        enrolment = learner.enrolment()
        for case in cases.find_practice_cases(db.session(), None, enrolment.course_revision_id):
            answer = critical(case.key.steps[0])
            if answer is not None:
                with unit_of_work() as session:
                    practice_actions.save_practice_answer(
                        session, enrolment, case, answer, now=kernel_clock.now()
                    )


def test_first_choices_in_the_exam_lead_to_who_needs_practice_and_what_was_decided(
    app: Flask, assignment: Assignment, coordinator: Visitor
) -> None:
    take_exam(app, MAYA, assignment.public_id, is_harmful=True)
    take_exam(app, ZOE, assignment.public_id, is_harmful=False)
    queue = coordinator.get(PAGE)
    assert "Who needs practice" in queue.text
    matrix = coordinator.get(TOPICS)
    links = [link for link in matrix.page.links().values() if "/topics/" in link]
    assert links
    assert "unread" not in matrix.text.partition("stronger color")[0], "she had finished them"
    people = coordinator.get(links[0])
    assert MAYA.full_name in people.text
    assert ZOE.full_name not in people.text
    assert "Decided:" in people.text
    assert "had been finished" in people.text
    by_person = coordinator.get(f"{PAGE}/classes/{assignment.cohort.public_id}/topics")
    row_of_maya, row_of_zoe = (row_of(by_person.html, it) for it in (MAYA, ZOE))
    assert NEEDS_PRACTICE in row_of_maya
    assert NEEDS_PRACTICE not in row_of_zoe
    assert "Decided:" in coordinator.get(by_person.page.links()[MAYA.full_name]).text
    report = coordinator.get(f"{PAGE}/assignments/{assignment.public_id}/report")
    assert MAYA.full_name in report.text
    for page in (queue, matrix, people, by_person, report):
        assert not [word for word in WORDS_NOT_SHOWN if word in page.text.lower()]


@on_sqlite
def test_the_learner_sees_the_same(app: Flask, assignment: Assignment, maya: Visitor) -> None:
    take_exam(app, MAYA, assignment.public_id, is_harmful=True)
    accounts.let_in(maya, MAYA)
    address = f"/schools/assigned/{assignment.public_id}/seen"
    assert address in maya.get(f"/courses/{courses.SLUG}/for/{assignment.public_id}").html
    own = maya.get(address).text
    assert "Tries at the exam" in own
    assert "Decided:" in own
    assert "without names" in own
    scope = assignment.cohort.school.scope
    with app.app_context():
        subject = accounts.row_of(MAYA).subject
        with unit_of_work() as session:
            grouping.remove_learner(
                session,
                Reach(scope),
                assignment.cohort.public_id,
                subject,
                actor=SYSTEM,
                now=kernel_clock.now(),
            )
    assert "no longer in this class" in maya.get(address).text


@on_sqlite
def test_what_was_done_for_oneself_is_on_no_board(
    app: Flask, assignment: Assignment, coordinator: Visitor
) -> None:
    take_exam(app, MAYA, "self", is_harmful=True)
    assert "Nobody has taken the exam yet." in coordinator.get(TOPICS).text
    assert (
        "Nobody has answered a practice case yet."
        in coordinator.get(f"{TOPICS}?answers=practice").text
    )


def test_practice_is_shown_for_five_people_and_not_by_name(
    app: Flask, assignment: Assignment, evening: Cohort, coordinator: Visitor
) -> None:
    people = (MAYA, ZOE, ADA, INES, OMAR)
    assert len(people) == FEWEST_WITHOUT_NAMES
    for named in people[:-1]:
        schools.enter(app, named, evening)
        practice_harmfully(app, named, assignment.public_id)
    page, of_class = f"{TOPICS}?answers=practice", f"{PAGE}/classes/{evening.public_id}/topics"
    few = coordinator.get(page)
    assert "under 5" in few.text
    assert "4 of 4" not in few.text
    topic = f"{of_class}/heat-stroke?answers=practice"
    assert "Fewer than five people" in coordinator.get(topic).text
    schools.enter(app, people[-1], evening)
    practice_harmfully(app, people[-1], assignment.public_id)
    enough = coordinator.get(page)
    assert "under 5" not in enough.text
    assert "of 5" in enough.text
    assert "5 unread" in enough.text
    together = coordinator.get(topic)
    assert "5 of 5 people need practice" in together.text
    assert "5 of them had not finished the section" in together.text
    assert "5 times" in together.text
    by_person = coordinator.get(f"{of_class}?answers=practice")
    assert "no first answers to show" in by_person.text
    for shown in (enough, together, by_person, coordinator.get(by_name_of(app, MAYA))):
        assert "In practice on" not in shown.text
        assert NEEDS_PRACTICE not in shown.html
    for shown in (enough, together):
        assert MAYA.full_name not in shown.text


def by_name_of(app: Flask, named: Person) -> str:
    """Return the address of somebody's page in the school."""
    with app.app_context():
        return f"{PAGE}/people/{schools.membership_of(db.session(), named).public_id}"


@on_sqlite
def test_practice_is_shown_by_name_where_they_were_told_before(
    app: Flask, assignment: Assignment, evening: Cohort, coordinator: Visitor, maya: Visitor
) -> None:
    """The other assignment of the same course to the same class stays without names."""
    by_name = AssignmentTerms(practice_visibility=PracticeVisibility.BY_NAME)
    named = schools.assign(app, evening, terms=by_name)
    accounts.let_in(maya, MAYA)
    told = "Your first answers to practice cases, with your name."
    assert told in maya.get(f"/courses/{courses.SLUG}/for/{named.public_id}").text
    assert told not in maya.get(f"/courses/{courses.SLUG}/for/{assignment.public_id}").text
    practice_harmfully(app, MAYA, named.public_id)
    practice_harmfully(app, ZOE, assignment.public_id)
    of_class = f"{PAGE}/classes/{evening.public_id}/topics"
    by_person = coordinator.get(f"{of_class}?answers=practice").html
    assert NEEDS_PRACTICE in row_of(by_person, MAYA)
    assert NEEDS_PRACTICE not in row_of(by_person, ZOE)
    topic = coordinator.get(f"{of_class}/heat-stroke?answers=practice").text
    assert "Fewer than five people" in topic
    assert MAYA.full_name in topic
    assert ZOE.full_name not in topic
    assert "In practice on" in coordinator.get(by_name_of(app, MAYA)).text
    assert "In practice on" not in coordinator.get(by_name_of(app, ZOE)).text
    assert "In practice on" in maya.get(f"/schools/assigned/{named.public_id}/seen").text


@on_sqlite
def test_a_missed_answer_is_not_told_as_chosen(
    app: Flask, assignment: Assignment, coordinator: Visitor
) -> None:
    """What was left out would be right, and the case may come up again."""
    take_exam(app, MAYA, assignment.public_id, is_harmful=True)
    with app.app_context(), unit_of_work() as session:
        result = session.scalars(sa.select(Result)).one()
        detail = json.loads(json.dumps(result.detail))
        for case in detail["cases"]:
            for breach in case["breaches"]:
                breach["option"] = "left-out"
        result.detail = detail
    links = coordinator.get(TOPICS).page.links().values()
    people = coordinator.get(next(link for link in links if "/topics/" in link))
    assert "Decided:" in people.text


@on_sqlite
def test_an_instructor_sees_only_their_own_classes(
    app: Flask, harbour: School, assignment: Assignment, ravi: Visitor
) -> None:
    other = schools.cohort(app, harbour, "Weekend class")
    schools.enter(app, MAYA, other)
    given = schools.assign(app, other)
    take_exam(app, MAYA, given.public_id, is_harmful=True)
    accounts.let_in(ravi, RAVI)
    assert "Nobody has taken the exam yet." in ravi.get(TOPICS).text
    ravi.get(f"{PAGE}/assignments/{given.public_id}/report", status=404)
    ravi.get(f"{PAGE}/classes/{other.public_id}/topics/heat-stroke", status=404)


def test_more_people_and_answers_cost_no_more_queries(
    app: Flask, assignment: Assignment, coordinator: Visitor
) -> None:
    pages = (
        TOPICS,
        f"{TOPICS}?answers=practice",
        f"{PAGE}/assignments/{assignment.public_id}/report",
        f"{PAGE}/classes/{assignment.cohort.public_id}/topics/heat-stroke",
        f"{PAGE}/classes/{assignment.cohort.public_id}/topics/heat-stroke?answers=practice",
        f"{PAGE}/classes/{assignment.cohort.public_id}/topics",
        f"{PAGE}/classes/{assignment.cohort.public_id}/topics?view=all&answers=practice",
        by_name_of(app, MAYA),
    )

    def count_queries() -> list[int]:
        counts = []
        for page in pages:
            coordinator.get(page)
            with asked(app) as queries:
                coordinator.get(page)
            counts.append(len(queries))
        return counts

    practice_harmfully(app, MAYA, assignment.public_id)
    take_exam(app, MAYA, assignment.public_id, is_harmful=True)
    few = count_queries()
    practice_harmfully(app, ZOE, assignment.public_id)
    take_exam(app, ZOE, assignment.public_id, is_harmful=True)
    assert count_queries() == few
    assert max(few[:-1]) <= 8, few
