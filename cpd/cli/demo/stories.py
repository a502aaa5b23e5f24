"""The course history of each person in the demo."""

from datetime import datetime, timedelta

from sqlalchemy import select

from cpd.accounts.models import Person
from cpd.cli.demo.learner import ExamPlan, Learner
from cpd.cli.demo.people import DemoPerson, Story, build_actor_of_person
from cpd.courses.models import Enrolment
from cpd.db import db, unit_of_work


def has_begun_story(person: DemoPerson) -> bool:
    """Tell whether the person is enrolled, so their story has been played."""
    enrolled = select(Enrolment.id).join(Person, Person.subject == Enrolment.subject)
    return db.session.scalar(enrolled.where(Person.email == person.email)) is not None


def play_story(person: DemoPerson, begin: datetime) -> None:
    """Take a person through the course as their story says, starting at `begin`."""
    row = db.session.scalars(select(Person).where(Person.email == person.email)).one()
    learner = Learner(build_actor_of_person(row), person, begin)
    with unit_of_work():
        _play(learner, person.story)


def _play(learner: Learner, story: Story | None) -> None:
    learner.enrol()
    if story is Story.READING:
        learner.practice_hastily()
    learner.study(sections=1 if story is Story.READING else None)
    match story:
        case Story.PASSED:
            learner.take_exam(ExamPlan(careful_cases=1))
        case Story.CRITICAL:
            learner.take_exam(ExamPlan(is_critical=True))
        case Story.OPEN:
            learner.take_exam(ExamPlan(leave_after=7))
        case Story.SECOND_ATTEMPT:
            learner.take_exam(ExamPlan(careful_cases=9))
            learner.pass_time(timedelta(minutes=15))
            learner.take_exam(ExamPlan(careful_cases=1))
            learner.evaluate()
