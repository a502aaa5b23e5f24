"""What is granted to one learner: by whom, why, and what it changes at the exam."""

from collections.abc import Callable
from datetime import datetime, timedelta
from fractions import Fraction

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError

from cpd.access.permissions import SYSTEM, Scope
from cpd.certificates.models import Certificate
from cpd.courses.models import Enrolment
from cpd.db import db, unit_of_work
from cpd.joints.registry import current_registry
from cpd.kernel import clock as moved
from cpd.organisations import actions as organisation_actions
from cpd.quizzes.attempts.actions import add_own_time
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.exams.eligibility import ExamEligibility, find_exam_eligibility
from cpd.quizzes.grading.models import Result
from cpd.quizzes.grading.replay import compare_results_with_regrading
from cpd.quizzes.rules.attempts import Deadline
from cpd.quizzes.rules.eligibility import NOTHING_GRANTED, Hurdle, StartTerms
from cpd.schools.accommodations import actions, queries
from cpd.schools.accommodations.actions import AssignmentGrant, GrantRefusal
from cpd.schools.accommodations.models import Accommodation, Extension, GrantReason
from cpd.schools.accommodations.rules.granting import Allowance, GrantFault
from cpd.schools.assignments import actions as assignment_actions
from cpd.schools.assignments.models import Assignment
from cpd.schools.assignments.rules.local_times import LocalTime
from cpd.schools.assignments.rules.terms import AssignmentTerms, Purpose
from cpd.schools.assignments.rules.windows import Window
from cpd.schools.cohorts.models import Cohort
from cpd.schools.cohorts.queries import Reach
from tests.factories import accounts, courses, schools
from tests.factories.quizzes import Learner, blank, right
from tests.factories.schools import DOUBLE_TIME, REASON, local, window_of_days
from tests.quizzes import exam_visitor
from tests.quizzes.exam_visitor import count_of
from tests.support.moved_clock import NOW, MovedClock
from tests.support.people import MAYA, RAVI
from tests.support.queries import asked
from tests.support.visitor import Visitor


