"""Assignments: told by nobody else, fixed once open, and seen by those who reach the class."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError

from cpd.access.permissions import SYSTEM, Scope
from cpd.courses.models import Visibility
from cpd.courses.queries import find_course_row
from cpd.db import db, unit_of_work
from cpd.organisations import actions as organisation_actions
from cpd.schools.assignments import actions, queries
from cpd.schools.assignments.actions import AssignmentFaults, AssignmentRefusal, NewAssignment
from cpd.schools.assignments.models import Assignment
from cpd.schools.assignments.rules.local_times import LocalTime, TimeChoice, resolve_local_time
from cpd.schools.assignments.rules.terms import (
    AssignmentTerms,
    PracticeVisibility,
    Purpose,
    TermsFault,
)
from cpd.schools.assignments.rules.windows import Window, WindowFault
from cpd.schools.cohorts import actions as cohort_actions
from cpd.schools.cohorts.models import Cohort
from cpd.schools.cohorts.queries import Reach
from tests.factories import accounts, courses, organisations, schools
from tests.factories.schools import wall, window_of_days
from tests.support.moved_clock import NOW, MovedClock
from tests.support.people import MAYA, RAVI, ZOE
from tests.support.queries import asked


@pytest.fixture
def small(app: Flask) -> str:
    """The small course, published."""
    return courses.publish(app)


@pytest.fixture
def assignment(app: Flask, evening: Cohort, small: str) -> Assignment:
    """It is assigned to the class and opens tomorrow."""
    return schools.assign(app, evening, window_of_days(1, 7, 14))


def test_times_are_stored_as_given_and_as_the_instant(
    app: Flask, evening: Cohort, small: str
) -> None:
    opens = resolve_local_time(
        wall("2026-10-26T01:30").wall - timedelta(days=1), "Europe/London", TimeChoice.SECOND
    )
    assert isinstance(opens, LocalTime)
    window = Window(wall("2026-11-20T18:00"), opens, None)
    terms = AssignmentTerms(
        Purpose.EXAM, 2, Fraction(9, 10), practice_visibility=PracticeVisibility.BY_NAME
    )
    made = schools.assign(app, evening, window, terms=terms)
    with app.app_context():
        kept = queries.find_assignment(db.session(), Reach(evening.school.scope), made.public_id)
        assert kept is not None
        assert (kept.window, kept.terms) == (window, terms)
        assert (kept.opens_local, kept.opens_fold) == ("2026-10-25T01:30:00", 1)
        assert kept.opens_at == opens.instant
        assert (kept.closes_local, kept.closes_at) == (None, None)


def test_faults_are_told_all_at_once(app: Flask, evening: Cohort, small: str) -> None:
    with app.app_context(), unit_of_work() as session:
        course = find_course_row(session, small)
        assert course is not None
        new = NewAssignment(
            course.id,
            Window(wall("2026-11-20T18:00"), wall("2026-11-21T18:00")),
            AssignmentTerms(pass_mark=Fraction(1, 2), required_sections=("absent",)),
        )
        said = actions.assign_course(
            session,
            Reach(evening.school.scope),
            evening.public_id,
            new,
            actor=SYSTEM,
            now=NOW,
        )
        assert said == AssignmentFaults(
            (WindowFault.DUE_BEFORE_OPENING,),
            (TermsFault.LOWER_MARK, TermsFault.UNKNOWN_SECTION, TermsFault.SECTION_LEFT_OUT),
        )


def test_only_listed_courses_and_own_ones_are_assigned(
    app: Flask, evening: Cohort, small: str
) -> None:
    reach = Reach(evening.school.scope)
    with app.app_context():
        course = find_course_row(db.session(), small)
        assert course is not None
        id_ = course.id
        assert id_ in queries.find_assignable_courses(db.session(), reach)
        assert queries.find_course_titles(db.session(), [id_]) == {id_: "Massage on a hot day"}
        with unit_of_work() as session:
            session.merge(course).visibility = Visibility.HIDDEN
        assert id_ not in queries.find_assignable_courses(db.session(), reach)
        with unit_of_work() as session:
            new = NewAssignment(id_, window_of_days(None, 7), AssignmentTerms())
            said = actions.assign_course(
                session, reach, evening.public_id, new, actor=SYSTEM, now=NOW
            )
            assert said is AssignmentRefusal.NO_COURSE
            course = find_course_row(session, small)
            assert course is not None
            course.owner = evening.school.public_id
        assert id_ in queries.find_assignable_courses(db.session(), reach)
        hill = Reach(Scope.of_school("sch_hill"))
        assert id_ not in queries.find_assignable_courses(db.session(), hill)


def test_terms_are_fixed_once_it_is_open_and_dates_are_not(
    app: Flask, assignment: Assignment, clock: MovedClock
) -> None:
    reach, window = Reach(assignment.cohort.school.scope), assignment.window
    by_name = AssignmentTerms(practice_visibility=PracticeVisibility.BY_NAME)

    def change(window: Window, terms: AssignmentTerms) -> object:
        with app.app_context(), unit_of_work() as session:
            now = NOW + clock_moved
            return actions.change_assignment(
                session, reach, assignment.public_id, window, terms, actor=SYSTEM, now=now
            )

    clock_moved = timedelta(days=1, seconds=-1)
    assert change(window, by_name) is None
    clock_moved = timedelta(days=1)
    assert change(window, AssignmentTerms()) is AssignmentRefusal.TERMS_FIXED
    later = replace(window, due=schools.local(NOW + timedelta(days=10)))
    assert change(later, by_name) is None
    assert change(later, by_name) is None
    shut_again = replace(later, opens=schools.local(NOW + timedelta(days=1, minutes=1)))
    assert change(shut_again, by_name) is AssignmentRefusal.OPEN_ALREADY, "it could be reworded"
    earlier = replace(later, opens=schools.local(NOW + timedelta(hours=1)))
    assert change(earlier, by_name) is None
    backward = replace(later, closes=schools.local(NOW + timedelta(days=9)))
    assert change(backward, by_name) == AssignmentFaults((WindowFault.CLOSES_BEFORE_DUE,))


def test_what_was_canceled_stays_so(app: Flask, assignment: Assignment) -> None:
    reach, id_ = Reach(assignment.cohort.school.scope), assignment.public_id
    with app.app_context():
        for _ in range(2):
            with unit_of_work() as session:
                said = actions.cancel_assignment(session, reach, id_, actor=SYSTEM, now=NOW)
                assert said is None
        with unit_of_work() as session:
            changed = actions.change_assignment(
                session, reach, id_, assignment.window, assignment.terms, actor=SYSTEM, now=NOW
            )
        assert changed is AssignmentRefusal.CANCELED
        assert queries.find_current_assignments(db.session(), reach) == []
        assert queries.find_own_assignments(db.session(), courses.actor_of(MAYA)) == []
        page = queries.find_assignments_page(db.session(), reach)
        assert page is not None
        assert [row.public_id for row in page.rows] == [id_]


def test_an_archived_class_gets_no_assignment(app: Flask, evening: Cohort, small: str) -> None:
    reach = Reach(evening.school.scope)
    with app.app_context(), unit_of_work() as session:
        course = find_course_row(session, small)
        assert course is not None
        cohort_actions.archive_cohort(session, reach, evening.public_id, actor=SYSTEM, now=NOW)
        new = NewAssignment(course.id, window_of_days(None, 7), AssignmentTerms())
        said = actions.assign_course(session, reach, evening.public_id, new, actor=SYSTEM, now=NOW)
    assert said is AssignmentRefusal.ARCHIVED


def test_it_is_seen_and_changed_by_those_who_reach_its_class(
    app: Flask, assignment: Assignment
) -> None:
    cohort, id_ = assignment.cohort, assignment.public_id
    scope = cohort.school.scope
    other = schools.cohort(app, cohort.school, "Day class")
    with app.app_context():
        session, teacher = db.session(), accounts.row_of(RAVI).subject
        taught = Reach(scope, teacher)
        assert queries.find_assignment(session, taught, id_) is not None
        for page in (
            queries.find_assignments_page(session, taught, cohort=cohort),
            queries.find_assignments_page(session, Reach(scope)),
        ):
            assert page is not None
            assert [row.public_id for row in page.rows] == [id_]
        empty = queries.find_assignments_page(session, Reach(scope), cohort=other)
        assert empty is not None
        assert empty.rows == []
        for out in (Reach(Scope.of_school("sch_hill")), Reach(scope, "sub_other")):
            assert queries.find_assignment(session, out, id_) is None
            assert queries.find_current_assignments(session, out) == []
            assert queries.find_learners_of_assignment(session, out, assignment) == []
            new = NewAssignment(assignment.course_id, assignment.window, assignment.terms)
            with unit_of_work() as writing:
                said = {
                    actions.assign_course(
                        writing, out, cohort.public_id, new, actor=SYSTEM, now=NOW
                    ),
                    actions.change_assignment(
                        writing, out, id_, new.window, new.terms, actor=SYSTEM, now=NOW
                    ),
                    actions.cancel_assignment(writing, out, id_, actor=SYSTEM, now=NOW),
                }
            assert said == {AssignmentRefusal.OUT_OF_REACH}


def test_learners_come_with_what_they_do_under_it_alone(app: Flask, assignment: Assignment) -> None:
    cohort = assignment.cohort
    schools.enter(app, ZOE, cohort)
    courses.enrol(app, ZOE)
    courses.enrol(app, MAYA, context=assignment.public_id)
    reach = Reach(cohort.school.scope)
    with app.app_context():
        session = db.session()
        found = queries.find_learners_of_assignment(session, reach, assignment)
        begun = {one.membership.subject: one.enrolment for one in found}
        maya, zoe = accounts.row_of(MAYA).subject, accounts.row_of(ZOE).subject
        assert list(begun) == [maya, zoe]
        assert begun[zoe] is None
        assert getattr(begun[maya], "context", None) == assignment.public_id
        one = queries.find_learner_of_assignment(
            session, reach, assignment, schools.membership_of(session, ZOE).public_id
        )
        assert one is not None
        assert one.membership.subject == zoe
        assert queries.find_learner_of_assignment(session, reach, assignment, "mem_x") is None


def test_more_learners_cost_no_more_queries(app: Flask, assignment: Assignment) -> None:
    reach = Reach(assignment.cohort.school.scope)

    def read() -> int:
        with app.app_context(), asked(app) as questions:
            queries.find_learners_of_assignment(db.session(), reach, assignment)
        return len(questions)

    courses.enrol(app, MAYA, context=assignment.public_id)
    one = read()
    schools.enter(app, ZOE, assignment.cohort)
    courses.enrol(app, ZOE, context=assignment.public_id)
    assert read() == one == 1


def test_a_learner_finds_what_is_assigned_to_them_in_any_school(
    app: Flask, assignment: Assignment
) -> None:
    hill = schools.cohort(app, organisations.school(app, "Hill Clinic"), "Staff")
    schools.enter(app, MAYA, hill)
    sooner = schools.assign(app, hill, window_of_days(None, 3))
    with app.app_context():
        session, maya = db.session(), courses.actor_of(MAYA)
        found = queries.find_own_assignments(session, maya)
        assert [one.public_id for one in found] == [sooner.public_id, assignment.public_id]
        assert [one.cohort.school.name for one in found] == ["Hill Clinic", "Harbour School"]
        assert queries.find_own_assignment(session, maya, sooner.public_id) is not None
        zoe = courses.actor_of(ZOE)
        assert queries.find_own_assignment(session, zoe, sooner.public_id) is None
        with unit_of_work() as writing:
            organisation_actions.leave_school(
                writing, hill.school.scope, maya.subject, actor=SYSTEM, now=NOW
            )
        assert queries.find_own_assignment(session, maya, sooner.public_id) is None


def test_the_database_refuses_dates_in_no_order(app: Flask, assignment: Assignment) -> None:
    turned = sa.update(Assignment).values(closes_at=NOW)
    with app.app_context(), pytest.raises(IntegrityError), unit_of_work() as session:
        session.execute(turned)
