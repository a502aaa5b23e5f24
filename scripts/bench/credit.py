"""Certificates for three licenses of each pass, with every check."""

import time
from collections.abc import Iterator

from flask import Flask
from sqlalchemy.orm import Session

from cpd.accounts.models import Person
from cpd.certificates import actions, signing
from cpd.courses.models import Enrolment
from cpd.db import unit_of_work
from cpd.kernel import clock
from scripts.bench.measuring import Line
from tests.factories import accounts, certificates, passes
from tests.factories.passes import Setting

LICENSES = ("ncbtmb", "florida", "georgia")
PASSES = 334
"""Enough for a thousand certificates."""
MOST_BARE_PAGES = 70
MOST_SECONDS = 120


def measure_issuing(app: Flask, page_ms: float) -> Iterator[Line]:
    """Issue a thousand certificates, three in each transaction."""
    attempts = _prepare_passes(app)
    began, cpu = time.monotonic(), time.process_time()
    issued = 0
    for attempt_id in attempts:
        with app.app_context(), unit_of_work() as session:
            made = actions.issue_certificates_if_complete(
                session, attempt_id, issuer=signing.current_issuer(), now=clock.now()
            )
            issued += 0 if isinstance(made, actions.NotIssued) else len(made)
    each = (time.process_time() - cpu) * 1000 / PASSES
    yield Line(
        "certificates of a pass, three licenses",
        cpu_ms=each,
        bare_pages=each / page_ms,
        limits={"bare_pages": MOST_BARE_PAGES},
    )
    yield Line(
        f"{issued:,} certificates",
        seconds=time.monotonic() - began,
        limits={"seconds": MOST_SECONDS},
    )


def _prepare_passes(app: Flask) -> list[int]:
    """Let many people pass a course that is approved where they have their licenses."""
    approved = [new for one in LICENSES for new in passes.approved_by(one)]
    setting = Setting(licenses=LICENSES, approvals=approved)
    with app.app_context(), unit_of_work() as session:
        people = [_add_person(session, number) for number in range(PASSES)]
    enrolment_id = passes.enrol(app, people[0], setting)
    attempts = [passes.let_pass(app, enrolment_id)]
    with app.app_context(), unit_of_work() as session:
        course = session.get_one(Enrolment, enrolment_id).course_revision
        for person in people[1:]:
            for authority in LICENSES:
                passes.add_license(session, person, authority)
            enrolment = certificates.add_enrolment(session, person, course)
            attempts.append(certificates.add_attempt(session, enrolment).id)
    return attempts


def _add_person(session: Session, number: int) -> Person:
    person = accounts.add_person(
        session, email=f"licensed-{number}@bench.example", name=f"Licensed {number}"
    )
    session.flush()
    return person
