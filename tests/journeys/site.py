"""A site with somebody in every state that a page can show, made by the real actions."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from io import BytesIO
from itertools import count
from pathlib import Path
from unittest import mock

import pyotp
import segno
import sqlalchemy as sa
from flask import Flask

from cpd.access.permissions import SYSTEM, VISITOR, Actor, Role, RoleAssignment
from cpd.accounts.data_requests import actions as data_requests
from cpd.accounts.data_requests import queries as data_request_queries
from cpd.accounts.data_requests.models import DataRequestKind
from cpd.accounts.mfa import actions as mfa
from cpd.accounts.mfa import totp
from cpd.accounts.models import Person as PersonRow
from cpd.accounts.people import actions as accounts_actions
from cpd.accounts.profile import actions as profiles
from cpd.accounts.sign_in import actions as credentials
from cpd.accounts.sign_up import actions as verifications
from cpd.app import create_app
from cpd.authoring.stopping import actions as stopping_actions
from cpd.authoring.stopping.actions import Stopping
from cpd.certificates.models import Certificate
from cpd.certificates.rules.codes import format_code
from cpd.courses.models import Enrolment, Revision
from cpd.db import db, unit_of_work
from cpd.evaluations import actions as evaluations
from cpd.jobs import worker
from cpd.kernel import clock
from cpd.provider import actions as provider
from cpd.provider import first_start, queries
from cpd.quizzes.attempts import actions as attempt_actions
from cpd.quizzes.attempts import delivery
from cpd.quizzes.exams import actions as exam_actions
from cpd.quizzes.grading import computing
from cpd.quizzes.practice import actions as practice
from cpd.quizzes.practice.cases import find_practice_case
from cpd.quizzes.practice.models import Confidence
from cpd.quizzes.rules.answers import EventType
from cpd.remarks import actions as remarks
from cpd.remarks.actions import NewRemark
from cpd.remarks.models import Remark, RemarkState
from cpd.remarks.queries import PAGE
from cpd.reporting.batches.views import file_name_of
from cpd.schools.roster.invitation_links import make_invitation_token
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
from tests.factories.quizzes import Learner, blank, critical, harmless_and_wrong, right
from tests.support.databases import Database
from tests.support.people import ADA, INES, MAYA, OMAR, RAVI, ZOE, Person
from tests.support.prepared import settings_for

READER = Person("rita", "Rita Sandoval", "has read the first section")
READY = Person("rene", "René Gauthier", "has read everything and not begun the exam")
BEGINNER = Person("bea", "Bea Moreau", "has begun the exam and answered nothing")
SITTER = Person("sita", "Sita Verma", "sits in the exam")
HARMED = Person("hugh", "Hugh Lindqvist", "went ahead through an emergency")
PAUSED = Person("paul", "Paul Nkemelu", "has failed twice, and waits")
LATE = Person("lena", "Lena Kowalczyk", "passed, but the time was over first")
UNSEEN = Person("uma", "Uma Petrov", "was away when the time was over")
PENDING = Person("pia", "Pia Romero", "waits for a result")
REPLACED = Person("rosa", "Rosa Almeida", "holds a certificate that was replaced")
WITHDRAWN = Person("walt", "Walt Jansen", "held a certificate that was withdrawn")
FORGED = Person("fred", "Fred Castellanos", "has a certificate in whose row somebody wrote")
UNPRINTED = Person("lei", "𒀀𒀁", "has a name that no font here can print")
GUARDED = Person("gita", "Gita Lindberg", "is asked for a code besides the password")
EARLIER = Person("ezra", "Ezra Tanaka", "began a course before it was updated")
LOCKED_OUT = Person("otto", "Otto Braun", "has a locked account")
TAUGHT = Person("tess", "Tess Amari", "learns in a class of a school")
HEAD = Person("hana", "Hana Ito", "looks after a school")
BUSY = Person("bo", "Bo Wachtmeister-Lindgren", "has a role in every area, and a long name")
OTHERS = (
    READER, READY, BEGINNER, SITTER, HARMED, PAUSED, LATE, UNSEEN, PENDING,
    REPLACED, WITHDRAWN, FORGED, UNPRINTED, GUARDED, EARLIER, LOCKED_OUT, TAUGHT, HEAD,
)  # fmt: skip

SIX, TIMED, UPDATED = "six-cases", "timed-course", "updated-course"
TWO_STEPS, ENDS, FLAT, CRITICAL, SINGLE, MULTIPLE = EXAM = (
    "dora-fainted",
    "bela-hot-dry",
    "gina-warm",
    "emil-collapses",
    "nico-room",
    "olga-offers",
)
"""Every exam of these two courses brings just these cases."""


def six_cases(parent: Path, slug: str) -> Path:
    """Make the small course with the six cases."""
    minutes = ("time_limit_minutes: null", f"time_limit_minutes: {30 if slug == TIMED else 'null'}")
    folder = courses.altered(parent, {"exam.md": minutes}, slug=slug)
    exam = folder / "exam.md"
    exam.write_text(exam.read_text().replace("{notice: 2, adapt: 2}", "{}"))
    for case in (folder / "cases").glob("*.md"):
        if case.stem not in EXAM and "pool: exam" in case.read_text():
            case.unlink()
    return folder


@dataclass
class Site:
    """The app on the site's database, and the ids of what stands in it."""

    app: Flask
    ids: dict[str, str] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    """Attempts are numbered: their ids seed the draw, so every site draws alike."""

    def learner(self, person: Person, slug: str = SIX) -> Learner:
        """Return somebody's hands."""
        return Learner(self.app, person, slug)

    def case(self, attempt: str, case: str) -> str:
        """Return the address of a case of an attempt, by what it is."""
        return f"/attempts/{self.ids[attempt]}/cases/{self.ids[f'{attempt} {case}']}"


