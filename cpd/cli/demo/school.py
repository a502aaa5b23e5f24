"""The school of the demo: two classes, one of them at work, made by the real actions."""

from datetime import datetime, time, timedelta
from fractions import Fraction
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from cpd.access.permissions import SYSTEM, Actor, Role
from cpd.accounts.models import Person
from cpd.accounts.people import actions as people
from cpd.accounts.people.actions import Grant
from cpd.cli.demo.course import SLUG
from cpd.cli.demo.learner import Learner
from cpd.cli.demo.people import PEOPLE, build_actor_of_person, find_people_by_login
from cpd.courses.models import Enrolment
from cpd.courses.queries import find_course_row
from cpd.db import db, unit_of_work
from cpd.organisations import actions as organisations
from cpd.organisations.actions import NewSchool
from cpd.organisations.models import Membership, School
from cpd.organisations.queries import find_school_by_slug, select_current_members
from cpd.schools.accommodations.actions import grant_accommodation, grant_extension
from cpd.schools.accommodations.models import Accommodation, Extension
from cpd.schools.accommodations.rules.granting import Allowance
from cpd.schools.assignments.actions import NewAssignment, assign_course
from cpd.schools.assignments.models import Assignment
from cpd.schools.assignments.queries import find_current_assignments
from cpd.schools.assignments.rules.local_times import LocalTime, TimeChoice, resolve_local_time
from cpd.schools.assignments.rules.terms import AssignmentTerms
from cpd.schools.assignments.rules.windows import Window
from cpd.schools.class_pages.actions import add_instructors, add_learners
from cpd.schools.cohorts.actions import create_cohort
from cpd.schools.cohorts.models import Cohort
from cpd.schools.cohorts.queries import Reach

SCHOOL = NewSchool("Harbour School of Massage", "harbour-school", "Europe/London")
COORDINATOR, INSTRUCTOR = "omar", "dimitris"
EVENING, WEEKEND = ("maya", "zoe", "ben"), ("klara", "dimitris")
STUDENTS = (*EVENING, *WEEKEND)
DAYS_AGO = 12
"""When the evening class began; its work was due two days ago."""

Made = TypeVar("Made")


def add_school_if_missing(*, now: datetime) -> None:
    """Add the school with its coordinator and students, unless it exists."""
    if find_school_by_slug(db.session(), SCHOOL.slug) is not None:
        return
    rows = find_people_by_login()
    with unit_of_work() as session:
        school = _expect(
            School, organisations.create_school(session, SCHOOL, actor=SYSTEM, now=now)
        )
        for login in (COORDINATOR, *STUDENTS):
            subject = rows[login].subject
            organisations.join_school(session, school.scope, subject, actor=SYSTEM, now=now)
        grant = Grant(Role.SCHOOL_ADMIN, school.scope)
        people.grant_role(session, rows[COORDINATOR].id, grant, actor=SYSTEM, now=now)


def play_school_if_missing(*, now: datetime, earliest: datetime, latest: datetime) -> None:
    """Let the coordinator make the classes and assign the course, and the evening class begin it.

    The stories that people play for themselves come first. Nobody begins after `latest`.
    """
    school = find_school_by_slug(db.session(), SCHOOL.slug)
    if school is None:
        raise LookupError(SCHOOL.slug)
    begin = max(now - timedelta(days=DAYS_AGO), earliest)
    reach = Reach(school.scope)
    if not find_current_assignments(db.session(), reach):
        with unit_of_work() as session:
            _assign_to_classes(session, school, begin=begin, now=now)
    (assignment, *_later) = find_current_assignments(db.session(), reach)
    for login, sections, days in (("zoe", None, 0), ("ben", 2, 3)):
        if not _has_begun(login, assignment):
            _study(login, assignment, sections, min(begin + timedelta(days=days), latest))


