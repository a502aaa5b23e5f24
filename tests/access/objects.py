"""The examples that the matrix names: one function each makes an object and tells its address.

`owner` is whose object it is to be; for objects of nobody it is somebody who has nothing to do with
it. To add an example, add a function with `@example("name")`.
"""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from flask import Flask
from sqlalchemy import make_url, select

from cpd.access.permissions import SYSTEM, Actor, Role, RoleAssignment
from cpd.accounts.data_requests import actions as data_requests
from cpd.accounts.data_requests.models import DataRequest, DataRequestKind
from cpd.accounts.models import License
from cpd.accounts.people import actions
from cpd.accounts.people.actions import Grant
from cpd.accounts.profile import actions as profiles
from cpd.accounts.sign_in import actions as credentials
from cpd.accounts.sign_in.models import SignInSession
from cpd.accounts.sign_up import actions as verifications
from cpd.authoring.publish import queries as published
from cpd.authoring.stopping.rules.withdrawal import WITHDRAWAL
from cpd.certificates.models import Certificate
from cpd.config import settings_of_app
from cpd.courses.rules.addresses import OWN, CourseAddress
from cpd.db import db, unit_of_work
from cpd.dual_control import actions as dual_control
from cpd.kernel import clock
from cpd.kernel.ids import new_public_id
from cpd.media import actions as media
from cpd.organisations.models import School
from cpd.provider import actions as provider
from cpd.provider import queries
from cpd.provider.rules.profile import Profile
from cpd.remarks import actions as remarks
from cpd.remarks.actions import NewRemark
from cpd.remarks.models import Remark
from cpd.reporting.batches.models import ReportRow
from cpd.reporting.batches.views import file_name_of
from cpd.schools.cohorts.models import Cohort
from cpd.schools.messages.rules.timing import MessageTopic
from cpd.schools.messages.stop_links import StopLink, build_stop_url
from cpd.schools.roster.invitation_links import make_invitation_token
from cpd.web.static import build_asset_url
from tests.access.matrix import IN_A_SCHOOL
from tests.factories import (
    accounts,
    courses,
    credit,
    cycles,
    drafts,
    everything,
    organisations,
    pictures,
    reporting,
    reviews,
    schools,
)
from tests.factories.courses import SLUG
from tests.factories.quizzes import Learner
from tests.support.people import Person
from tests.support.visitor import Visitor

FIRST, LATER = "noticing", "adapting"
_numbers = count(50)
PRACTICE = "quinn-dizzy"


@dataclass(frozen=True)
class Example:
    """How to address an object, and what to send to it."""

    values: Mapping[str, str | int | CourseAddress]
    form: Mapping[str, Any] = field(default_factory=dict)
    json: Mapping[str, Any] | None = None


@dataclass
class World:
    """An app on a database with the small course, and people made as they are needed."""

    app: Flask
    count: int = 0
    codes: bool = True
    """Whether staff have codes from an app on."""
    schools: dict[Person, School] = field(default_factory=dict)
    """Who belongs to which."""

    @property
    def is_on_sqlite(self) -> bool:
        """Whether the database is a file."""
        url = make_url(settings_of_app(self.app).database_url)
        return url.get_backend_name() == "sqlite"

    def asker(self, named: str) -> Person:
        """Add somebody new who is what the matrix calls so, such as `instructor in a school`."""
        role, _, _ = named.partition(IN_A_SCHOOL)
        if role == named:
            return self.person(Role(role))
        made = self.person()
        school = self.school_of(made)
        with self.app.app_context(), unit_of_work() as session:
            row = accounts.row_of(made)
            grant = Grant(Role(role), school.scope)
            actions.grant_role(session, row.id, grant, actor=SYSTEM, now=clock.now())
            if self.codes:
                accounts.turn_codes_on(session, row.id)
        return made

    def school_of(self, named: Person) -> School:
        """Return the school that somebody belongs to; a new one, if they belong to none yet."""
        if named not in self.schools:
            self.join(named, organisations.school(self.app, f"School {named.name}"))
        return self.schools[named]

    def join(self, named: Person, school: School) -> None:
        """Let somebody belong to a school."""
        organisations.join(self.app, named, school)
        self.schools[named] = school

    def person(self, *roles: Role) -> Person:
        """Add somebody new with these roles."""
        self.count += 1
        name = f"{'-'.join(roles) or 'nobody'}-{self.count}{'' if self.codes else '-without'}"
        made = Person(name, f"Person {self.count}", "stands for a role")
        with self.app.app_context(), unit_of_work() as session:
            row = accounts.add_person(
                session, email=made.email, name=made.full_name, roles=roles, codes=self.codes
            )
            accounts.give_certificate_details(row, made.full_name)
        return made

    def visitor(self, named: Person | None) -> Visitor:
        """Return somebody's browser, signed in; without a person, a visitor's."""
        visitor = Visitor(self.app, named.name if named else "visitor")
        return accounts.let_in(visitor, named) if named else accounts.give_form_token(visitor)