def make(database: Database, folder: Path) -> Site:
    """Fill a copy of the template database with everybody."""
    demo = replace(settings_for(database), mail_server=None, demo=True)
    site = Site(create_app(demo))
    for slug in (SIX, TIMED):
        courses.publish(site.app, six_cases(folder, slug))
    _end_early(site)
    _provider(site)
    _people(site)
    _emails(site)
    _learners(site)
    _update(site, folder)
    load_open_attempt(site)
    _results(site)
    _certificates(site)
    _remarks(site)
    _data_requests(site)
    _reviews(site)
    _drafts(site)
    _school(site)
    _reports(site)
    return site


def _reports(site: Site) -> None:
    """Report certificates of three people to Florida, with an answer."""
    with site.app.app_context():
        found = [_certificate(person) for person in (UNPRINTED, REPLACED, FORGED)]
        actor = courses.actor_of(INES)
        with unit_of_work() as session:
            answered, unsent = reporting.fill_queues(session, found, actor=actor, now=clock.now())
            site.ids["report file"] = answered.batch.public_id
            site.ids["unsent report file"] = unsent.batch.public_id
            site.ids["name of report file"] = file_name_of(answered.batch)


def _reviews(site: Site) -> None:
    """Ask the reviewer and a guest about some cases."""
    site.ids["open review"] = reviews.ask(site.app, RAVI).public_id
    answered, signed = reviews.answer(site.app, RAVI), reviews.sign(site.app, RAVI)
    site.ids["answered review"] = answered.public_id
    site.ids["request"] = answered.request.public_id
    site.ids["signed draft"] = signed.draft.public_id
    site.ids["review invitation"] = reviews.invite(site.app, "guest@example.org")


def _drafts(site: Site) -> None:
    """Let ada write two cases: one with a step of several kinds, and one with faults."""
    cases = courses.FOLDER / "cases"
    site.ids["picture"] = pictures.store(site.app)
    (site.ids["approval"],) = credit.approve(site.app, credit.PROVIDER)
    for name, path in (("draft", "dora-fainted"), ("unfinished draft", "olga-offers")):
        text = (cases / f"{path}.md").read_text()
        made = drafts.start(site.app, ADA, f"cases/{path}.md", text)
        site.ids[name] = made.public_id
    unfinished = text.replace("difficulty: ", "difficulty: un").replace(
        "correct: true", "danger: no"
    )
    drafts.save(site.app, ADA, made, unfinished)
    drafts.take_down(site.app, ADA, "A man of 50 comes for his back. He fainted that morning.")


