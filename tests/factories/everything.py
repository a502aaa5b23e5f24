"""A row in every table, made by the real actions: for migrations."""

from datetime import datetime, timedelta
from fractions import Fraction

import pyotp
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cpd.access.permissions import SYSTEM, Actor, Role
from cpd.accounts.data_requests import actions as data_requests
from cpd.accounts.data_requests.models import DataRequestKind
from cpd.accounts.mfa import actions as mfa
from cpd.accounts.mfa import totp
from cpd.accounts.people import actions as people
from cpd.accounts.people.actions import Grant
from cpd.accounts.sign_in import actions as credentials
from cpd.accounts.sign_in import throttle
from cpd.accounts.sign_in.throttle import ThrottleKey
from cpd.accounts.sign_up import actions as verifications
from cpd.authoring.drafts import actions as drafts
from cpd.authoring.ideas import actions as ideas
from cpd.authoring.seen_keys import actions as seen_keys
from cpd.certificates import actions as certificates
from cpd.certificates.claims.models import CreditDecision, CreditState
from cpd.certificates.models import Certificate, CertificateEnding, CertificateState
from cpd.config import settings_of_app
from cpd.courses.reading import actions as course_actions
from cpd.courses.rules.reading import Place
from cpd.credit.needs.actions import save_credit_need
from cpd.db import DEMO, DatabaseMark, db, unit_of_work
from cpd.evaluations import actions as evaluations
from cpd.hosts import keys
from cpd.jobs import outbox
from cpd.kernel import clock
from cpd.media import actions as media
from cpd.organisations import actions as organisations
from cpd.organisations.actions import NewSchool
from cpd.organisations.models import School
from cpd.provider import actions as provider
from cpd.provider import fields
from cpd.quizzes.attempts.models import CaseFlag
from cpd.quizzes.practice.actions import set_confidence_request
from cpd.quizzes.practice.models import Confidence, PracticeAnswer, PracticeConfidence
from cpd.remarks import actions as remarks
from cpd.remarks.actions import NewRemark
from cpd.remarks.models import Remark, RemarkState
from cpd.schools.messages.rules.timing import MessageTopic
from tests.factories import (
    accounts,
    courses,
    credit,
    cycles,
    dual_control,
    reporting,
    reviews,
    schools,
)
from tests.factories.organisations import make_employer
from tests.factories.quizzes import Learner
from tests.support.people import MAYA, RAVI


def _fill_credit(session: Session, certificate: Certificate, actor: Actor, now: datetime) -> None:
    license_ = cycles.store_license(session, actor)
    cycles.store_activity(session, actor, license_)
    credit.approve_provider(session, actor=actor, now=now)
    add_refusal_of_credit(session, certificate, license_.public_id, now=now)
    reporting.add_row_in_every_table(session, certificate, actor=actor, now=now)
    save_credit_need(session, certificate.enrolment, is_wanted=True, actor=actor, now=now)


def add_refusal_of_credit(
    session: Session, certificate: Certificate, license_id: str, *, now: datetime
) -> CreditDecision:
    """Write that a license was refused when its holder passed."""
    decision = CreditDecision(
        subject=certificate.subject,
        enrolment_id=certificate.enrolment_id,
        attempt_id=certificate.attempt_id,
        authority="texas",
        license=license_id,
        state=CreditState.REFUSED,
        reasons=["provider-not-approved"],
        overridden=[],
        decided_by=SYSTEM.subject,
        decided_at=now,
    )
    session.add(decision)
    session.flush()
    return decision


def _read_on(session: Session, now: datetime) -> None:
    """Let maya leave off at a line, after a minute of reading."""
    enrolment, course = courses.enrolment_of(MAYA), courses.course_of(MAYA)
    course_actions.save_reading_place(session, enrolment, Place("noticing", "fainting", 2, now))
    section, later = courses.text_of(course, "noticing").document_id, now + timedelta(minutes=1)
    course_actions.count_active_minute(session, enrolment, section, idle=timedelta(0), now=later)


