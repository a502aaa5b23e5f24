"""`cpd demo`: fills an empty site with people and history, made by the real actions in the past."""

import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import click
from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cpd.access.permissions import SYSTEM, VISITOR, Actor, Role
from cpd.accounts.models import Person
from cpd.accounts.people import actions as accounts
from cpd.accounts.people.actions import Grant, NewPerson
from cpd.accounts.profile import actions as profiles
from cpd.accounts.profile.actions import Profile
from cpd.accounts.sign_in import password_hashing as passwords
from cpd.authoring.publish.releases import is_library_up_to_date
from cpd.cases.kinds.registry import KINDS, best_answer
from cpd.cases.model import Answer, CaseKey, Danger, StepKey
from cpd.cli.main import app_now
from cpd.courses import queries as courses
from cpd.courses.enrolment import actions as enrolling
from cpd.courses.enrolment import disclosure as telling
from cpd.courses.models import Enrolment
from cpd.courses.reading import actions as studying
from cpd.courses.rules.fronts.course import CourseFront
from cpd.db import DEMO, DatabaseMark, db, unit_of_work
from cpd.evaluations import actions as evaluations
from cpd.evaluations.rules import questions
from cpd.kernel import clock
from cpd.kernel.ids import new_public_id
from cpd.organisations import actions as founding
from cpd.organisations import queries as organisations
from cpd.organisations.actions import NewSchool
from cpd.organisations.models import School
from cpd.provider import current
from cpd.quizzes import actions as exams
from cpd.quizzes import answering, delivery, practice
from cpd.quizzes.keys import keys_of
from cpd.quizzes.models import Attempt
from cpd.quizzes.rules.answers import EventType, Incoming
from cpd.quizzes.statement import statement
from cpd.remarks import actions as remarks
from cpd.remarks.actions import NewRemark
from cpd.remarks.models import Remark, RemarkState

COURSE = "massage-and-ms"
A_MOMENT = timedelta(minutes=30)
SHORTEST = timedelta(hours=4)
"""The longest of the stories takes less."""
PASSWORD = "a quiet room and warm hands"  # noqa: S105 - public on purpose, on loopback only


@dataclass(frozen=True)
class DemoPerson:
    """Somebody in the demo, and how far they are."""

    login: str
    name: str
    roles: tuple[Role, ...]
    about: str
    zone: str = "Europe/London"
    licence: tuple[str, str] | None = None
    story: str = ""
    days_ago: int = 0

    @property
    def email(self) -> str:
        """Their address at the demo's own domain."""
        return f"{self.login}@demo.example"


LEARNER = (Role.LEARNER,)
PEOPLE = (
    DemoPerson(
        "maya",
        "Maya Okafor",
        LEARNER,
        "massage therapist, has read the first section",
        "America/Chicago",
        ("Texas Department of Licensing and Regulation", "MT 000000"),
        "reading",
        6,
    ),
    DemoPerson(
        "zoe",
        "Zoë Marsh",
        LEARNER,
        "passed at once, has a certificate",
        licence=("Harbour County Register of Massage Therapists", "RMT 000000"),
        story="passed",
        days_ago=40,
    ),
    DemoPerson(
        "ben",
        "Ben Adeyemi",
        LEARNER,
        "good score, spoilt by one decision",
        story="critical",
        days_ago=9,
    ),
    DemoPerson(
        "klara",
        "Klara Nowak",
        LEARNER,
        "in the middle of an exam",
        "Europe/Warsaw",
        story="open",
        days_ago=3,
    ),
    DemoPerson(
        "dimitris",
        "Δημήτρης Λάμπρου",
        LEARNER,
        "passed the second time, name in Greek letters",
        "Europe/Athens",
        story="second",
        days_ago=25,
    ),
    DemoPerson("omar", "Omar Haddad", (), "looks after a school", "Europe/London"),
    DemoPerson("ada", "Ada Lindqvist", (Role.AUTHOR,), "writes cases", "Europe/Stockholm"),
    DemoPerson("ravi", "Ravi Menon", (Role.REVIEWER,), "reviews cases", "Asia/Kolkata"),
    DemoPerson(
        "ines", "Ines Duarte", (Role.ADMINISTRATOR,), "administers the site", "Europe/Lisbon"
    ),
)


@click.group("demo")
def command() -> None:
    """Fill a site with demo people and history."""


@command.command("fill")
def fill_command() -> None:
    """Fill an empty database; one that is a demo already is left as it is."""
    with app_now().app_context():
        fill()
        for line in sign_ins():
            click.echo(line)