def _data_requests(site: Site) -> None:
    """Let two people ask for their data, of whom one gets it, and one for a deletion."""
    with site.app.app_context():
        for person, kind in (
            (MAYA, DataRequestKind.COPY),
            (ZOE, DataRequestKind.DELETION),
            (SITTER, DataRequestKind.COPY),
        ):
            actor = courses.actor_of(person)
            with unit_of_work() as session:
                data_requests.request_data_action(session, kind, actor=actor, now=clock.now())
        asked = data_request_queries.find_own_requests(db.session(), courses.actor_of(SITTER))
        with unit_of_work() as session:
            data_requests.carry_out_data_request(
                session, asked[DataRequestKind.COPY], declared=(), actor=SYSTEM, now=clock.now()
            )


def _end_early(site: Site) -> None:
    """Let a story end at once after going ahead, as it could in earlier versions."""
    front = courses.front_of(site.app, f"case:{ENDS}", SIX)
    decide, *later = front["steps"]
    early = decide | {"routes": decide["routes"] | {"proceed": None}}
    courses.publish_as_once(site.app, f"case:{ENDS}", front | {"steps": [early, *later]}, SIX)


def _provider(site: Site) -> None:
    """Give the provider a logo."""
    picture = BytesIO()
    segno.make("Harbour").save(picture, kind="png")
    first_start.store_or_compare_provider(site.app)
    with site.app.app_context():
        with unit_of_work() as session:
            logo = {"logo": picture.getvalue()}
            provider.change_profile(session, logo, actor=SYSTEM, now=clock.now())
        kept = queries.find_profile(db.session())
        assert kept is not None
        assert kept.logo is not None
        site.ids["logo"] = kept.logo


@contextmanager
def ago(**amount: float) -> Iterator[None]:
    """Let something happen in the past."""
    with clock.freeze_at(clock.now() - timedelta(**amount)):
        yield


def _people(site: Site) -> None:
    accounts.password_hash()
    with site.app.app_context(), unit_of_work() as session:
        for person in OTHERS:
            row = accounts.add_person(session, email=person.email, name=person.full_name)
            accounts.give_certificate_details(row, person.full_name)
            site.ids[person.name] = row.public_id
        roles = (Role.LEARNER, Role.INSTRUCTOR, Role.AUTHOR, Role.ADMINISTRATOR)
        accounts.add_person(session, email=BUSY.email, name=BUSY.full_name, roles=roles)
        session.flush()
        ravi = session.scalars(sa.select(PersonRow).where(PersonRow.email == RAVI.email)).one()
        site.ids["link"] = credentials.make_password_link(
            session, ravi, actor=SYSTEM, now=clock.now()
        )
    with site.app.app_context():
        actor, otto = courses.actor_of(MAYA), accounts.row_of(LOCKED_OUT)
        for named in (MAYA, ZOE, OMAR, INES):
            site.ids[named.name] = accounts.row_of(named).public_id
        with unit_of_work() as session:
            profiles.add_license(
                session, authority="Texas Department of Licensing and Regulation",
                number="MT 123456", actor=actor, now=clock.now(),
            )  # fmt: skip
            accounts_actions.disable_person(session, otto.id, actor=SYSTEM, now=clock.now())
    school = organisations.school(site.app)
    cohort = schools.cohort(site.app, school)
    for named in (MAYA, ZOE):
        schools.enter(site.app, named, cohort)
    site.ids["assignment"] = schools.assign(site.app, cohort, slug=SIX).public_id