def fill(app: Flask) -> None:
    """Let maya pass and hold a certificate; leave something in every other table too.

    The database must hold what `template.fill` brings, as every copy of the template does.
    """
    dual_control.let_in(app)
    Learner(app, MAYA).pass_exam()
    accounts.session_token(app, MAYA)
    reviews.sign(app, RAVI)
    reviews.comment(app, RAVI)
    reviews.let_in(app, "guest@example.org")
    with app.app_context():
        actor, person = courses.actor_of(MAYA), accounts.row_of(MAYA)
        certificate = db.session.scalars(select(Certificate)).one()
        now = clock.now()
        with unit_of_work() as session:
            session.add(DatabaseMark(name=DEMO))
            session.add(CaseFlag(attempt_id=certificate.attempt_id, position=1))
            practiced = session.scalars(select(PracticeAnswer.id).limit(1)).one()
            session.add(PracticeConfidence(answer_id=practiced, confidence=Confidence.SURE))
            set_confidence_request(session, courses.enrolment_of(MAYA), is_wanted=True)
            keys.replace_registered_secret(session, str(app.secret_key), now=now)
            courses.add_entry(
                session, "case:leo-as-usual", "blind-answer", by="Ravi", hash="0" * 64
            )
            _read_on(session, now)
            _fill_credit(session, certificate, actor, now)
            credentials.make_password_link(session, person, actor=SYSTEM, now=now)
            key = totp.make_random_key()
            code = pyotp.TOTP(key).at(now)
            assert mfa.turn_on_mfa(session, person, key, code, actor=actor, now=now)
            data_requests.request_data_action(session, DataRequestKind.COPY, actor=actor, now=now)
            verifications.request_verification(
                session, "new@example.org", person_id=person.id, now=now
            )
            throttle.record_attempt_if_allowed(
                session, ThrottleKey(account="a", source="s"), now=now
            )
            certificates.add_certificate_file_if_absent(
                session, certificate, "pdf", b"%PDF", now=now
            )
            session.add(
                CertificateEnding(
                    certificate_id=certificate.id,
                    state=CertificateState.REVOKED,
                    reason="It is wrong.",
                    actor=actor.subject,
                    ended_at=now,
                )
            )
            remark = remarks.save_remark(
                session, NewRemark("It is wrong.", source="s"), actor=actor, now=now
            )
            assert isinstance(remark, Remark)
            remarks.change_remark_state(
                session, remark, RemarkState.CLOSED, "Done.", actor=SYSTEM, now=now
            )
            remarks.answer_remark(session, remark, "It is mended.", actor=SYSTEM, now=now)
            enrolment = certificate.enrolment
            evaluations.save_evaluation(
                session, enrolment, {"clear": 4}, "More.", actor=actor, now=now
            )
            new = NewSchool("Harbour School", "harbour-school", "Europe/London")
            school = organisations.create_school(session, new, actor=SYSTEM, now=now)
            assert isinstance(school, School)
            organisations.join_school(session, school.scope, person.subject, actor=SYSTEM, now=now)
            here = Grant(Role.INSTRUCTOR, school.scope, ends=now + timedelta(days=90))
            people.grant_role(session, person.id, here, actor=SYSTEM, now=now)
            media.store_media(session, b"PNG", "image/png", now=now)
            outbox.enqueue_job(session, "ring", "door", due_at=now, now=now)
            provider.store_first_profile(
                session, fields.profile_from_settings(settings_of_app(app)), now=now
            )
            seen_keys.record_opened_keys(
                session,
                actor.subject,
                [(certificate.enrolment.course_id, "cases/leo-as-usual.md")],
                now=now,
            )
            ideas.take_down_idea(session, "A sore calf.", actor=actor, now=now)
            drafts.start_draft(
                session,
                certificate.enrolment.course,
                "cases/new.md",
                "Text.",
                base=None,
                actor=actor,
                now=now,
            )
            dual_control.ask(session, actor=actor, now=now)
    fill_classes(app, school)


def fill_classes(app: Flask, school: School) -> None:
    """Let maya be in a class, have an assignment, and be granted everything there is."""
    cohort = schools.cohort(app, school)
    schools.enter(app, MAYA, cohort)
    schools.teach(app, RAVI, cohort)
    assignment = schools.assign(app, cohort)
    schools.accommodate(app, MAYA, school, schools.DOUBLE_TIME)
    schools.extend(app, MAYA, assignment, schools.window_of_days(None, 9).due)
    schools.excuse(app, MAYA, assignment)
    schools.grade(app, MAYA, assignment, Fraction(4, 5))
    schools.remember_row(app, MAYA, school, "email maya@private.example")
    schools.invite(app, cohort, "nora@example.org")
    schools.join_code(app, cohort)
    schools.announce(app, cohort)
    schools.stop(app, MAYA, MessageTopic.ANNOUNCEMENTS)
    schools.answer(app, schools.begin(app, schools.lesson(app, cohort, "rosa-stumbles")))
    make_employer(app, school)
    schools.agree(app, MAYA, assignment)
