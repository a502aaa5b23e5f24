"""Classes, what is assigned to them and what single learners are granted, by the real actions."""

from datetime import datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cpd.access.permissions import SYSTEM
from cpd.cases.scales import Decision
from cpd.courses.queries import find_course_row
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.kernel.ids import new_public_id
from cpd.organisations.models import Membership, School
from cpd.schools.accommodations import actions as granting
from cpd.schools.accommodations.models import Accommodation, Excuse, Extension
from cpd.schools.accommodations.rules.granting import Allowance
from cpd.schools.agreements import actions as agreeing
from cpd.schools.assignments import actions as assigning
from cpd.schools.assignments.actions import NewAssignment
from cpd.schools.assignments.models import Assignment
from cpd.schools.assignments.rules.local_times import LocalTime, resolve_local_time
from cpd.schools.assignments.rules.terms import AssignmentTerms
from cpd.schools.assignments.rules.windows import Window
from cpd.schools.cohorts import actions as grouping
from cpd.schools.cohorts.models import Cohort
from cpd.schools.cohorts.queries import Reach
from cpd.schools.files import actions as filling
from cpd.schools.files.rules.layouts import PersonField, guess_layout
from cpd.schools.files.rules.people import read_people
from cpd.schools.files.rules.table_reading import read_table
from cpd.schools.gradebook import actions as grading
from cpd.schools.gradebook.models import HandGrade
from cpd.schools.joining import actions as joining
from cpd.schools.joining.models import JoinCode
from cpd.schools.lessons import actions as teaching
from cpd.schools.lessons.models import Lesson, LessonRun
from cpd.schools.lessons.rules.tallies import Phase
from cpd.schools.messages import actions as messages
from cpd.schools.messages.actions import NewAnnouncement
from cpd.schools.messages.models import Announcement
from cpd.schools.messages.rules.timing import MessageTopic
from cpd.schools.roster.actions import ReadList, update_class_list
from cpd.schools.roster.models import RosterEntry
from cpd.schools.roster.queries import find_known
from cpd.schools.roster.rules.planning import Plan, plan_update
from tests.factories import accounts, courses, organisations
from tests.factories.courses import SLUG
from tests.support.people import Person

ZONE = "Europe/London"
REASON = "A letter from the disability office is on file."


def local(moment: datetime, zone: str = ZONE) -> LocalTime:
    """Return an instant as a clock in a zone shows it."""
    there = moment.astimezone(ZoneInfo(zone))
    return LocalTime(there.replace(tzinfo=None, fold=0), zone, there.fold)


def wall(text: str, zone: str = ZONE) -> LocalTime:
    """Return a local time that is clear, such as `2026-11-30T18:00`."""
    found = resolve_local_time(datetime.fromisoformat(text), zone)
    assert isinstance(found, LocalTime), found
    return found


def window_of_days(opens: int | None, due: int, closes: int | None = None) -> Window:
    """Return a window by days from now."""
    now = clock.now()
    return Window(
        local(now + timedelta(days=due)),
        None if opens is None else local(now + timedelta(days=opens)),
        None if closes is None else local(now + timedelta(days=closes)),
    )


def cohort(app: Flask, school: School, name: str = "Autumn evening class") -> Cohort:
    """Make a class."""
    with app.app_context(), unit_of_work() as session:
        made = grouping.create_cohort(
            session, Reach(school.scope), name, actor=SYSTEM, now=clock.now()
        )
        assert isinstance(made, Cohort)
        return made


def enter(app: Flask, named: Person, cohort: Cohort) -> None:
    """Let somebody join the school, unless they have, and be in a class of it."""
    scope = cohort.school.scope
    organisations.join(app, named, cohort.school)
    with app.app_context():
        subject = accounts.row_of(named).subject
        with unit_of_work() as session:
            refused = grouping.add_learner(
                session, Reach(scope), cohort.public_id, subject, actor=SYSTEM, now=clock.now()
            )
            assert refused is None