Make = Callable[[World, Person], Example]
EXAMPLES: dict[str, Make] = {}


def example(name: str) -> Callable[[Make], Make]:
    """Register what makes the example of this name."""

    def register(make: Make) -> Make:
        assert name not in EXAMPLES, f"two examples are called {name!r}"
        EXAMPLES[name] = make
        return make

    return register


def _fixed(name: str, /, **values: str | int) -> None:
    """Register an example that always has the same address: what everybody sees, or is absent."""
    EXAMPLES[name] = lambda _world, _owner: Example(values)


# The shell

_fixed("absent file", name="absent.css")
_fixed("provider page", name="privacy")
_fixed("absent provider page", name="absent")


@example("logo")
def logo(world: World, owner: Person) -> Example:
    with world.app.app_context():
        with unit_of_work() as session:
            provider.store_first_profile(session, Profile("Harbour"), now=clock.now())
            provider.change_profile(session, {"logo": b"PNG"}, actor=SYSTEM, now=clock.now())
        kept = queries.find_profile(db.session())
    assert kept is not None
    assert kept.logo is not None
    return Example({"sha256": kept.logo})


@example("other picture")
def other_picture(world: World, owner: Person) -> Example:
    with world.app.app_context(), unit_of_work() as session:
        file = media.store_media(session, b"other", "image/png", now=clock.now())
        return Example({"sha256": file.sha256})


@example("style sheet")
def style_sheet(world: World, owner: Person) -> Example:
    with world.app.test_request_context("/"):
        return Example({"name": build_asset_url("cpd.css").rpartition("/")[2]})


# Accounts

_fixed("absent account", public_id="per_absent")
_fixed("spent link", token="A" * 43)


@example("account")
def account(world: World, owner: Person) -> Example:
    with world.app.app_context():
        public_id = accounts.row_of(owner).public_id
    return Example({"public_id": public_id, "role": "learner"})


@example("account to be given a role")
def account_for_a_role(world: World, owner: Person) -> Example:
    return Example(account(world, owner).values, form={"role": "author"})


@example("unknown role")
def unknown_role(world: World, owner: Person) -> Example:
    return Example({**account(world, owner).values, "role": "root"})


@example("password link")
def password_link(world: World, owner: Person) -> Example:
    with world.app.app_context():
        row = accounts.row_of(owner)
        with unit_of_work() as session:
            token = credentials.make_password_link(session, row, actor=SYSTEM, now=clock.now())
    return Example({"token": token})


def _claim(world: World, email: str, person_id: int | None = None) -> Example:
    """An address that somebody claims; the link is in its email."""
    with unit_of_work() as session:
        public_id = verifications.request_verification(
            session, email, person_id=person_id, now=clock.now()
        )
        return Example({"token": verifications.make_verification_secrets(session, public_id).token})


@example("new claim")
def new_claim(world: World, owner: Person) -> Example:
    """By somebody without an account."""
    with world.app.app_context():
        return _claim(world, f"new-{owner.email}")


@example("claim")
def claim(world: World, owner: Person) -> Example:
    """By somebody who wants another address for their account."""
    with world.app.app_context():
        return _claim(world, f"another-{owner.email}", accounts.row_of(owner).id)


@example("licence")
def licence(world: World, owner: Person) -> Example:
    with world.app.app_context():
        actor = courses.actor_of(owner)
        with unit_of_work() as session:
            profiles.add_license(
                session, authority="Board", number="1", actor=actor, now=clock.now()
            )
        found = select(License.public_id).where(License.person_id == actor.person_id)
        return Example({"public_id": db.session.scalars(found).one()})


@example("license with a cycle")
def license_with_cycle(world: World, owner: Person) -> Example:
    return Example(
        {"license_id": cycles.add_license(world.app, owner).public_id},
        {"authority": "texas", "expires_on": "2027-08-31", "issued_on": ""},
    )


ACTIVITY = {
    "title": "Scar tissue",
    "organizer": "Oasis School",
    "completed_on": "2026-03-01",
    "minutes": "180",
    "manner": "in-person",
}


@example("outside activity")
def outside_activity(world: World, owner: Person) -> Example:
    return Example({"public_id": cycles.add_activity(world.app, owner).public_id}, ACTIVITY)


@example("evidence")
def evidence(world: World, owner: Person) -> Example:
    """By its activity and itself."""
    activity = cycles.add_activity(world.app, owner)
    return Example(
        {
            "public_id": activity.public_id,
            "evidence_id": cycles.evidence_of(world.app, activity),
        }
    )