def _school(site: Site) -> None:
    """Make a class with an assignment, and grant its learner more time and a later date."""
    hill = organisations.school(site.app, "Hill School")
    organisations.join(site.app, ZOE, hill)
    organisations.grant(site.app, HEAD, Role.SCHOOL_ADMIN, hill)
    evening = schools.cohort(site.app, hill, "Evening class")
    schools.enter(site.app, TAUGHT, evening)
    schools.teach(site.app, RAVI, evening)
    with ago(days=9):
        late = schools.assign(site.app, evening, schools.window_of_days(None, 7, 21), slug=SIX)
    later = schools.assign(site.app, evening, schools.window_of_days(1, 7, 14), slug=SIX)
    schools.announce(site.app, evening)
    schools.accommodate(site.app, TAUGHT, hill, schools.DOUBLE_TIME)
    schools.extend(site.app, TAUGHT, later, schools.window_of_days(None, 9).due)
    with site.app.app_context():
        taught = schools.membership_of(db.session(), TAUGHT).public_id
        invited = schools.invite(site.app, evening, "nora@example.org")
        site.ids["invitation"] = make_invitation_token(invited)
    lesson = schools.lesson(site.app, evening, "rosa-stumbles", "sami-red-back", slug=SIX)
    quiet = schools.lesson(site.app, evening, "rosa-stumbles", "sami-red-back", slug=SIX)
    run, answered = schools.begin(site.app, lesson), schools.begin(site.app, lesson)
    schools.show_answer(site.app, answered)
    code = schools.join_code(site.app, evening)
    site.ids |= {
        "join code": code.code,
        "code": code.public_id,
        "lesson": lesson.public_id,
        "quiet lesson": quiet.public_id,
        "lesson run": run.public_id,
        "lesson code": run.code,
        "answered lesson code": answered.code,
        "class": evening.public_id,
        "late assignment": late.public_id,
        "later assignment": later.public_id,
        "learner": taught,
    }
    assigned = Learner(site.app, TAUGHT, SIX, late.public_id)
    site.ids["assigned attempt"] = assigned.fail_critically()
    site.learner(TAUGHT, TIMED).study()
    site.ids["timed attempt"] = _open(site, TAUGHT, TIMED)


def _emails(site: Site) -> None:
    """Let people claim addresses, put an email into the mailbox, and set up an app for codes."""
    with site.app.app_context():
        with unit_of_work() as session:
            claim = verifications.request_verification(session, "new@example.org", now=clock.now())
        worker.run_all_due_jobs()
        with unit_of_work() as session:
            site.ids["claim"] = verifications.make_verification_secrets(session, claim).token
        maya, gita = accounts.row_of(MAYA), accounts.row_of(GUARDED)
        with unit_of_work() as session:
            claim = verifications.request_verification(
                session, "m@clinic.example", person_id=maya.id, now=clock.now()
            )
            site.ids["new address"] = verifications.make_verification_secrets(session, claim).token
            key = totp.make_random_key()
            site.ids["recovery code"], *_rest = mfa.turn_on_mfa(
                session, gita, key, pyotp.TOTP(key).now(), actor=SYSTEM, now=clock.now()
            ) or [""]


def _learners(site: Site) -> None:
    courses.enrol(site.app, READER, SIX)
    courses.finish(site.app, READER, "noticing", slug=SIX)
    courses.count_minute(
        site.app, READER, "noticing", slug=SIX, now=clock.now() + timedelta(minutes=1)
    )
    site.learner(READER).practice("quinn-dizzy")
    held = cycles.add_license(site.app, READER, "florida")
    activity = cycles.add_activity(site.app, READER, held)
    site.ids["license"], site.ids["activity"] = held.public_id, activity.public_id
    site.ids["evidence"] = cycles.evidence_of(site.app, activity)
    site.learner(READY).study()


def _update(site: Site, folder: Path) -> None:
    """Publish a course anew, with every kind of change, after somebody began it."""
    courses.publish(site.app, courses.altered(folder / "before", {}, slug=UPDATED))
    courses.enrol(site.app, EARLIER, UPDATED)
    newer = courses.altered(
        folder / "after",
        {
            "hazards/sunburn.md": (
                "postpone:\n    - Blisters\n", "emergency:\n    - Blisters and a fever\n"
            ),
            "hazards/fainting.md": ("rule: No", "rule: Lay them down. No"),
            "sections/01-noticing.md": ("Fainting", "Swooning"),
            "tools/room-check.md": ("Water on the table", "A jug of water on the table"),
            "figures/cool-down.md": ("title: ", "title: Now, "),
            "glossary.md": ("meaning: ", "meaning: In short, "),
        },
        slug=UPDATED,
    )  # fmt: skip
    card = (newer / "hazards/fainting.md").read_text()
    new = card.replace("id: fainting\ntitle: Fainting", "id: chills\ntitle: Chills in the heat")
    (newer / "hazards/chills.md").write_text(new)
    with site.app.app_context():
        ravi = accounts.row_of(RAVI)
        began = courses.enrolment_of(EARLIER, UPDATED).course_revision
        actor = Actor(ravi.id, ravi.subject, frozenset({RoleAssignment(Role.REVIEWER)}))
        reason = "The card of fainting lets a client stand up too soon."
        stopping = Stopping(actor, ravi.name, reason, clock.now())
        with unit_of_work() as session:
            stopping_actions.pause_version(session, session.get_one(Revision, began.id), stopping)
    courses.publish(site.app, newer)