def sign_ins() -> list[str]:
    """Return who can sign in, and with what."""
    people = [f"{person.email:<24} {person.about}" for person in PEOPLE]
    return [*people, f"Everybody's password: {PASSWORD}"]


def opening(now: datetime, released: date) -> datetime:
    """Return when the demo opened: some weeks ago, yet not before its course was released."""
    return min(
        max(now - timedelta(days=43), datetime.combine(released, time(), UTC)), now - SHORTEST
    )


def fill() -> None:
    """Publish the shipped courses, and make the people and their history once.

    What an interrupted run did not come to is made by the next; nothing that is there is changed.
    """
    is_filled = db.session.get(DatabaseMark, DEMO) is not None
    if not is_filled and db.session.scalar(select(func.count()).select_from(Person)):
        sys.exit("This database has people of its own, so no demo is put into it.")
    now = clock.now()
    if not is_library_up_to_date(db.session()):
        _publish(now, is_filled=is_filled)
    first = opening(now, _released())
    known = set(db.session.scalars(select(Person.email)))
    missing = [person for person in PEOPLE if person.email not in known]
    if missing:
        password_hash = passwords.hash_password(PASSWORD)
        with unit_of_work() as session:
            session.merge(DatabaseMark(name=DEMO))
            for person in missing:
                _add(session, person, password_hash, now=first)
    _found_school(first)
    _tell_remarks(now)
    for person in PEOPLE:  # whoever an interrupted run left out has a story to go through yet
        if person.story and not _has_begun(person):
            _live(person, max(now - timedelta(days=person.days_ago), first + A_MOMENT))


SCHOOL = NewSchool("Harbour School of Massage", "harbour-school", "Europe/London")
COORDINATOR, PUPILS = "omar", ("ben", "klara", "dimitris")


def _found_school(now: datetime) -> None:
    """Make the school with its coordinator and pupils, once."""
    if organisations.school_at(db.session(), SCHOOL.slug) is not None:
        return
    people = {one.email: one for one in db.session.scalars(select(Person))}
    with unit_of_work() as session:
        school = founding.create_school(session, SCHOOL, actor=SYSTEM, now=now)
        if not isinstance(school, School):
            raise TypeError(school)
        for login in (COORDINATOR, *PUPILS):
            subject = people[f"{login}@demo.example"].subject
            founding.join(session, school.id, subject, actor=SYSTEM, now=now)
        accounts.grant_role(
            session,
            people[f"{COORDINATOR}@demo.example"].id,
            Grant(Role.SCHOOL_ADMIN, school.scope),
            actor=SYSTEM,
            now=now,
        )


def _publish(now: datetime, *, is_filled: bool) -> None:
    """Publish the shipped courses: at first when the demo opened, later on when it is done."""
    from cpd.cli import offers

    due = offers.due()
    if not due:
        return
    released = [one.bundle.course.file.released for _, one in due if one.bundle is not None]
    with clock.moved_to(now if is_filled else opening(now, max(released))):
        offers.publish_releases(due)


def _released() -> date:
    """Return the day on which the demo's course was released."""
    course = courses.course(db.session(), VISITOR, COURSE)
    if course is None:
        raise LookupError(COURSE)
    return course.outline.course.front.released


@dataclass(frozen=True)
class DemoRemark:
    """What somebody told of a page of the course, and what Ada did about it."""

    page: str
    text: str
    hours_ago: int
    login: str = ""
    email: str = ""
    state: RemarkState | None = None
    note: str = ""


REMARKS = (
    DemoRemark(
        "tools/pre-session-check",
        "On the phone the table of what an answer means runs over the edge of the card I printed "
        "last month. Could it be one size smaller?",
        160,
        login="zoe",
        state=RemarkState.CLOSED,
        note="It prints on one page since the last version.",
    ),
    DemoRemark(
        "sections/flare-ups",
        "Many of my clients have no MS team, only a family doctor two hours away. Whom do I tell "
        "then?",
        50,
        email="lena@practice.example",
        state=RemarkState.ANSWERED,
        note="Wrote back: the doctor who prescribes for them. The next version will say so.",
    ),
    DemoRemark(
        "sections/flare-ups",
        "I missed where “pseudo-relapse” is explained. Could the word link to it wherever it "
        "stands?",
        3,
        login="maya",
    ),
)