@example("activity to add a file to")
def activity_to_add_file_to(world: World, owner: Person) -> Example:
    return Example({"public_id": cycles.add_activity(world.app, owner).public_id})


@example("data request")
def data_request(world: World, owner: Person) -> Example:
    with world.app.app_context():
        actor = courses.actor_of(owner)
        with unit_of_work() as session:
            data_requests.request_data_action(
                session, DataRequestKind.COPY, actor=actor, now=clock.now()
            )
        found = select(DataRequest.public_id).where(DataRequest.person_id == actor.person_id)
        return Example({"public_id": db.session.scalars(found).one()})


@example("kind of data request")
def kind_of_data_request(_world: World, _owner: Person) -> Example:
    return Example({}, {"kind": "copy"})


@example("session")
def session(world: World, owner: Person) -> Example:
    accounts.session_token(world.app, owner)
    with world.app.app_context():
        found = (
            select(SignInSession.public_id)
            .where(SignInSession.person_id == accounts.row_of(owner).id)
            .order_by(SignInSession.id.desc())
        )
        public_id = db.session.scalars(found).first()
    assert public_id is not None
    return Example({"public_id": public_id})


# Credit

_fixed("absent approval", public_id="apv_absent")
EXAMPLES["no approval"] = lambda _world, _owner: Example({}, credit.EMPTY_FORM)


@example("approval")
def approval(world: World, owner: Person) -> Example:
    with world.app.app_context():
        public_id = credit.find_or_add_approval().public_id
    return Example({"public_id": public_id}, {"reason": "Entered twice"})


@example("refusal of credit")
def refusal_of_credit(world: World, owner: Person) -> Example:
    """What was decided for a license of someone who passed; one reason cannot be set aside."""
    Learner(world.app, owner).pass_exam()
    with world.app.app_context(), unit_of_work() as session:
        subject = accounts.row_of(owner).subject
        mine = session.scalars(select(Certificate).where(Certificate.subject == subject)).one()
        row = everything.add_refusal_of_credit(session, mine, "lic_absent", now=clock.now())
        return Example({"public_id": row.public_id}, {"why": ""})


_fixed("absent refusal of credit", public_id="dec_absent")
# Reporting

_fixed("reported authority", authority="georgia")
_fixed("authority without reports", authority="texas")
_fixed("absent report file", public_id="bat_absent")
_fixed("absent report file by name", public_id="bat_absent", name="florida")
_fixed("absent report row", public_id="row_absent")


def _report_row(world: World, owner: Person) -> ReportRow:
    """Return a row of a file, made with the file about somebody's certificate."""
    certificate(world, owner)
    with world.app.app_context(), unit_of_work() as session:
        actor = courses.actor_of(owner)
        own = session.scalars(select(Certificate).where(Certificate.subject == actor.subject)).one()
        return reporting.add_batch_with_row(session, own, actor=actor, now=clock.now())


@example("report file")
def report_file(world: World, owner: Person) -> Example:
    return Example({"public_id": _report_row(world, owner).batch.public_id})


@example("report file by name")
def report_file_by_name(world: World, owner: Person) -> Example:
    batch = _report_row(world, owner).batch
    return Example({"public_id": batch.public_id, "name": file_name_of(batch)})


@example("report row")
def report_row(world: World, owner: Person) -> Example:
    return Example({"public_id": _report_row(world, owner).public_id})


@example("certificate to report")
def certificate_to_report(world: World, owner: Person) -> Example:
    """A certificate with credit from an authority that asks for agreement, by the authority."""
    certificate(world, owner)
    with world.app.app_context(), unit_of_work() as session:
        subject = accounts.row_of(owner).subject
        own = session.scalars(select(Certificate).where(Certificate.subject == subject)).one()
        reporting.copy_certificate(session, own, authority="georgia")
    return Example({"authority": "georgia"}, {"agrees": "yes"})


EXAMPLES["no license of one's own"] = lambda _world, _owner: Example(
    {}, {"authority": "", "number": "", "issued_on": "", "expires_on": ""}
)


# Courses: `own` stands for a course that the asker takes

_FOR_A_SCHOOL = CourseAddress(SLUG, "asg_matrix")
_fixed("absent course", address="absent")
_fixed("authority", slug="ncbtmb")
_fixed("absent authority", slug="absent")
_fixed("course by name", slug=SLUG)
_fixed("absent course by name", slug="absent")
_fixed("absent section", address=SLUG, section="absent")
_fixed("absent safety topic", address=SLUG, hazard="absent")
_fixed("absent figure", address=SLUG, figure="absent")
_fixed("figure", address=SLUG, figure="cool-down")
_fixed("absent tool", address=SLUG, tool="absent")
_fixed("open tool", address=SLUG, tool="heat-card")
_fixed("safety topic", address=SLUG, hazard="fainting")
_fixed("first section", address=SLUG, section=FIRST)


