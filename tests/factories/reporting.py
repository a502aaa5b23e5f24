"""Completions to report, files with them, and the answers of CE Broker."""

from collections.abc import Sequence
from datetime import date, datetime

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cpd.access.permissions import SYSTEM, Actor
from cpd.accounts.models import Person
from cpd.certificates import actions as certificate_actions
from cpd.certificates import signing
from cpd.certificates.models import Certificate
from cpd.courses.models import Document, DocumentType, Revision
from cpd.credit.authority_loading import load_authorities
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.kernel.ids import generate_base32_text
from cpd.reporting.agreements.actions import record_agreement
from cpd.reporting.batches import actions
from cpd.reporting.batches.models import ReportBatch, ReportReceipt, ReportRow
from cpd.reporting.numbers.actions import store_course_number, store_numbers
from cpd.reporting.receipts.actions import Taken, take_receipt
from cpd.reporting.rules.duties import build_duty
from cpd.reporting.rules.receipts import parse_receipt
from cpd.reporting.rules.roster import RosterNumbers
from cpd.reporting.rules.states import CorrectionKind, RowState
from tests.factories import certificates, passes
from tests.factories.passes import Setting

NUMBERS = RosterNumbers("1234", "FL", "MT")


def enter_numbers(app: Flask, authority: str = "florida", numbers: RosterNumbers = NUMBERS) -> None:
    """Enter how CE Broker knows the provider."""
    with app.app_context(), unit_of_work() as session:
        store_numbers(session, authority, numbers, actor=SYSTEM, now=clock.now())


def complete(
    app: Flask, holders: Sequence[Person], authority: str = "florida"
) -> list[Certificate]:
    """Let people pass a course that an authority has approved; the first one sets it up."""
    setting = Setting(licenses=(authority,), approvals=passes.approved_by(authority))
    made = [passes.issue_all(app, passes.prepare(app, holders[0], setting))[authority]]
    return made + [complete_too(app, holder, authority) for holder in holders[1:]]


def complete_too(app: Flask, holder: Person, authority: str = "florida") -> Certificate:
    """Let somebody else pass the same course."""
    with app.app_context(), unit_of_work() as session:
        passes.add_license(session, holder, authority)
        course = session.scalars(
            select(Revision)
            .join(Revision.document)
            .where(Document.type == DocumentType.COURSE, Document.slug == passes.SLUG)
        ).one()
        enrolment = certificates.add_enrolment(session, holder, course)
        attempt = certificates.add_attempt(session, enrolment)
        made = certificate_actions.issue_certificates_if_complete(
            session, attempt.id, issuer=signing.current_issuer(), now=clock.now()
        )
        assert not isinstance(made, certificate_actions.NotIssued), made
        (certificate,) = made
        session.expunge(certificate)
        return certificate


def make_batch(app: Flask, authority: str = "florida") -> ReportBatch:
    """Make a file of what is to be reported."""
    duty = build_duty(load_authorities()[authority], clock.now().date())
    with app.app_context(), unit_of_work() as session:
        made = actions.make_batch(session, duty, actor=SYSTEM, now=clock.now())
        assert isinstance(made, ReportBatch), made
        session.expunge(made)
        return made


def rows_of(app: Flask, batch: ReportBatch | None = None) -> list[ReportRow]:
    """Return the rows of a file, or of all files."""
    found = select(ReportRow).order_by(ReportRow.id)
    if batch is not None:
        found = found.where(ReportRow.batch_id == batch.id)
    with app.app_context():
        return list(db.session.scalars(found))


def write_answer(answers: Sequence[tuple[str, str, str]]) -> bytes:
    """Return an answer as CSV: license number, ID and message of each record."""
    lines = ["License Number,ID,Error Message", *(",".join(one) for one in answers)]
    return "\r\n".join(lines).encode()


