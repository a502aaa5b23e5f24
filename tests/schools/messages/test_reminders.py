"""Reminders and digests: each once, to those whom they concern, while they are true."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from cpd.access.permissions import SYSTEM, Role
from cpd.accounts.people import actions as people
from cpd.db import db, unit_of_work
from cpd.jobs import worker
from cpd.jobs.models import OutboxItem
from cpd.kernel import clock as kernel_clock
from cpd.organisations import actions as organisation_actions
from cpd.schools.assignments import actions as assigning
from cpd.schools.assignments.models import Assignment
from cpd.schools.assignments.rules.terms import AssignmentTerms, Purpose
from cpd.schools.cohorts import actions as grouping
from cpd.schools.cohorts.queries import Reach
from cpd.schools.messages import queries
from cpd.schools.messages.rules.timing import MessageTopic
from tests.factories import accounts, courses, organisations, schools
from tests.factories.courses import SLUG
from tests.factories.schools import local, window_of_days
from tests.schools.messages.conftest import Collect
from tests.support.moved_clock import NOW, MovedClock
from tests.support.people import MAYA, OMAR, RAVI, ZOE
from tests.support.post import PostOffice
from tests.support.queries import asked

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
TITLE = "Massage on a hot day"


def change(app: Flask, assignment: Assignment, days: int) -> None:
    """Let it be due so many days after the beginning of the test."""
    with app.app_context(), unit_of_work() as session:
        said = assigning.change_assignment(
            session,
            Reach(assignment.cohort.school.scope),
            assignment.public_id,
            replace(assignment.window, due=local(NOW + timedelta(days=days))),
            assignment.terms,
            actor=SYSTEM,
            now=kernel_clock.now(),
        )
        assert said is None


def cancel(app: Flask, assignment: Assignment) -> None:
    with app.app_context(), unit_of_work() as session:
        reach = Reach(assignment.cohort.school.scope)
        assigning.cancel_assignment(
            session, reach, assignment.public_id, actor=SYSTEM, now=kernel_clock.now()
        )


def leave(app: Flask, assignment: Assignment) -> None:
    """Let maya be removed from the school."""
    with app.app_context():
        subject = accounts.row_of(MAYA).subject
        with unit_of_work() as session:
            organisation_actions.leave_school(
                session, assignment.cohort.school.scope, subject, actor=SYSTEM,
                now=kernel_clock.now(),
            )  # fmt: skip


def disable(app: Flask, _assignment: Assignment) -> None:
    with app.app_context():
        person_id = accounts.row_of(MAYA).id
        with unit_of_work() as session:
            people.disable_person(session, person_id, actor=SYSTEM, now=kernel_clock.now())


def archive(app: Flask, assignment: Assignment) -> None:
    with app.app_context(), unit_of_work() as session:
        cohort = assignment.cohort
        grouping.archive_cohort(
            session, Reach(cohort.school.scope), cohort.public_id, actor=SYSTEM,
            now=kernel_clock.now(),
        )  # fmt: skip


def excuse(app: Flask, assignment: Assignment) -> None:
    schools.excuse(app, MAYA, assignment)


def stop(app: Flask, _assignment: Assignment) -> None:
    schools.stop(app, MAYA, MessageTopic.REMINDERS)


def test_both_reminders_come_once_by_the_clock_of_the_reader(
    assignment: Assignment, wait: Collect, clock: MovedClock
) -> None:
    """It is due on Monday at 10:00 in London, which is 04:00 in Chicago."""
    soon, late = wait(10)
    assert soon.to == late.to == [MAYA.email]
    assert soon.subject == f"Due on 30 Nov 2026, 04:00 (Chicago): {TITLE}"
    assert str(soon.message["Date"]) == "Sat, 28 Nov 2026 16:00:00 +0000"
    assert "Harbour School assigned “Massage on a hot day” to your class" in soon.text
    assert f"/courses/{SLUG}/for/{assignment.public_id}" in soon.text
    assert late.subject == f"This was due: {TITLE}"
    assert str(late.message["Date"]) == "Tue, 01 Dec 2026 16:00:00 +0000"
    assert "You can still do it, but it will count as late." in late.text
    assert late.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert str(late.message["List-Unsubscribe"]).startswith("<http://localhost/schools/emails/")


@on_sqlite
@pytest.mark.parametrize("act", [cancel, leave, disable, archive, excuse, stop])
def test_whom_it_no_longer_concerns_gets_none_even_if_it_waits_for_the_mail_server(
    app: Flask,
    assignment: Assignment,
    clock: MovedClock,
    post: PostOffice,
    act: Callable[[Flask, Assignment], None],
) -> None:
    clock.advance(days=5, hours=6)
    post.answers["RCPT"] = ["451 later"]
    assert post.collect(app) == []
    assert post.answers["RCPT"] == [], "the server was asked"
    act(app, assignment)
    clock.advance(hours=1)
    assert [it for it in post.collect(app) if it.to == [MAYA.email]] == []
    with app.app_context():
        assert queries.find_open_tasks(db.session(), now=clock.now()) == []


@on_sqlite
def test_control_what_waits_is_sent_otherwise(
    app: Flask, assignment: Assignment, clock: MovedClock, post: PostOffice
) -> None:
    clock.advance(days=5, hours=6)
    post.answers["RCPT"] = ["451 later"]
    post.collect(app)
    clock.advance(hours=1)
    assert [MAYA.email] in [it.to for it in post.collect(app)]


@on_sqlite
def test_who_has_done_it_is_not_reminded(
    app: Flask, assignment: Assignment, wait: Collect, clock: MovedClock
) -> None:
    """Where there is no exam, whoever has begun counts as on time."""
    terms = AssignmentTerms(Purpose.PRACTICE)
    other = schools.assign(app, assignment.cohort, window_of_days(None, 7), terms=terms)
    cancel(app, assignment)
    courses.enrol(app, MAYA, context=other.public_id)
    assert wait(10) == []


@on_sqlite
def test_a_moved_date_moves_the_reminders(
    app: Flask, assignment: Assignment, wait: Collect
) -> None:
    change(app, assignment, 14)
    assert wait(10) == []
    assert len(wait(6)) == 2


@on_sqlite
def test_a_date_that_is_moved_after_the_reminder_brings_one_more_of_each(
    app: Flask, assignment: Assignment, wait: Collect
) -> None:
    assert len(wait(6)) == 1
    change(app, assignment, 14)
    soon, late = wait(11)
    assert "7 Dec 2026, 04:00 (Chicago)" in soon.subject
    assert "It was due on 7 Dec 2026" in late.text


@on_sqlite
def test_a_later_date_of_one_person_moves_only_theirs(
    app: Flask, assignment: Assignment, wait: Collect
) -> None:
    schools.enter(app, ZOE, assignment.cohort)
    schools.extend(app, MAYA, assignment, window_of_days(None, 14).due)
    assert [it.to for it in wait(10)] == [[ZOE.email]] * 2
    assert [it.to for it in wait(6)] == [[MAYA.email]] * 2


@on_sqlite
def test_what_has_closed_says_whom_to_ask(
    app: Flask, assignment: Assignment, wait: Collect
) -> None:
    cancel(app, assignment)
    schools.assign(app, assignment.cohort, window_of_days(None, 7, 7))
    late = wait(10)[-1]
    assert "It closed on 30 Nov 2026, 04:00 (Chicago). If you need more time" in late.text


@on_sqlite
def test_an_instructor_gets_one_digest_a_week_without_names(
    app: Flask, assignment: Assignment, wait: Collect, clock: MovedClock
) -> None:
    """It is Monday morning; ravi lives in Chicago, where it is four o’clock."""
    first, second = wait(9, RAVI)
    assert first.subject == "Your classes at Harbour School this week"
    assert str(first.message["Date"]) == "Mon, 23 Nov 2026 16:00:00 +0000"
    assert "0 of 1 have passed." in first.text
    assert "late" not in first.text.partition("who is late")[0].partition("stand:")[2]
    assert "One person is late." in second.text
    assert MAYA.full_name not in first.text + second.text


@on_sqlite
def test_who_no_longer_teaches_gets_no_digest(
    app: Flask, assignment: Assignment, wait: Collect
) -> None:
    """Neither by the class nor by the role, and nobody who only looks after the school."""
    cohort = assignment.cohort
    schools.teach(app, OMAR, cohort)
    organisations.grant(app, ZOE, Role.SCHOOL_ADMIN, cohort.school)
    with app.app_context():
        ravi, omar = accounts.row_of(RAVI), accounts.row_of(OMAR)
        with unit_of_work() as session:
            grouping.remove_instructor(
                session, Reach(cohort.school.scope), cohort.public_id, ravi.subject,
                actor=SYSTEM, now=kernel_clock.now(),
            )  # fmt: skip
            for role in omar.roles:
                people.remove_role(
                    session, omar.id, role.role, role.scope, actor=SYSTEM, now=kernel_clock.now()
                )
    assert wait(2, RAVI, OMAR, ZOE) == []


@on_sqlite
def test_more_people_cost_a_sweep_no_more_queries(
    app: Flask, assignment: Assignment, clock: MovedClock, post: PostOffice
) -> None:
    counts = []
    clock.set(assignment.due_at - timedelta(days=2) + timedelta(hours=5))
    for named in (MAYA, ZOE, OMAR):
        schools.enter(app, named, assignment.cohort)
        clock.advance(hours=1)
        with app.app_context(), asked(app) as statements:
            worker.run_next_due_job()
        counts.append(len(statements))
    assert counts[0] == counts[1] == counts[2], counts


@on_sqlite
@pytest.mark.usefixtures("no_mail")
def test_sweeps_go_on_without_a_mail_server_and_leave_one_row(
    app: Flask, assignment: Assignment, clock: MovedClock
) -> None:
    for _ in range(6):
        clock.advance(days=1, hours=1)
        with app.app_context():
            worker.run_all_due_jobs()
    with app.app_context():
        rows = select(OutboxItem.purpose, func.count()).group_by(OutboxItem.purpose)
        assert dict(db.session.execute(rows).all()) == {"school-messages": 2}