def _in_course(
    name: str, /, form: Mapping[str, Any] | None = None, **values: str | CourseAddress
) -> None:
    """Register an example in a course that its owner takes."""
    named = values.get("address")
    context = named.context if isinstance(named, CourseAddress) else OWN

    def make(world: World, owner: Person) -> Example:
        courses.enrol(world.app, owner, context=context)
        return Example(values, form=form or {})

    EXAMPLES[name] = make


_in_course("course", address=SLUG, form={"version": "x", "shown": "x"})
_in_course("answer about credit", address=SLUG, form={"wanted": "no"})
_in_course("course for a school", address=_FOR_A_SCHOOL, form={"version": "x", "shown": "x"})
_in_course("active minute for a school", address=_FOR_A_SCHOOL, section=LATER, form={"idle": "0"})
_in_course("section for a school", address=_FOR_A_SCHOOL, section=FIRST)
_in_course(
    "passage for a school", address=_FOR_A_SCHOOL, section=LATER, form={"passage": "cool-room"}
)
_in_course(
    "practice case for a school",
    address=_FOR_A_SCHOOL,
    case_slug=PRACTICE,
    form={"step": "decide", "choice": "proceed"},
)
_in_course("exam for a school", address=_FOR_A_SCHOOL)
_in_course("course to ask in", address=SLUG, form={"ask": "on"})
_in_course("course of a school to ask in", address=_FOR_A_SCHOOL, form={"ask": "on"})
_in_course("later section", address=SLUG, section=LATER)
_in_course("passage", address=SLUG, section=LATER, form={"passage": "cool-room"})
_in_course("place", address=SLUG, section=LATER, form={"anchor": "cool-room", "block": "2"})
_in_course("active minute", address=SLUG, section=LATER, form={"idle": "0"})
_in_course("tool", address=SLUG, tool="room-check")
_in_course(
    "practice case",
    address=SLUG,
    case_slug=PRACTICE,
    form={"step": "decide", "choice": "proceed"},
)
_in_course("exam", address=SLUG)


@example("open case")
def open_case(world: World, owner: Person) -> Example:
    return Example({}, form={"step": "decide", "choice": "same_day"})


# Exams and certificates


@example("attempt")
def attempt(world: World, owner: Person) -> Example:
    """An open attempt, at its first case."""
    public_id = Learner(world.app, owner).study().start()
    return Example({"public_id": public_id, "position": 1})


@example("attempt to go on with")
def attempt_to_go_on_with(world: World, owner: Person) -> Example:
    """With what the page of the first case sends to lock its step."""
    made = attempt(world, owner)
    learner = Learner(world.app, owner)
    with world.app.app_context():
        first = learner.attempt(str(made.values["public_id"])).items[0].revision.front
    form = {"event_id": new_public_id("evt"), "step": first["steps"][0]["id"], "after": ""}
    return Example(made.values, form=form)


@example("attempt to answer")
def attempt_to_answer(world: World, owner: Person) -> Example:
    made = attempt_to_go_on_with(world, owner)
    return Example(made.values, form={**made.form, "choice": "proceed"})


@example("attempt to answer by script")
def attempt_by_script(world: World, owner: Person) -> Example:
    made = attempt_to_go_on_with(world, owner)
    return Example(
        made.values, json={**made.form, "after": None, "position": 1, "choices": ["proceed"]}
    )


@example("attempt to give time")
def attempt_to_give_time(world: World, owner: Person) -> Example:
    return Example(attempt(world, owner).values, form={"until": "", "back": "decisions"})


@example("case beyond the last")
def beyond_the_last(world: World, owner: Person) -> Example:
    return Example({**attempt(world, owner).values, "position": 999})


@example("passed attempt")
def passed_attempt(world: World, owner: Person) -> Example:
    return Example({"public_id": Learner(world.app, owner).pass_exam()})


@example("certificate")
def certificate(world: World, owner: Person) -> Example:
    """The certificate of a passed exam, by its id and by its code."""
    Learner(world.app, owner).pass_exam()
    with world.app.app_context():
        subject = accounts.row_of(owner).subject
        found = db.session.scalars(select(Certificate).where(Certificate.subject == subject)).one()
        return Example({"public_id": found.public_id, "code": found.code, "extension": "pdf"})


EXAMPLES["absent certificate to withdraw"] = lambda _world, _owner: Example(
    {}, form={"asked": "dcr_absent"}
)
_fixed("absent code", code="00000-00000-00000-00000-00000-0")


# Schools

_fixed("absent school", slug="absent")


@example("school")
def school(world: World, owner: Person) -> Example:
    """The school that its owner belongs to."""
    return Example({"slug": world.school_of(owner).slug})


_fixed("absent assignment", slug="absent", public_id="asg_absent")