def _tell_remarks(now: datetime) -> None:
    """Tell the provider what is wrong, once."""
    if db.session.scalar(select(func.count()).select_from(Remark)):
        return
    people = {
        one.email.partition("@")[0]: _actor(one) for one in db.session.scalars(select(Person))
    }
    course = courses.course(db.session(), VISITOR, COURSE)
    if course is None:
        raise LookupError(COURSE)
    for one in REMARKS:
        at, slug = now - timedelta(hours=one.hours_ago), one.page.rpartition("/")[2]
        part = course.outline.section(slug) or course.outline.tool(slug)
        told = NewRemark(
            text=one.text,
            page=f"/courses/{COURSE}/{one.page}",
            email=one.email,
            revision_id=part.revision_id if part else None,
            course_revision_id=course.revision.id,
        )
        with unit_of_work() as session:
            kept = remarks.send(session, told, actor=people.get(one.login, VISITOR), now=at)
            if isinstance(kept, Remark) and one.state is not None:
                later = min(at + timedelta(hours=20), now)
                remarks.move(session, kept, one.state, one.note, actor=people["ada"], now=later)


def _has_begun(person: DemoPerson) -> bool:
    enrolled = select(Enrolment.id).join(Person, Person.subject == Enrolment.subject)
    return db.session.scalar(enrolled.where(Person.email == person.email)) is not None


def _add(session: Session, person: DemoPerson, password_hash: str, *, now: datetime) -> None:
    new = NewPerson(person.name, person.email, frozenset(person.roles), password_hash)
    made = accounts.create_person(session, new, actor=SYSTEM, now=now)
    if not isinstance(made, Person):
        raise TypeError(made)
    actor = _actor(made)
    profile = Profile(name=person.name, legal_name=person.name, time_zone=person.zone)
    profiles.change_profile(session, profile, actor=actor, now=now)
    if person.licence:
        authority, number = person.licence
        profiles.add_license(session, authority=authority, number=number, actor=actor, now=now)


def _actor(person: Person) -> Actor:
    roles = frozenset(held.assignment for held in person.roles)
    return Actor(person_id=person.id, subject=person.subject, roles=roles)


def _live(person: DemoPerson, begin: datetime) -> None:
    """Let a person go through the course as their story says, from `begin` on."""
    found = db.session.scalars(select(Person).where(Person.email == person.email)).one()
    learner = _Learner(_actor(found), person.name, begin)
    learner.enrol()
    learner.study(sections=1 if person.story == "reading" else None)
    match person.story:
        case "passed":
            learner.sit(wrong_on=1)
        case "critical":
            learner.sit(critical=True)
        case "open":
            learner.sit(leave_after=7)
        case "second":
            learner.sit(wrong_on=9)
            learner.rest(timedelta(minutes=15))
            learner.sit(wrong_on=1)
            learner.evaluate()


class _NothingCriticalError(Exception):
    """The exam that was drawn offers no critical decision; its start is rolled back."""