def teach(app: Flask, named: Person, cohort: Cohort) -> None:
    """Let somebody teach a class; the role is another matter."""
    with app.app_context():
        subject = accounts.row_of(named).subject
        reach = Reach(cohort.school.scope)
        with unit_of_work() as session:
            refused = grouping.add_instructor(
                session, reach, cohort.public_id, subject, actor=SYSTEM, now=clock.now()
            )
            assert refused is None


def assign(
    app: Flask,
    cohort: Cohort,
    window: Window | None = None,
    *,
    slug: str = SLUG,
    terms: AssignmentTerms | None = None,
) -> Assignment:
    """Assign a course, by default one that is open and due in a week."""
    with app.app_context():
        course = find_course_row(db.session(), slug)
        assert course is not None
        new = NewAssignment(
            course.id, window or window_of_days(None, 7), terms or AssignmentTerms()
        )
        with unit_of_work() as session:
            made = assigning.assign_course(
                session,
                Reach(cohort.school.scope),
                cohort.public_id,
                new,
                actor=SYSTEM,
                now=clock.now(),
            )
            assert isinstance(made, Assignment), made
            return made


def agree(app: Flask, named: Person, assignment: Assignment) -> None:
    """Let somebody agree that their employer sees more of an assignment."""
    with app.app_context():
        actor = courses.actor_of(named)
        with unit_of_work() as session:
            given = agreeing.give_agreement(
                session, assignment.public_id, actor=actor, now=clock.now()
            )
            assert given is not None


def membership_of(session: Session, named: Person) -> Membership:
    """Return somebody's present membership; inside an app context."""
    subject = accounts.row_of(named).subject
    present = select(Membership).where(Membership.subject == subject, Membership.until_at.is_(None))
    return session.scalars(present).one()


def membership_in(session: Session, named: Person, school: School) -> Membership:
    """Return somebody's present membership in one of their schools; inside an app context."""
    present = select(Membership).where(
        Membership.subject == accounts.row_of(named).subject,
        Membership.school_id == school.id,
        Membership.until_at.is_(None),
    )
    return session.scalars(present).one()


def accommodate(app: Flask, named: Person, school: School, allowance: Allowance) -> None:
    """Grant somebody something in every exam of a school."""
    with app.app_context(), unit_of_work() as session:
        granted = granting.grant_accommodation(
            session,
            school.scope,
            membership_of(session, named).public_id,
            allowance,
            REASON,
            actor=SYSTEM,
            now=clock.now(),
        )
        assert isinstance(granted, Accommodation), granted


def extend(app: Flask, named: Person, assignment: Assignment, until: LocalTime) -> None:
    """Grant somebody a later date on one assignment."""
    with app.app_context(), unit_of_work() as session:
        granted = granting.grant_extension(
            session,
            Reach(assignment.cohort.school.scope),
            assignment.public_id,
            membership_of(session, named).public_id,
            until,
            REASON,
            actor=SYSTEM,
            now=clock.now(),
        )
        assert isinstance(granted, Extension), granted


def excuse(app: Flask, named: Person, assignment: Assignment) -> None:
    """Excuse somebody from one assignment."""
    with app.app_context(), unit_of_work() as session:
        granted = granting.excuse_learner(
            session,
            Reach(assignment.cohort.school.scope),
            assignment.public_id,
            membership_of(session, named).public_id,
            REASON,
            actor=SYSTEM,
            now=clock.now(),
        )
        assert isinstance(granted, Excuse), granted


def grade(app: Flask, named: Person, assignment: Assignment, score: Fraction) -> None:
    """Give somebody a grade by hand."""
    with app.app_context(), unit_of_work() as session:
        given = grading.give_grade(
            session,
            Reach(assignment.cohort.school.scope),
            assignment.public_id,
            membership_of(session, named).public_id,
            score,
            REASON,
            actor=SYSTEM,
            now=clock.now(),
        )
        assert isinstance(given, HandGrade), given


def remember_row(app: Flask, named: Person, school: School, identity: str) -> None:
    """Say that the rows of files with an address, number or name are about somebody."""
    with app.app_context(), unit_of_work() as session:
        confirmed = {identity: membership_of(session, named).public_id}
        filling.remember_pairs(session, school.scope, confirmed, actor=SYSTEM, now=clock.now())