def _class_of(world: World, owner: Person) -> Cohort:
    """Make a class in which its owner learns, and which they teach."""
    made = schools.cohort(world.app, world.school_of(owner), f"Class {next(_numbers)}")
    schools.enter(world.app, owner, made)
    schools.teach(world.app, owner, made)
    return made


def _in_class(made: Cohort, form: Mapping[str, Any] | None = None) -> Example:
    return Example({"slug": made.school.slug, "public_id": made.public_id}, form=form or {})


@example("class")
def class_(world: World, owner: Person) -> Example:
    return _in_class(_class_of(world, owner))


@example("class with a learner")
def class_with_a_learner(world: World, owner: Person) -> Example:
    made = _class_of(world, owner)
    with world.app.app_context():
        return _in_class(made, {"member": schools.membership_of(db.session(), owner).public_id})


@example("class with an instructor")
def class_with_an_instructor(world: World, owner: Person) -> Example:
    made = _class_of(world, owner)
    with world.app.app_context():
        return _in_class(made, {"member": accounts.row_of(owner).subject})


@example("class to write to")
def class_to_write_to(world: World, owner: Person) -> Example:
    return _in_class(_class_of(world, owner), {"key": new_public_id("ann"), "title": "Today"})


@example("link that stops emails")
def link_that_stops_emails(world: World, owner: Person) -> Example:
    with world.app.app_context():
        url = build_stop_url(StopLink(accounts.row_of(owner).subject, MessageTopic.REMINDERS))
    return Example({"token": url.rpartition("/")[2]})


_fixed("absent link that stops emails", token="absent")


@example("class to assign to")
def class_to_assign_to(world: World, owner: Person) -> Example:
    """With what chooses the class and the course, without the dates."""
    made = _class_of(world, owner)
    form = {"course": SLUG, "class_id": made.public_id}
    return Example({"slug": made.school.slug}, form=form)


@example("class to prepare a lesson for")
def class_to_prepare_a_lesson_for(world: World, owner: Person) -> Example:
    return _in_class(_class_of(world, owner), {"course": SLUG, "title": "A lesson"})


@example("lesson")
def lesson(world: World, owner: Person) -> Example:
    made = schools.lesson(world.app, _class_of(world, owner), PRACTICE)
    return Example({"slug": made.cohort.school.slug, "public_id": made.public_id})


@example("lesson to change")
def lesson_to_change(world: World, owner: Person) -> Example:
    form = {"course": "", "title": "Other", "cases": PRACTICE}
    return replace(lesson(world, owner), form=form)


@example("lesson to put in order")
def lesson_to_put_in_order(world: World, owner: Person) -> Example:
    return replace(lesson(world, owner), form={"case": PRACTICE, "to": "1"})


@example("lesson to copy")
def lesson_to_copy(world: World, owner: Person) -> Example:
    cohort = _class_of(world, owner)
    made = schools.lesson(world.app, cohort, PRACTICE)
    values = {"slug": cohort.school.slug, "public_id": made.public_id}
    return Example(values, form={"class_id": cohort.public_id})


@example("lesson under way")
def lesson_under_way(world: World, owner: Person) -> Example:
    made = schools.begin(world.app, schools.lesson(world.app, _class_of(world, owner), PRACTICE))
    return Example({"slug": made.lesson.cohort.school.slug, "public_id": made.public_id})


@example("lesson under way to go on with")
def lesson_under_way_to_go_on_with(world: World, owner: Person) -> Example:
    return replace(lesson_under_way(world, owner), form={"place": "1", "phase": "answer"})


@example("lesson code")
def lesson_code(world: World, owner: Person) -> Example:
    made = schools.begin(world.app, schools.lesson(world.app, _class_of(world, owner), PRACTICE))
    return Example({"code": made.code}, form={"place": "1", "choice": "proceed"})


EXAMPLES["absent lesson code"] = lambda _world, _owner: Example(
    {"code": "BBBBBB"}, form={"place": "1", "choice": "proceed"}
)


@example("assignment")
def assignment(world: World, owner: Person) -> Example:
    made = schools.assign(world.app, _class_of(world, owner))
    return Example({"slug": made.cohort.school.slug, "public_id": made.public_id})


_fixed("absent assigned course", public_id="asg_absent")


@example("assigned course")
def assigned_course(world: World, owner: Person) -> Example:
    """By the assignment alone: its learner may not know the address of the school."""
    made = schools.assign(world.app, _class_of(world, owner))
    return Example({"public_id": made.public_id})


@example("course assigned by an employer")
def course_assigned_by_an_employer(world: World, owner: Person) -> Example:
    """By a clinic, which sees more only if the learner agrees."""
    made = schools.assign(world.app, _class_of(world, owner))
    organisations.make_employer(world.app, made.cohort.school)
    return Example({"public_id": made.public_id})