class _Learner:
    """Does what a person at the pages would do, through the same actions, at moved times."""

    def __init__(self, actor: Actor, name: str, begin: datetime) -> None:
        self.actor, self.name, self.now = actor, name, begin

    def rest(self, pause: timedelta) -> None:
        """Let time pass."""
        self.now += pause

    def enrol(self) -> None:
        """Start the course, with the disclosure as the page shows it."""
        course = courses.course(db.session(), self.actor, COURSE)
        if course is None:
            raise LookupError(COURSE)
        missing = courses.missing_for_credit(db.session(), [course])[course.revision.id]
        with current_app.test_request_context():  # what is told is told in a language
            lines = telling.disclosure(course, missing, current.provider())
        with unit_of_work() as session:
            enrolling.enrol(
                session,
                COURSE,
                actor=self.actor,
                now=self.now,
                disclosure=lines,
            )

    def enrolment(self) -> Enrolment:
        """Return the enrolment."""
        found = courses.enrolment_of(db.session(), self.actor, COURSE)
        if found is None:
            raise LookupError(COURSE)
        return found

    def evaluate(self) -> None:
        """Say what they think of the course."""
        enrolment = self.enrolment()
        objectives = CourseFront.from_json(enrolment.course_revision.front).objectives
        ratings = {
            questions.about_objective(one.id): 5 - number % 2
            for number, one in enumerate(objectives)
        }
        with unit_of_work() as session:
            evaluations.give(
                session,
                enrolment,
                ratings | {questions.CLEAR: 4, questions.USEFUL: 5, questions.UNBIASED: 1},
                "The cases are what I remember. I would like more of them about devices.",
                actor=self.actor,
                now=self.now,
            )

    def study(self, *, sections: int | None) -> None:
        """Read sections to their end and decide their practice cases."""
        course = courses.course(db.session(), self.actor, COURSE)
        if course is None:
            raise LookupError(COURSE)
        for part in course.outline.required_sections[:sections]:
            self.rest(timedelta(minutes=7))
            with unit_of_work() as session:
                revision = courses.revision_of(session, part)
                studying.finish_section(session, self.enrolment(), revision, now=self.now)
            self._practise(part.slug)

    def _practise(self, section: str) -> None:
        enrolment = self.enrolment()
        revision_id = enrolment.course_revision_id
        cases = practice.practice_of(db.session(), enrolment, revision_id, section=section)
        for at in cases:
            while at.now is not None:
                self.rest(timedelta(minutes=1))
                given = best_answer(at.key.step(at.now.id))
                with unit_of_work() as session:
                    practice.answer(session, enrolment, at, given, now=self.now)
                at = at.then(given)  # noqa: PLW2901 - the same case, further on

    def sit(
        self, *, wrong_on: int = 0, critical: bool = False, leave_after: int | None = None
    ) -> None:
        """Take the exam: so many cases too careful, one critical if asked, or leave in between."""
        self.rest(timedelta(minutes=25))
        attempt, keys = self._start(critical=critical)
        careless = critical
        for item in attempt.items[:leave_after]:
            key = keys[item.revision_id]
            worst = _critical(key.steps[0]) if careless else None
            careless = careless and worst is None
            choose = _careful if item.position <= wrong_on else best_answer
            self._answer_case(attempt, item.position, key, choose, first=worst)
        if leave_after is None:
            self.rest(timedelta(minutes=2))
            with unit_of_work() as session:
                exams.submit(
                    session,
                    attempt.id,
                    actor=self.actor,
                    now=self.now,
                    printed_name=self.name,
                    statement=statement(),
                )

    def _start(self, *, critical: bool) -> tuple[Attempt, Mapping[int, CaseKey]]:
        """Start the exam; a story that needs a critical decision starts until one is drawn."""
        while True:
            with suppress(_NothingCriticalError), unit_of_work() as session:
                attempt = exams.start(session, self.enrolment(), actor=self.actor, now=self.now)
                if not isinstance(attempt, Attempt):
                    raise TypeError(attempt)
                keys = keys_of(session, [item.revision_id for item in attempt.items])
                if critical and not any(_critical(key.steps[0]) for key in keys.values()):
                    raise _NothingCriticalError
                return attempt, keys

    def _answer_case(
        self,
        attempt: Attempt,
        position: int,
        key: CaseKey,
        choose: Callable[[StepKey], Answer],
        *,
        first: Answer | None,
    ) -> None:
        while True:
            sitting = delivery.sitting(db.session(), attempt, now=self.now)
            case = sitting.cases[position - 1]
            shown = case.now
            given = first or choose(key.step(shown.step.id))
            first = None
            head = self._send(attempt, EventType.ANSWER, case.case.id, shown.step.id, None, given)
            if not case.goes_on:
                return
            self._send(attempt, EventType.REVEAL, case.case.id, shown.step.id, head, None)
            after = delivery.sitting(db.session(), attempt, now=self.now).cases[position - 1]
            if after.now.is_locked:
                return

    def _send(
        self,
        attempt: Attempt,
        kind: EventType,
        case: str,
        step: str,
        after: str | None,
        answer: Answer | None,
    ) -> str:
        self.rest(timedelta(seconds=50))
        event = Incoming(new_public_id("evt"), kind, case, step, after, answer)
        cases = delivery.drawn(db.session(), attempt.subject, attempt.public_id)
        drawn = next(one for one in cases if one.front.id == case)
        with unit_of_work() as session:
            answering.keep(session, drawn, event, actor=self.actor, received_at=self.now)
        return event.event_id


def _careful(key: StepKey) -> Answer:
    """Return the least that can be earned without endangering the client."""
    harmless = [
        (mark.earned, number, answer)
        for number, (answer, mark) in enumerate(KINDS[key.kind].outcomes(key))
        if mark.danger is not None and not mark.danger.could_harm
    ]
    return min(harmless)[2]


def _critical(key: StepKey) -> Answer | None:
    """Return an answer that could cost the client dearly, where the step has one."""
    outcomes = KINDS[key.kind].outcomes(key)
    return next((answer for answer, mark in outcomes if mark.danger is Danger.CRITICAL), None)