def answer(app: Flask, batch: ReportBatch, answers: Sequence[tuple[str, str, str]]) -> Taken:
    """Take in what CE Broker answers to a file."""
    content = write_answer(answers)
    lines = parse_receipt(content)
    assert isinstance(lines, list), lines
    with app.app_context(), unit_of_work() as session:
        taken = take_receipt(session, batch, content, lines, actor=SYSTEM, now=clock.now())
    assert isinstance(taken, Taken), taken
    return taken


def add_row_in_every_table(
    session: Session, certificate: Certificate, *, actor: Actor, now: datetime
) -> ReportRow:
    """Leave something in every table of this room, about any certificate."""
    store_numbers(session, "florida", NUMBERS, actor=actor, now=now)
    course_id = certificate.enrolment.course_id
    store_course_number(session, "florida", course_id, "77", actor=actor, now=now)
    record_agreement(session, "georgia", is_given=True, actor=actor, now=now)
    row = add_batch_with_row(session, certificate, actor=actor, now=now)
    session.add(
        ReportReceipt(
            batch_id=row.batch_id,
            content=b"License,ID\n",
            content_hash="0" * 64,
            received_by=actor.subject,
            received_at=now,
        )
    )
    actions.add_file_if_absent(session, row.batch, b"XLS", now=now)
    session.flush()
    return row


def add_batch_with_row(
    session: Session, certificate: Certificate, *, actor: Actor, now: datetime
) -> ReportRow:
    """Add a file with one row about any certificate."""
    batch = ReportBatch(
        authority="florida",
        row_count=1,
        provider_number="1234",
        place="FL",
        profession="MT",
        made_by=actor.subject,
        made_at=now,
    )
    session.add(batch)
    session.flush()
    row = ReportRow(
        batch=batch,
        place=1,
        authority="florida",
        enrolment_id=certificate.enrolment_id,
        certificate_id=certificate.id,
        subject=certificate.subject,
        license_number="MA 1",
        course_number="77",
        completed_on=date(2026, 11, 1),
    )
    session.add(row)
    session.flush()
    return row


def copy_certificate(session: Session, certificate: Certificate, *, authority: str) -> Certificate:
    """Add a certificate of the same pass for an authority; nothing in it is checked."""
    names = [column.key for column in Certificate.__table__.columns]
    own = {"id", "public_id", "code", "authority"}
    values = {name: getattr(certificate, name) for name in names if name not in own}
    copied = Certificate(**values, code=generate_base32_text(130), authority=authority)
    session.add(copied)
    session.flush()
    return copied


def batch_at(app: Flask, address: str) -> ReportBatch:
    """Return the file whose page has an address."""
    found = select(ReportBatch).where(ReportBatch.public_id == address.rpartition("/")[2])
    with app.app_context():
        return db.session.scalars(found).one()


def fill_queues(
    session: Session, certificates_: Sequence[Certificate], *, actor: Actor, now: datetime
) -> tuple[ReportRow, ReportRow]:
    """Leave a refused row, one to correct and a file to send, and something that waits.

    Returns the rows of the file that was answered and of the one that is to be sent.
    """
    refused, wrong, waiting = certificates_
    store_numbers(session, "florida", NUMBERS, actor=actor, now=now)
    store_course_number(session, "florida", refused.enrolment.course_id, "77", actor=actor, now=now)
    for certificate, authority in (
        (refused, "florida"),
        (refused, "georgia"),
        (waiting, "florida"),
    ):
        copy_certificate(session, certificate, authority=authority)
    answered = add_batch_with_row(session, refused, actor=actor, now=now)
    answered.state, answered.answered_at = RowState.REFUSED, now
    answered.message = "Invalid license Number"
    reported = add_batch_with_row(session, wrong, actor=actor, now=now)
    reported.state, reported.answered_at, reported.reference = RowState.ACCEPTED, now, "9001"
    reported.correction = CorrectionKind.NUMBER
    for row in (answered, reported):
        actions.mark_sent(session, row.batch, actor=actor, now=now)
    session.flush()
    return answered, add_batch_with_row(session, waiting, actor=actor, now=now)