@example("class with a topic")
def class_with_a_topic(world: World, owner: Person) -> Example:
    """A safety topic of a course that is assigned to the class."""
    made = _class_of(world, owner)
    schools.assign(world.app, made)
    return Example({"slug": made.school.slug, "public_id": made.public_id, "topic": "heat-stroke"})


@example("assignment with a file")
def assignment_with_a_file(world: World, owner: Person) -> Example:
    """The same, with a file that was looked at before."""
    contents = base64.urlsafe_b64encode(b"Name,Points\nMaya,\n").decode()
    form = {"name": "grades.csv", "contents": contents, "shown_sheet": "", "column": "1"}
    return replace(assignment(world, owner), form=form)


@example("assignment with hidden names")
def assignment_with_hidden_names(world: World, owner: Person) -> Example:
    return replace(assignment(world, owner), form={"names": "hide"})


@example("assignment to export")
def assignment_to_export(world: World, owner: Person) -> Example:
    return replace(assignment(world, owner), form={"format": "csv"})


@example("work of a learner")
def work_of_a_learner(world: World, owner: Person) -> Example:
    """By the assignment and the membership."""
    made = schools.assign(world.app, _class_of(world, owner))
    with world.app.app_context():
        member = schools.membership_of(db.session(), owner).public_id
    values = {"slug": made.cohort.school.slug, "public_id": made.public_id, "member": member}
    return Example(values)


@example("try")
def try_(world: World, owner: Person) -> Example:
    """Under an assignment."""
    made = schools.assign(world.app, _class_of(world, owner))
    public_id = Learner(world.app, owner, context=made.public_id).study().start()
    return Example({"slug": made.cohort.school.slug, "public_id": public_id})


@example("learner of a school")
def learner_of_a_school(world: World, owner: Person) -> Example:
    """By the membership."""
    made = _class_of(world, owner)
    with world.app.app_context():
        public_id = schools.membership_of(db.session(), owner).public_id
    return Example({"slug": made.school.slug, "public_id": public_id})


@example("learner with an assignment")
def learner_with_an_assignment(world: World, owner: Person) -> Example:
    """In whose name the assignment is sent, too."""
    made = schools.assign(world.app, _class_of(world, owner))
    with world.app.app_context():
        public_id = schools.membership_of(db.session(), owner).public_id
    values = {"slug": made.cohort.school.slug, "public_id": public_id}
    return Example(values, form={"assignment": made.public_id})


@example("role in a school")
def role_in_a_school(world: World, owner: Person) -> Example:
    """Somebody else's, who does not belong to the school of its owner."""
    school, instructor = world.school_of(owner), world.person()
    organisations.grant(world.app, instructor, Role.INSTRUCTOR, school)
    with world.app.app_context():
        form = {"person": accounts.row_of(instructor).subject, "role": Role.INSTRUCTOR.value}
    return Example({"slug": school.slug}, form=form)


# Lists, invitations and codes


@example("class with a list")
def class_with_a_list(world: World, owner: Person) -> Example:
    """With a list that was looked at before."""
    contents = base64.urlsafe_b64encode(b"Name,Email\n").decode()
    form = {"contents": contents, "digest": "", "shown_sheet": ""}
    return _in_class(_class_of(world, owner), form)


@example("invitation into a class")
def invitation_into_a_class(world: World, owner: Person) -> Example:
    entry = schools.invite(world.app, _class_of(world, owner), f"new-{next(_numbers)}@example.org")
    return Example({"slug": world.school_of(owner).slug, "public_id": entry.public_id})


@example("sent invitation")
def sent_invitation(world: World, owner: Person) -> Example:
    entry = schools.invite(world.app, _class_of(world, owner), f"new-{next(_numbers)}@example.org")
    with world.app.app_context():
        return Example({"token": make_invitation_token(entry)})


_fixed("forged invitation", token=f"ros_absent.{'0' * 64}")
EXAMPLES["absent certificate to withdraw"] = lambda _world, _owner: Example(
    {}, form={"asked": "dcr_absent"}
)
_fixed("absent code", code="ABCD2345")


@example("code to join with")
def code_to_join_with(world: World, owner: Person) -> Example:
    made = schools.join_code(world.app, _class_of(world, owner))
    return Example({"slug": world.school_of(owner).slug, "public_id": made.public_id})


@example("open code")
def open_code(world: World, owner: Person) -> Example:
    return Example({"code": schools.join_code(world.app, _class_of(world, owner)).code})


# Drafts