def _open(site: Site, person: Person, slug: str = SIX) -> str:
    """Start an attempt, and note where each case stands in it."""
    learner = site.learner(person, slug)

    def numbered(kind: str) -> str:
        return f"{kind}_{next(site.numbers):026}"

    with mock.patch.object(exam_actions, "new_public_id", numbered):
        attempt = learner.start()
    site.ids[person.name + " attempt"] = attempt
    with site.app.app_context():
        for item in learner.attempt(attempt).items:
            site.ids[f"{person.name} attempt {item.revision.front['id']}"] = str(item.position)
    return attempt


def load_open_attempt(site: Site) -> None:
    site.learner(BEGINNER).study()
    _open(site, BEGINNER)
    learner = site.learner(SITTER).study()
    public_id = _open(site, SITTER)
    at = {case: int(site.ids[f"{SITTER.name} attempt {case}"]) for case in EXAM}
    learner.answer(public_id, at[MULTIPLE])
    with site.app.app_context():
        attempt = learner.attempt(public_id)
        going = {"choice": "proceed"}
        for case, given in ((TWO_STEPS, {"choice": "same_day"}), (ENDS, going)):
            kept = learner.send(attempt, case, "decide", given)
            if case == ENDS:
                learner.send(
                    attempt, case, "decide", None, after=kept.event_id, kind=EventType.REVEAL
                )
        learner.send(attempt, FLAT, "decide", going)
        learner.send(attempt, FLAT, "decide", {"choice": "modify"})  # from another tab
        assert delivery.find_attempt_with_shown_cases(
            db.session(), attempt, now=clock.now()
        ).unfinished_cases


def _hand_in(site: Site, person: Person, choose: Callable[..., object], slug: str = SIX) -> str:
    learner = site.learner(person, slug)
    public_id = _open(site, person, slug)
    learner.answer_all(public_id, choose)  # type: ignore[arg-type]
    learner.hand_in(public_id)
    return public_id


def _practice_when_sure(site: Site) -> None:
    """Let Hugh be sure of a decision that could have harmed the client."""
    with site.app.app_context(), unit_of_work() as session:
        enrolment = site.learner(HARMED).enrolment()
        practice.set_confidence_request(session, enrolment, is_wanted=True)
        case = find_practice_case(session, enrolment, "rosa-stumbles", again=True)
        assert case is not None
        practice.save_practice_answer(
            *(session, enrolment, case, {"choice": "proceed"}),
            confidence=Confidence.SURE,
            now=clock.now(),
        )


def _results(site: Site) -> None:
    site.learner(HARMED).study()
    _practice_when_sure(site)
    _hand_in(site, HARMED, lambda key: critical(key) or right(key))
    with ago(days=2):
        site.learner(PAUSED).study()
        site.ids["first low"] = _hand_in(site, PAUSED, harmless_and_wrong)
    with ago(hours=1):
        _hand_in(site, PAUSED, blank)
    for person, answered in ((LATE, True), (UNSEEN, False)):
        with ago(days=1):
            learner = site.learner(person, TIMED).study()
            public_id = _open(site, person, TIMED)
            if answered:
                learner.answer_all(public_id)
    _closed_by_time(site, LATE)
    site.learner(PENDING).study()
    with mock.patch.object(
        computing, "compute_exam_result", side_effect=RuntimeError("the machine stopped")
    ):
        _hand_in(site, PENDING, right)
    site.learner(ZOE).study()
    public_id = _open(site, ZOE)
    with site.app.app_context():
        attempt = site.learner(ZOE).attempt(public_id).id
        with unit_of_work() as session:
            attempt_actions.void_attempt(
                session, attempt, actor=SYSTEM, now=clock.now(), reason="The site failed."
            )