def _assign_to_classes(session: Session, school: School, *, begin: datetime, now: datetime) -> None:
    omar = build_actor_of_person(find_people_by_login()[COORDINATOR])
    evening = _make_class(session, school, "Evening class", EVENING, actor=omar, now=begin)
    weekend = _make_class(session, school, "Weekend class", WEEKEND, actor=omar, now=begin)
    teaching = [_find_member(session, school, INSTRUCTOR).public_id]
    reach = Reach(school.scope)
    add_instructors(session, reach, evening.public_id, teaching, actor=omar, now=begin)
    at_work = _assign(
        session, evening, _build_window(now, opens=None, due=-2, closes=12), actor=omar, now=begin
    )
    _assign(session, weekend, _build_window(now, opens=3, due=24, closes=38), actor=omar, now=begin)
    ben = _find_member(session, school, "ben").public_id
    _expect(
        Accommodation,
        grant_accommodation(
            session,
            school.scope,
            ben,
            Allowance(time_factor=Fraction(2)),
            "A letter from the disability office is on file.",
            actor=omar,
            now=begin,
        ),
    )
    _expect(
        Extension,
        grant_extension(
            session,
            reach,
            at_work.public_id,
            ben,
            _evening_of(now, days=5),
            "He was away for a week and told us beforehand.",
            actor=omar,
            now=begin,
        ),
    )


def _make_class(
    session: Session,
    school: School,
    name: str,
    logins: tuple[str, ...],
    *,
    actor: Actor,
    now: datetime,
) -> Cohort:
    reach = Reach(school.scope)
    cohort = _expect(Cohort, create_cohort(session, reach, name, actor=actor, now=now))
    members = [_find_member(session, school, login).public_id for login in logins]
    add_learners(session, reach, cohort.public_id, members, actor=actor, now=now)
    return cohort


def _assign(
    session: Session, cohort: Cohort, window: Window, *, actor: Actor, now: datetime
) -> Assignment:
    course = find_course_row(session, SLUG)
    if course is None:
        raise LookupError(SLUG)
    new = NewAssignment(course.id, window, AssignmentTerms())
    reach = Reach(cohort.school.scope)
    made = assign_course(session, reach, cohort.public_id, new, actor=actor, now=now)
    return _expect(Assignment, made)


def _build_window(now: datetime, *, opens: int | None, due: int, closes: int) -> Window:
    """Return a window by days from today; each time is at the end of a working day."""
    return Window(
        due=_evening_of(now, days=due),
        opens=None if opens is None else _evening_of(now, days=opens),
        closes=_evening_of(now, days=closes),
    )


def _evening_of(now: datetime, *, days: int) -> LocalTime:
    zone = SCHOOL.time_zone
    day = now.astimezone(ZoneInfo(zone)).date() + timedelta(days=days)
    found = resolve_local_time(datetime.combine(day, time(18)), zone, TimeChoice.FIRST)
    return _expect(LocalTime, found)


def _find_member(session: Session, school: School, login: str) -> Membership:
    subject = find_people_by_login()[login].subject
    named = select_current_members(school.scope).where(Membership.subject == subject)
    return session.scalars(named).one()


def _expect(kind: type[Made], made: object) -> Made:
    """Return what an action made; raises TypeError for a refusal, which a demo never meets."""
    if not isinstance(made, kind):
        raise TypeError(made)
    return made


def _has_begun(login: str, assignment: Assignment) -> bool:
    begun = select(Enrolment.id).join(Person, Person.subject == Enrolment.subject)
    named = begun.where(
        Person.email == f"{login}@demo.example", Enrolment.context == assignment.public_id
    )
    return db.session.scalar(named) is not None


def _study(login: str, assignment: Assignment, sections: int | None, begin: datetime) -> None:
    """Let somebody read some sections for the school, or all of them and pass the exam."""
    person = next(one for one in PEOPLE if one.login == login)
    row = find_people_by_login()[login]
    learner = Learner(build_actor_of_person(row), person, begin, assignment.public_id)
    learner.enrol()
    learner.study(sections=sections)
    if sections is None:
        learner.take_exam(careful_cases=1)