EXAMPLES["course to write for"] = lambda _world, _owner: Example(
    {"course": SLUG}, form={"path": "cases/leo-as-usual.md"}
)
_fixed("absent course to write for", course="absent")
_fixed("absent draft", public_id="drf_absent")
_fixed("absent disputed draft", public_id="drf_absent", review="rvu_absent")
_fixed("course for a new file", course=SLUG)
_fixed("case to copy", course=SLUG, case=PRACTICE)
_fixed("absent case to copy", course=SLUG, case="absent")
_fixed("absent idea", public_id="ide_absent")


def _upload(course: str, **fields: str) -> Example:
    return Example({}, form={"course": course, "slug": "", **fields})


_AGAIN = {"contents": "", "shown": ""}
EXAMPLES |= {
    "absent chosen draft": lambda _world, _owner: Example({}, form={"document": "drf_absent"}),
    "course to import into": lambda _world, _owner: _upload(SLUG),
    "absent course to import into": lambda _world, _owner: _upload("absent"),
    "course to import into again": lambda _world, _owner: _upload(SLUG, **_AGAIN),
    "absent course to import into again": lambda _world, _owner: _upload("absent", **_AGAIN),
}


@example("chosen draft")
def chosen_draft(world: World, owner: Person) -> Example:
    return Example({}, form={"document": draft(world, owner).values["public_id"]})


@example("idea")
def idea(world: World, owner: Person) -> Example:
    return Example({"public_id": drafts.take_down(world.app, owner, "A sore calf.").public_id})


@example("draft")
def draft(world: World, owner: Person) -> Example:
    made = drafts.start(world.app, owner, f"sections/{next(_numbers):02}-fresh.md", "Text.\n")
    return Example(
        {"public_id": made.public_id}, form={"text": "Other.\n", "begun_with": made.text_hash}
    )


@example("draft with keys")
def draft_with_keys(world: World, owner: Person) -> Example:
    path, text = f"sections/{next(_numbers):02}-fresh.md", "---\nid: fresh\n---\nText.\n"
    made = drafts.start(world.app, owner, path, text)
    sent = {"text": text, "begun_with": made.text_hash, "body": "Other."}
    return Example({"public_id": made.public_id}, form=sent)


@example("draft for a picture")
def draft_for_picture(world: World, owner: Person) -> Example:
    made = draft_with_keys(world, owner)
    return Example(made.values, form={"begun_with": "0"})


@example("picture")
def picture(world: World, owner: Person) -> Example:
    del owner
    return Example({"name": pictures.store(world.app)})


_fixed("absent picture", name=f"1x1-{'0' * 64}")


@example("draft with two versions")
def draft_with_two_versions(world: World, owner: Person) -> Example:
    made = drafts.start(world.app, owner, f"sections/{next(_numbers):02}-fresh.md", "Text.\n")
    drafts.save(world.app, owner, made, "Other.\n")
    return Example({"public_id": made.public_id}, form={"number": "1"})


@example("draft to discard")
def draft_to_discard(world: World, owner: Person) -> Example:
    return Example(draft(world, owner).values)


# Reviews: `own` stands for a review that was asked of the asker

_fixed("absent review", public_id="rvu_absent")
_fixed("absent request", public_id="rrq_absent")
_fixed("absent comment", public_id="rcm_absent")


@example("draft to ask about")
def draft_to_ask_about(world: World, owner: Person) -> Example:
    made = drafts.start(world.app, owner, f"sections/{next(_numbers):02}-fresh.md", "Text.\n")
    return Example({"public_id": made.public_id}, form={"addresses": "", "note": ""})


@example("draft to send again")
def draft_to_send_again(world: World, owner: Person) -> Example:
    return Example(draft_to_ask_about(world, owner).values)


@example("review")
def review(world: World, owner: Person) -> Example:
    """With what the page of its only question sends."""
    made = reviews.ask(world.app, owner)
    form = {"shown": made.sent_text.text_hash, "step": "decide", "choice": "same_day"}
    return Example({"public_id": made.public_id}, form=form)


@example("review to give back")
def review_to_give_back(world: World, owner: Person) -> Example:
    return Example(review(world, owner).values)


@example("answered review")
def answered_review(world: World, owner: Person) -> Example:
    made = reviews.answer(world.app, owner)
    form = {"shown": made.sent_text.text_hash, "verdict": "disagree", "text": "A guideline."}
    return Example({"public_id": made.public_id}, form=form)


@example("answered review to comment on")
def answered_review_to_comment_on(world: World, owner: Person) -> Example:
    made = reviews.answer(world.app, owner)
    return Example({"public_id": made.public_id}, form={"path": "", "comment": "Why?"})


@example("disputed draft")
def disputed_draft(world: World, owner: Person) -> Example:
    """Without what a resolution needs, so that the form comes back."""
    made = reviews.answer(world.app, owner)
    with world.app.app_context():
        public_id = made.draft.public_id
    return Example({"public_id": public_id, "review": made.public_id}, form={"text": ""})


