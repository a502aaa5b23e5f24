"""What the demo reported to a board through CE Broker, and what came back."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.certificates.models import Certificate
from cpd.cli.demo.term import expect
from cpd.courses.models import Enrolment
from cpd.credit.authority_loading import load_authorities
from cpd.db import db, unit_of_work
from cpd.kernel import csv_writing
from cpd.reporting.batches.actions import make_batch
from cpd.reporting.batches.models import ReportBatch, ReportRow
from cpd.reporting.batches.queries import find_rows
from cpd.reporting.numbers.actions import store_course_number, store_numbers
from cpd.reporting.receipts.actions import Taken, take_receipt
from cpd.reporting.rules.duties import build_duty
from cpd.reporting.rules.receipts import parse_receipt
from cpd.reporting.rules.roster import RosterNumbers

AUTHORITY = "florida"
NUMBERS = RosterNumbers("0000", "FL", "DEMO")
COURSE_NUMBER = "0000"
"""No provider and no course has these numbers."""
REFUSAL = "Invalid license Number"


def add_reports_if_missing(actor: Actor, *, now: datetime) -> None:
    """Report the certificates for Florida once: the first is accepted, the last of several is not.

    Does nothing while there are none.
    """
    reading = db.session()
    if reading.scalar(select(ReportBatch.id).limit(1)) is not None:
        return
    courses = reading.scalars(
        select(Enrolment.course_id)
        .join(Certificate, Certificate.enrolment_id == Enrolment.id)
        .where(Certificate.authority == AUTHORITY)
        .distinct()
    ).all()
    if not courses:
        return
    with unit_of_work() as session:
        store_numbers(session, AUTHORITY, NUMBERS, actor=actor, now=now)
        for course_id in courses:
            store_course_number(session, AUTHORITY, course_id, COURSE_NUMBER, actor=actor, now=now)
        _report(session, actor, now=now)


def _report(session: Session, actor: Actor, *, now: datetime) -> None:
    duty = build_duty(load_authorities()[AUTHORITY], now.date())
    batch = make_batch(session, duty, actor=actor, now=now)
    if not isinstance(batch, ReportBatch):
        return
    content = _write_answer(find_rows(session, batch))
    lines = parse_receipt(content)
    if isinstance(lines, list):
        expect(Taken, take_receipt(session, batch, content, lines, actor=actor, now=now))


def _write_answer(rows: Sequence[ReportRow]) -> bytes:
    answers = [(row.license_number, f"DEMO-{row.place}", "") for row in rows]
    if len(rows) > 1:
        answers[-1] = (rows[-1].license_number, "", REFUSAL)
    heading = ("License Number", "ID", "Error Message")
    return csv_writing.write_csv([heading, *answers]).encode()
