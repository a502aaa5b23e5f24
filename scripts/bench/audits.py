"""An archive of a thousand completions for an audit."""

import time

from flask import Flask

from cpd.access.permissions import SYSTEM
from cpd.audits.archives import jobs
from cpd.certificates import actions, signing
from cpd.db import db, unit_of_work
from cpd.jobs.models import OutboxItem
from cpd.kernel import clock
from scripts.bench.measuring import Line
from tests.factories import accounts, audits, certificates

COMPLETIONS = 1_000
MOST_SECONDS = 60


def measure_archive(app: Flask) -> Line:
    """Make all parts of an archive of a course that a thousand people completed."""
    with app.app_context():
        course_id = _let_people_pass()
        with unit_of_work() as session:
            archive = audits.ask_archive(
                session, actor=SYSTEM, now=clock.now(), course_id=course_id
            )
        began = time.monotonic()
        for number in range(1, archive.part_count + 1):
            jobs.make_part(OutboxItem(about=f"{archive.public_id}/{number}"), clock.now())
            db.session.rollback()
        seconds = time.monotonic() - began
    return Line(
        f"an archive of {archive.completion_count:,} completions",
        seconds=seconds,
        limits={"seconds": MOST_SECONDS},
    )


def _let_people_pass() -> int:
    """Let many people pass a new course and hold its certificate; return the course's id."""
    with unit_of_work() as session:
        course = certificates.add_course(session, "audited")
        course_id, attempts = course.document.course_id, []
        for number in range(COMPLETIONS):
            person = accounts.add_person(
                session, email=f"audited-{number}@bench.example", name=f"Audited {number}"
            )
            session.flush()
            enrolment = certificates.add_enrolment(session, person, course)
            attempts.append(certificates.add_attempt(session, enrolment).id)
    for attempt_id in attempts:
        with unit_of_work() as session:
            actions.issue_certificates_if_complete(
                session, attempt_id, issuer=signing.current_issuer(), now=clock.now()
            )
    return course_id