def announce(app: Flask, cohort: Cohort, title: str = "The room has changed") -> Announcement:
    """Write to a class."""
    new = NewAnnouncement(new_public_id("ann"), title, "We meet in room 12.\n\nBring a towel.")
    with app.app_context(), unit_of_work() as session:
        sent = messages.announce_to_class(
            session,
            Reach(cohort.school.scope),
            cohort.public_id,
            new,
            actor=SYSTEM,
            now=clock.now(),
        )
        assert isinstance(sent, Announcement), sent
        return sent


def stop(app: Flask, named: Person, topic: MessageTopic) -> None:
    """Let somebody get no more emails of a kind."""
    with app.app_context():
        subject = accounts.row_of(named).subject
        with unit_of_work() as session:
            messages.stop_topic(session, subject, topic, now=clock.now())


DOUBLE_TIME = Allowance(time_factor=Fraction(2))


def update_list(app: Flask, cohort: Cohort, text: str) -> None:
    """Update a class from a list."""
    table = read_table(text.encode())
    people = read_people(table, guess_layout(table))
    reach = Reach(cohort.school.scope)
    with app.app_context(), unit_of_work() as session:
        plan = plan_update(people, find_known(session, reach, cohort))
        done = update_class_list(
            session, reach, cohort.public_id,
            ReadList(people, plan.digest, titles_digest="titles", columns={PersonField.EMAIL: 1}),
            actor=SYSTEM, now=clock.now(),
        )  # fmt: skip
        assert isinstance(done, Plan), done


def invite(app: Flask, cohort: Cohort, email: str, name: str = "Nora Field") -> RosterEntry:
    """Invite somebody new into a class, by a list of one row."""
    update_list(app, cohort, f"Name\tEmail\n{name}\t{email}")
    with app.app_context(), unit_of_work() as session:
        entry = session.scalars(select(RosterEntry).where(RosterEntry.email == email)).one()
        entry.invited_at = entry.invited_at or clock.now()
        return entry


def join_code(app: Flask, cohort: Cohort, seats: int = 20) -> JoinCode:
    """Make a code with which people join a class."""
    with app.app_context(), unit_of_work() as session:
        made = joining.make_code(
            session, Reach(cohort.school.scope), cohort.public_id, seats=seats,
            lasts=timedelta(days=30), actor=SYSTEM, now=clock.now(),
        )  # fmt: skip
        assert isinstance(made, JoinCode), made
        return made


def lesson(app: Flask, cohort: Cohort, *cases: str, slug: str = SLUG) -> Lesson:
    """Prepare a lesson with these practice cases."""
    with app.app_context():
        course = find_course_row(db.session(), slug)
        assert course is not None
        with unit_of_work() as session:
            made = teaching.prepare_lesson(
                session,
                Reach(cohort.school.scope),
                cohort.public_id,
                course.id,
                "When to stop",
                cases,
                actor=SYSTEM,
                now=clock.now(),
            )
        assert isinstance(made, Lesson)
        return made


def begin(app: Flask, lesson: Lesson) -> LessonRun:
    """Begin to teach a lesson."""
    reach = Reach(lesson.cohort.school.scope)
    with app.app_context(), unit_of_work() as session:
        made = teaching.start_run(session, reach, lesson.public_id, now=clock.now())
        assert isinstance(made, LessonRun)
        return made


def show_answer(app: Flask, run: LessonRun) -> None:
    """Show the class the answer to the first case."""
    reach = Reach(run.lesson.cohort.school.scope)
    with app.app_context(), unit_of_work() as session:
        assert teaching.show_place(session, reach, run.public_id, 1, Phase.ANSWER) is None


def answer(app: Flask, run: LessonRun) -> None:
    """Let a phone decide the first case."""
    with app.app_context(), unit_of_work() as session:
        refused = teaching.save_first_decision(
            session, run.code, "0" * 64, 1, Decision.PROCEED, now=clock.now()
        )
        assert refused is None