@example("review request")
def review_request(world: World, owner: Person) -> Example:
    return Example({"public_id": reviews.ask(world.app, owner).request.public_id})


@example("review request to introduce oneself")
def review_request_to_introduce(world: World, owner: Person) -> Example:
    form = {"name": "Ravi Menon", "credentials": "nurse", "disclosures": "none"}
    return Example(review_request(world, owner).values, form=form)


@example("review comment")
def review_comment(world: World, owner: Person) -> Example:
    return Example({"public_id": reviews.comment(world.app, owner)})


@example("invitation")
def invitation(world: World, owner: Person) -> Example:
    return Example({"token": reviews.invite(world.app, f"guest-{next(_numbers)}@example.org")})


@example("invitation to enter a code")
def invitation_to_enter_code(world: World, owner: Person) -> Example:
    return Example(invitation(world, owner).values, form={"code": "000000"})


# Versions

_fixed("course to publish", course=SLUG)
EXAMPLES["course with published texts"] = lambda _world, _owner: Example(
    {"course": SLUG},
    form={"texts": "case:leo-as-usual", "addresses": f"guest-{next(_numbers)}@example.org"},
)


@example("course with an unapproved draft")
def course_with_an_unapproved_draft(world: World, owner: Person) -> Example:
    """A case that could be published if its reviewers had approved it, and the form that tries."""
    text = (courses.FOLDER / "cases" / "leo-as-usual.md").read_text()
    made = drafts.start(world.app, owner, "cases/leo-as-usual.md", text.replace("60 min", "50 min"))
    chosen = f"{made.public_id}/{made.text_hash}"
    return Example({"course": SLUG}, form={"drafts": chosen, "reason": "It is time."})


EXAMPLES["course with offers"] = lambda _world, _owner: Example(
    {"course": SLUG}, form={"version": "rev_other"}
)
_fixed("published file", course=SLUG, number=1, path="cases/leo-as-usual.md")
_fixed("absent published file", course=SLUG, number=1, path="cases/absent.md")


@example("version to stop")
def version_to_stop(world: World, owner: Person) -> Example:
    """The newest version of the small course, without a reason, so that it stays as it is."""
    with world.app.app_context():
        newest = published.find_newest_course_revision(db.session(), SLUG)
        assert newest is not None
        return Example({"course": SLUG}, form={"version": newest.public_id, "reason": ""})


EXAMPLES["absent version to stop"] = lambda _world, _owner: Example(
    {"course": SLUG}, form={"version": "rev_absent", "reason": "It is wrong."}
)


@example("withdrawal to confirm")
def withdrawal_to_confirm(world: World, owner: Person) -> Example:
    """One that somebody asked for too long ago, so that the small course stays as it is."""
    made = version_to_stop(world, owner)
    with world.app.app_context(), unit_of_work() as session:
        row = accounts.row_of(owner)
        roles = frozenset({RoleAssignment(Role.ADMINISTRATOR)})
        asked = dual_control.request_act(
            session,
            WITHDRAWAL.name,
            str(made.form["version"]),
            {},
            reason="It is wrong.",
            actor=Actor(row.id, row.subject, roles),
            now=clock.now() - 2 * WITHDRAWAL.lasts,
        )
        dual_control.expire_due_requests(session, now=clock.now())
        return Example({"course": SLUG}, form={"asked": asked.public_id})


EXAMPLES["absent withdrawal to confirm"] = lambda _world, _owner: Example(
    {"course": SLUG}, form={"asked": "dcr_absent"}
)


# Remarks

_fixed("absent remark", public_id="rmk_absent")


@example("remark")
def remark(world: World, owner: Person) -> Example:
    with world.app.app_context():
        actor = courses.actor_of(owner)
        with unit_of_work() as session:
            made = remarks.save_remark(
                session, NewRemark("It is wrong."), actor=actor, now=clock.now()
            )
        assert isinstance(made, Remark)
        return Example(
            {"public_id": made.public_id},
            form={"state": "closed", "note": "Done."},
        )


@example("remark about a section")
def remark_about_section(world: World, owner: Person) -> Example:
    with world.app.app_context():
        course = courses.course_of(owner)
        about = NewRemark(
            "It is wrong.",
            revision_id=course.outline.sections[0].revision_id,
            course_revision_id=course.revision.id,
        )
        with unit_of_work() as session:
            made = remarks.save_remark(
                session, about, actor=courses.actor_of(owner), now=clock.now()
            )
        assert isinstance(made, Remark)
        return Example({"public_id": made.public_id})


@example("remark to be answered")
def remark_to_be_answered(world: World, owner: Person) -> Example:
    return Example(remark(world, owner).values, form={"answer": "It is mended."})


@example("remark to be erased")
def remark_to_be_erased(world: World, owner: Person) -> Example:
    return Example(remark(world, owner).values)