@pytest.fixture
def timed(app: Flask, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A course whose exam lasts 30 minutes."""
    folder = exam_visitor.pocket(tmp_path_factory.mktemp("courses"), exam_visitor.TIMED)
    return courses.publish(app, folder)


@pytest.fixture
def assignment(app: Flask, evening: Cohort, timed: str) -> Assignment:
    """It is assigned, opens tomorrow, is due in a week and closes in two."""
    return schools.assign(app, evening, window_of_days(1, 7, 14), slug=timed)


def learner(app: Flask, assignment: Assignment) -> Learner:
    """Return maya, who has studied under it."""
    return Learner(app, MAYA, assignment.course.slug, assignment.public_id).study()


def eligibility_of(maya: Learner) -> ExamEligibility:
    with maya.app.app_context():
        return find_exam_eligibility(db.session(), maya.enrolment(), now=moved.now())


def hurdles_of(maya: Learner) -> set[Hurdle]:
    return {obstacle.hurdle for obstacle in eligibility_of(maya).obstacles}


# At the exam


def test_an_exam_opens_and_closes_with_the_assignment(
    app: Flask, evening: Cohort, timed: str, clock: MovedClock
) -> None:
    """To the second: here from 1:30 until 1:30, because the clocks go back in between."""
    shown = datetime.fromisoformat("2027-10-31T01:30")
    first, second = (LocalTime(shown, schools.ZONE, fold) for fold in (0, 1))
    maya = learner(app, schools.assign(app, evening, Window(second, first, second), slug=timed))
    a_second = timedelta(seconds=1)
    for moment, hurdles in (
        (first.instant - a_second, {Hurdle.OPENS_LATER}),
        (first.instant, set()),
        (second.instant - a_second, set()),
        (second.instant, {Hurdle.CLOSED}),
    ):
        clock.set(moment)
        assert hurdles_of(maya) == hurdles


def test_double_time_reaches_exams_assigned_before_and_later(
    app: Flask, assignment: Assignment, clock: MovedClock
) -> None:
    """The closing moves by the 30 minutes that are added, and the attempt keeps the sum."""
    maya = learner(app, assignment)
    schools.accommodate(app, MAYA, assignment.cohort.school, DOUBLE_TIME)
    later = schools.assign(
        app, assignment.cohort, window_of_days(None, 14, 14), slug=assignment.course.slug
    )
    for given in (assignment, later):
        enrolment = Enrolment(subject=subject_of(app), context=given.public_id)
        with app.app_context():
            terms = queries.find_exam_terms(db.session(), enrolment)
        assert terms.multiplier == 2
    clock.advance(days=14, minutes=-10)
    public_id = maya.start()
    with app.app_context():
        attempt = maya.attempt(public_id)
        kept = Deadline.from_json(attempt.deadline_inputs)
        closing = NOW + timedelta(days=14, minutes=30)
        assert kept.multiplier == 2
        assert kept.closes_at == closing
        assert attempt.deadline_at == closing


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_learner_reads_the_arithmetic(
    app: Flask, assignment: Assignment, clock: MovedClock, maya: Visitor
) -> None:
    page = f"/courses/{assignment.course.slug}/for/{assignment.public_id}/exam"
    clock.advance(days=1)
    learner(app, assignment)
    accounts.let_in(maya, MAYA)
    assert "You have 30 minutes. If you start now, you have until" in maya.get(page).text
    schools.accommodate(app, MAYA, assignment.cohort.school, Allowance(Fraction(3, 2)))
    said = "You have 45 minutes: 30, and 15 more that your school granted you."
    assert said in maya.get(page).text
    clock.advance(days=13, minutes=-10)
    accounts.let_in(maya, MAYA)
    assert "That is less time, because the exam closes then." in maya.get(page).text
    schools.accommodate(app, MAYA, assignment.cohort.school, Allowance(has_timer=False))
    assert "Your school lets you work without a time limit." in maya.get(page).text


def subject_of(app: Flask) -> str:
    with app.app_context():
        return accounts.row_of(MAYA).subject


def test_who_has_no_timer_and_more_tries_has_neither_limit(
    app: Flask, evening: Cohort, timed: str
) -> None:
    given = schools.assign(app, evening, slug=timed, terms=AssignmentTerms(max_attempts=1))
    maya = learner(app, given)
    eligible = eligibility_of(maya)
    assert isinstance(eligible.terms, StartTerms)
    assert eligible.terms.attempts_left == 0
    schools.accommodate(app, MAYA, evening.school, Allowance(has_timer=False, extra_attempts=2))
    eligible = eligibility_of(maya)
    assert eligible.policy.time_limit_minutes is None
    assert isinstance(eligible.terms, StartTerms)
    assert eligible.terms.attempts_left == 2
    assert eligible.terms.deadline.ends_at is None


def test_a_later_date_moves_the_closing_of_one_learner(
    app: Flask, assignment: Assignment, clock: MovedClock
) -> None:
    maya = learner(app, assignment)
    schools.extend(app, MAYA, assignment, local(NOW + timedelta(days=20)))
    clock.advance(days=20, seconds=-1)
    assert hurdles_of(maya) == set()
    clock.advance(seconds=1)
    assert hurdles_of(maya) == {Hurdle.CLOSED}


def test_practice_only_has_no_exam(app: Flask, evening: Cohort, timed: str) -> None:
    given = schools.assign(app, evening, slug=timed, terms=AssignmentTerms(Purpose.PRACTICE))
    assert hurdles_of(learner(app, given)) == {Hurdle.PRACTICE_ONLY}


@pytest.mark.parametrize("ends", ["canceled", "left"])
def test_no_exam_starts_after_the_end(app: Flask, assignment: Assignment, ends: str) -> None:
    maya = learner(app, assignment)
    scope = assignment.cohort.school.scope
    with app.app_context():
        subject = accounts.row_of(MAYA).subject
        with unit_of_work() as session:
            if ends == "left":
                organisation_actions.leave_school(session, scope, subject, actor=SYSTEM, now=NOW)
            else:
                assignment_actions.cancel_assignment(
                    session, Reach(scope), assignment.public_id, actor=SYSTEM, now=NOW
                )
        terms = queries.find_exam_terms(db.session(), maya.enrolment())
        assert terms.closes_at == NOW


def test_a_higher_pass_mark_holds_for_the_attempt_that_began_under_it(
    app: Flask, evening: Cohort, timed: str
) -> None:
    """A pass by the course's own mark is none here, and grading it again says the same."""
    given = schools.assign(app, evening, slug=timed, terms=AssignmentTerms(pass_mark=Fraction(1)))
    maya = learner(app, given)
    public_id = maya.start()
    with app.app_context():
        attempt = maya.attempt(public_id)
        assert attempt.raised_pass_mark == "1/1"
        positions = [item.position for item in attempt.items]
    for position in positions:
        maya.answer(public_id, position, blank if position == 1 else right)
    maya.hand_in(public_id)
    with app.app_context():
        result = db.session.scalars(sa.select(Result)).one()
        assert Fraction(result.score_num, result.score_den) >= Fraction(3, 4)
        assert (result.pass_num, result.pass_den, result.passed) == (1, 1, False)
        assert compare_results_with_regrading(db.session()).differences == ()
    assert count_of(app, Certificate) == 0


def test_ones_own_course_asks_nothing(app: Flask, timed: str) -> None:
    maya = Learner(app, MAYA, timed).study()
    with app.app_context():
        enrolment = maya.enrolment()
        with asked(app) as questions:
            assert queries.find_exam_terms(db.session(), enrolment) == NOTHING_GRANTED
    assert list(questions) == []


def test_terms_take_one_query(app: Flask, assignment: Assignment) -> None:
    schools.accommodate(app, MAYA, assignment.cohort.school, DOUBLE_TIME)
    schools.extend(app, MAYA, assignment, local(NOW + timedelta(days=20)))
    enrolment = Enrolment(subject=subject_of(app), context=assignment.public_id)
    with app.app_context(), asked(app) as questions:
        queries.find_exam_terms(db.session(), enrolment)
    assert len(questions) == 1


def test_a_context_without_an_assignment_grants_nothing(app: Flask, harbour: object) -> None:
    with app.app_context():
        enrolment = Enrolment(subject="sub_x", context="asg_absent")
        assert queries.find_exam_terms(db.session(), enrolment) == NOTHING_GRANTED


# Granting


def test_a_new_accommodation_replaces_the_one_before(app: Flask, evening: Cohort) -> None:
    school = evening.school
    schools.accommodate(app, MAYA, school, DOUBLE_TIME)
    schools.accommodate(app, MAYA, school, Allowance(extra_attempts=1))
    with app.app_context():
        session, subject = db.session(), accounts.row_of(MAYA).subject
        present = queries.find_accommodations(session, school.scope, [subject])[subject]
        assert present.allowance == Allowance(extra_attempts=1)
        assert count_of(app, Accommodation) == 2
        reasons = queries.find_grant_reasons(session, school.scope, subject)
        assert list(reasons.values()) == [REASON, REASON]
        hill = Scope.of_school("sch_hill")
        assert queries.find_grant_reasons(session, hill, subject) == {}
        assert queries.find_accommodation(session, hill, subject) is None
        member = schools.membership_of(session, MAYA).public_id
        for _ in range(2):
            with unit_of_work() as writing:
                ended = actions.end_accommodation(
                    writing, school.scope, member, actor=SYSTEM, now=NOW
                )
                assert ended is None
        assert queries.find_accommodation(session, school.scope, subject) is None


def test_extensions_and_excuses_are_granted_changed_and_ended(
    app: Flask, assignment: Assignment
) -> None:
    reach, subject = Reach(assignment.cohort.school.scope), subject_of(app)
    for days in (8, 9):
        schools.extend(app, MAYA, assignment, local(NOW + timedelta(days=days)))
    for _ in range(2):
        schools.excuse(app, MAYA, assignment)
    with app.app_context():
        session = db.session()
        grants = queries.find_grants_of_learner(session, reach, subject)
        assert grants.accommodation is None
        assert [one.until_at for one in grants.extensions] == [NOW + timedelta(days=9)]
        assert [one.assignment.public_id for one in grants.excuses] == [assignment.public_id]
        assert list(queries.find_excuses(session, reach, assignment)) == [subject]
        member = schools.membership_of(session, MAYA).public_id
        for kind in (*AssignmentGrant, *AssignmentGrant):
            with unit_of_work() as writing:
                ended = actions.end_grant(
                    writing, reach, kind, assignment.public_id, member, actor=SYSTEM, now=NOW
                )
                assert ended is None
        assert queries.find_extensions(session, reach, assignment) == {}
        assert queries.find_excuses(session, reach, assignment) == {}


def test_what_was_granted_never_changes(app: Flask, assignment: Assignment) -> None:
    schools.extend(app, MAYA, assignment, local(NOW + timedelta(days=9)))
    for change in (
        sa.update(Extension).values(until_at=NOW),
        sa.update(Extension).values(granted_by="sub_x"),
        sa.delete(Extension),
    ):
        with app.app_context(), pytest.raises(DBAPIError), unit_of_work() as session:
            session.execute(change)


def test_a_reason_goes_with_the_account_and_the_grant_stays(app: Flask) -> None:
    with app.app_context():
        declared = {one.table: one for one in current_registry().personal}
    assert declared[GrantReason.__tablename__].erasing == "delete"
    assert declared[Accommodation.__tablename__].erasing == "keep"
    assert "text" not in Accommodation.__table__.columns


Grant = Callable[[Reach, str, str], object]


def test_what_is_out_of_reach_is_granted_to_nobody(app: Flask, assignment: Assignment) -> None:
    school = assignment.cohort.school
    until = local(NOW + timedelta(days=9))
    with app.app_context():
        session = db.session()
        member, id_ = schools.membership_of(session, MAYA).public_id, assignment.public_id
        outside = Reach(Scope.of_school("sch_hill"))
        for reach, membership, said in (
            (outside, member, GrantRefusal.OUT_OF_REACH),
            (Reach(school.scope, "sub_other"), member, GrantRefusal.OUT_OF_REACH),
            (Reach(school.scope), "mem_absent", GrantRefusal.NOT_A_LEARNER),
        ):
            with unit_of_work() as writing:
                found = {
                    actions.grant_extension(
                        writing, reach, id_, membership, until, REASON, actor=SYSTEM, now=NOW
                    ),
                    actions.excuse_learner(
                        writing, reach, id_, membership, REASON, actor=SYSTEM, now=NOW
                    ),
                    *(
                        actions.end_grant(
                            writing, reach, kind, id_, membership, actor=SYSTEM, now=NOW
                        )
                        for kind in AssignmentGrant
                    ),
                }
                assert found == {said}
        with unit_of_work() as writing:
            for scope, membership in ((outside.scope, member), (school.scope, "mem_absent")):
                assert (
                    actions.grant_accommodation(
                        writing, scope, membership, DOUBLE_TIME, REASON, actor=SYSTEM, now=NOW
                    )
                    == GrantRefusal.NOT_A_LEARNER
                )
                assert (
                    actions.end_accommodation(writing, scope, membership, actor=SYSTEM, now=NOW)
                    == GrantRefusal.NOT_A_LEARNER
                )
            assert count_of(app, GrantReason) == 0


def test_faults_of_grants_are_told(app: Flask, assignment: Assignment) -> None:
    school, id_ = assignment.cohort.school, assignment.public_id
    with app.app_context(), unit_of_work() as session:
        member = schools.membership_of(session, MAYA).public_id
        assert actions.grant_accommodation(
            session, school.scope, member, Allowance(), REASON, actor=SYSTEM, now=NOW
        ) == (GrantFault.NOTHING_GRANTED,)
        reach = Reach(school.scope)
        assert actions.grant_extension(
            session, reach, id_, member, assignment.window.due, REASON, actor=SYSTEM, now=NOW
        ) == (GrantFault.NOT_LATER,)
        assert actions.excuse_learner(session, reach, id_, member, "", actor=SYSTEM, now=NOW) == (
            GrantFault.REASON_MISSING,
        )
        assignment_actions.cancel_assignment(session, reach, id_, actor=SYSTEM, now=NOW)
        assert GrantRefusal.CANCELED is actions.excuse_learner(
            session, reach, id_, member, REASON, actor=SYSTEM, now=NOW
        )


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_time_that_a_learner_adds_is_seen_on_their_page_alone(
    app: Flask, assignment: Assignment, clock: MovedClock, ravi: Visitor
) -> None:
    clock.advance(days=1)
    public_id = learner(app, assignment).start()
    with app.app_context():
        row = db.session.scalars(sa.select(Attempt).where(Attempt.public_id == public_id)).one()
        assert row.deadline_at is not None
        clock.set(row.deadline_at)
        with unit_of_work() as session:
            added = add_own_time(
                session,
                row.id,
                shown_end=row.deadline_at,
                actor=courses.actor_of(MAYA),
                now=row.deadline_at,
            )
        assert isinstance(added, Attempt)
        member = schools.membership_of(db.session(), MAYA).public_id
    accounts.let_in(ravi, RAVI)
    pages = f"/schools/harbour-school/assignments/{assignment.public_id}"
    assert "Added time to try 1 near its end" in ravi.get(f"{pages}/learners/{member}").text
    assert "dded time" not in ravi.get(f"{pages}/gradebook").text
