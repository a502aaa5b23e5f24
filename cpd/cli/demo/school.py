"""The school of the demo with a term of history, made by the real actions with the clock moved."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cpd.access.permissions import SYSTEM, Role
from cpd.accounts.people import actions as people
from cpd.accounts.people.actions import Grant
from cpd.cli.demo.classmates import COURSES, Course, StudyDay, find_learner
from cpd.cli.demo.learner import Learner
from cpd.cli.demo.people import PEOPLE, find_people_by_login
from cpd.cli.demo.teaching import COORDINATOR, SCENES
from cpd.cli.demo.term import DAYS, Scene, Term, expect
from cpd.db import DatabaseMark, db, unit_of_work
from cpd.jobs import outbox
from cpd.jobs.models import OutboxItem
from cpd.joints.registry import current_registry
from cpd.kernel import clock
from cpd.organisations import actions as organisations
from cpd.organisations.actions import NewSchool
from cpd.organisations.models import School
from cpd.organisations.queries import find_school_by_slug
from cpd.schools import sweeps

SCHOOL = NewSchool("Harbour School of Massage", "harbour-school", "Europe/London")
STUDENTS = ("maya", "zoe", "ben", "klara", "dimitris")
MAIL_DAYS = (1, 20, 26, 29, 47, 50, 76, 80, 83)
"""When emails are sent, beside each Monday and the day after an exam."""
_MARK = "demo-scene-"
"""Begins the name of the mark that says how many scenes of the term have been played."""


def add_school_if_missing(*, now: datetime) -> None:
    """Add the school with its coordinator and first members, unless it exists."""
    if find_school_by_slug(db.session(), SCHOOL.slug) is not None:
        return
    rows = find_people_by_login()
    with unit_of_work() as session:
        school = expect(School, organisations.create_school(session, SCHOOL, actor=SYSTEM, now=now))
        for login in (COORDINATOR, *STUDENTS):
            subject = rows[login].subject
            organisations.join_school(session, school.scope, subject, actor=SYSTEM, now=now)
        grant = Grant(Role.SCHOOL_ADMIN, school.scope)
        people.grant_role(session, rows[COORDINATOR].id, grant, actor=SYSTEM, now=now)
        _mark_scenes_played(session, 0)


def play_term_to_its_end() -> None:
    """Play what has not been played of the term; a school of an older release stays as it is."""
    begin = _count_scenes_played()
    if begin is None:
        return
    term = Term(expect(School, find_school_by_slug(db.session(), SCHOOL.slug)))
    scenes = sorted(_list_scenes(term), key=lambda scene: (scene.day, scene.hour))
    for number, scene in enumerate(scenes[begin:], start=begin + 1):
        now = term.at(scene.day, scene.hour)
        with clock.freeze_at(now):
            if scene.opens_transaction:
                scene.play(term, now)
            with unit_of_work() as session:
                if not scene.opens_transaction:
                    scene.play(term, now)
                _mark_scenes_played(session, number)


def _list_scenes(term: Term) -> Iterator[Scene]:
    yield from SCENES
    for course in COURSES:
        for number, study_day in enumerate(course.study_days):
            play = partial(_spend_day, course=course, study_day=study_day, is_first=number == 0)
            yield Scene(study_day.day, 20, play)
    mondays = {day for day in range(DAYS) if term.at(day, 0).weekday() == 0}
    exams = {
        study_day.day + 1 for course in COURSES for study_day in course.study_days if study_day.exam
    }
    exams |= {DAYS - person.days_ago + 1 for person in PEOPLE if person.story}
    for day in sorted((mondays | exams | set(MAIL_DAYS)) & set(range(DAYS))):
        yield Scene(day, 16, _send_due_emails, opens_transaction=True)


def _spend_day(
    term: Term, now: datetime, *, course: Course, study_day: StudyDay, is_first: bool
) -> None:
    """Let somebody do what they did one evening."""
    context = term.find_assignment(course.work).public_id
    person = find_learner(course.login)
    learner = Learner(term.find_actor(course.login), person, now, context, course.habits)
    if is_first:
        learner.enrol()
    if study_day.exam is None:
        learner.study(begin=study_day.begin, sections=study_day.upto)
    else:
        learner.take_exam(study_day.exam)


def _send_due_emails(_term: Term, now: datetime) -> None:
    """Find and send the emails of the day, with the worker's own handlers; its other jobs wait."""
    for purposes in ({sweeps.PURPOSE}, current_registry().email_purposes):
        due = select(OutboxItem).where(
            OutboxItem.purpose.in_(purposes),
            OutboxItem.done_at.is_(None),
            OutboxItem.due_at <= now,
        )
        items = db.session.scalars(due.order_by(OutboxItem.id)).all()
        db.session.expunge_all()
        sent = [item for item in items if outbox.run_job_handler(item, now=now) is None]
        with unit_of_work() as session:
            for item in sent:
                outbox.mark_job_done(session, item, now=now)


def _count_scenes_played() -> int | None:
    """Return how many scenes of the term were played; None for a school of an older release."""
    name = db.session.scalar(
        select(DatabaseMark.name).where(DatabaseMark.name.startswith(_MARK, autoescape=True))
    )
    return None if name is None else int(name.removeprefix(_MARK))


def _mark_scenes_played(session: Session, count: int) -> None:
    session.execute(
        delete(DatabaseMark).where(DatabaseMark.name.startswith(_MARK, autoescape=True))
    )
    session.add(DatabaseMark(name=f"{_MARK}{count}"))