def _closed_by_time(site: Site, person: Person) -> None:
    learner = site.learner(person, TIMED)
    with site.app.app_context():
        attempt = learner.attempt(site.ids[person.name + " attempt"]).id
        with unit_of_work() as session:
            attempt_actions.lock_and_close_if_overdue(session, attempt, now=clock.now())


def _certificates(site: Site) -> None:
    for person in (MAYA, REPLACED, WITHDRAWN, FORGED, UNPRINTED):
        learner = site.learner(person)
        site.ids[person.name + " attempt"] = learner.pass_exam()
    with site.app.app_context():
        for person in (MAYA, REPLACED, WITHDRAWN, FORGED, UNPRINTED):
            found = _certificate(person)
            site.ids[person.name + " certificate"] = found.public_id
            site.ids[person.name + " code"] = format_code(found.code)
        successor = _certificate(MAYA).id
        _let_four_more_evaluate(_certificate(REPLACED).enrolment)
        replaced = _certificate(REPLACED).enrolment
        with unit_of_work() as session:
            evaluations.save_evaluation(
                session, replaced, {"objective:notice": 5, "objective:adapt": 3, "clear": 4,
                "unbiased": 1}, "More about fans.\nAnd shade.",
                actor=courses.actor_of(REPLACED), now=clock.now(),
            )  # fmt: skip
        with unit_of_work() as session:
            for person, state in ((REPLACED, "superseded"), (WITHDRAWN, "revoked")):
                row = session.get_one(Certificate, _certificate(person).id)
                row.state, row.ended_at = state, clock.now()  # type: ignore[assignment]
            session.get_one(Certificate, _certificate(REPLACED).id).successor_id = successor
            site.ids["refused license"] = everything.add_refusal_of_credit(
                session, _certificate(UNPRINTED), "lic_removed", now=clock.now()
            ).public_id
            session.execute(sa.text("DROP TRIGGER frozen_certificates_update"))
            session.get_one(Certificate, _certificate(FORGED).id).signature = "nonsense"


def _let_four_more_evaluate(like: Enrolment) -> None:
    """Let people without accounts evaluate the course, so that there are enough for figures."""
    with unit_of_work() as session:
        for number in range(4):
            subject = f"sub_evaluates_{number}"
            enrolment = Enrolment(
                subject=subject,
                course_id=like.course_id,
                context=like.context,
                course_revision_id=like.course_revision_id,
            )
            session.add(enrolment)
            session.flush()
            evaluations.save_evaluation(
                session,
                enrolment,
                {"objective:notice": 4, "clear": 5},
                "",
                actor=Actor(person_id=1, subject=subject),
                now=clock.now(),
            )


def _remarks(site: Site) -> None:
    """Two remarks that were answered, and more open ones than a page holds."""
    with site.app.app_context():
        course = courses.course_of(MAYA, SIX)
        section = course.outline.sections[0]
        for count in range(3 + PAGE):
            told = NewRemark(
                text=f"The sign {count} is missing.\nOr I did not see it.",
                page=f"/courses/{SIX}/sections/{section.slug}",
                email="" if count % 2 else "nia@clinic.example",
                source=f"network {count % 10}",
                revision_id=section.revision_id,
                course_revision_id=course.revision.id,
            )
            actor = courses.actor_of(MAYA) if count == 1 else VISITOR
            with unit_of_work() as session:
                made = remarks.save_remark(session, told, actor=actor, now=clock.now())
                assert isinstance(made, Remark)
                site.ids[f"remark {count}"] = made.public_id
                if count <= 1:
                    state, note = RemarkState.ANSWERED, "Wrote back."
                    remarks.change_remark_state(
                        session, made, state, note, actor=SYSTEM, now=clock.now()
                    )
                    remarks.answer_remark(
                        session, made, "It is there.\nLook again.", actor=SYSTEM, now=clock.now()
                    )


def _certificate(person: Person) -> Certificate:
    subject = accounts.row_of(person).subject
    return db.session.scalars(sa.select(Certificate).where(Certificate.subject == subject)).one()
