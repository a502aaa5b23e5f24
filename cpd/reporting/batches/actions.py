"""Making files, and what happens to them and to their rows."""

import hashlib
from datetime import datetime
from itertools import islice

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.certificates.events import CertificateIssued, CertificateRevoked
from cpd.certificates.models import Certificate
from cpd.certificates.queries import build_record_of_certificate
from cpd.credit.authority_loading import load_authorities
from cpd.db import compare_and_set, insert_if_absent
from cpd.kernel import clock
from cpd.reporting.batches import queries
from cpd.reporting.batches.models import ReportBatch, ReportFile, ReportRow
from cpd.reporting.batches.queries import WaitingCompletion
from cpd.reporting.numbers.models import ReportNumbers
from cpd.reporting.numbers.queries import find_locked_numbers
from cpd.reporting.rules.duties import Duty
from cpd.reporting.rules.roster import MOST_ROWS, find_license_number
from cpd.reporting.rules.states import (
    BatchRefusal,
    BatchState,
    CorrectionKind,
    RowState,
)


def make_batch(
    session: Session, duty: Duty, *, actor: Actor, now: datetime
) -> ReportBatch | BatchRefusal:
    """Claim what is to be reported for one new file; what cannot be reported yet is left.

    Two calls at once wait for each other, and a unique index lets each completion be in one file.
    """
    numbers = find_locked_numbers(session, duty.authority.slug)
    if numbers is None:
        return BatchRefusal.NO_NUMBERS
    ready = (one for one in queries.iterate_waiting(session, duty) if not one.faults)
    chosen = list(islice(ready, MOST_ROWS))
    if not chosen:
        return BatchRefusal.NOTHING
    batch = _add_batch(session, numbers, len(chosen), actor=actor, now=now)
    session.add_all(_build_row(batch, one, place) for place, one in enumerate(chosen, start=1))
    session.flush()
    audit.add_audit_entry(
        session,
        actor,
        "reporting:batch:make",
        now=now,
        to=batch.public_id,
        authority=batch.authority,
        rows=len(chosen),
    )
    return batch


def _add_batch(
    session: Session, numbers: ReportNumbers, count: int, *, actor: Actor, now: datetime
) -> ReportBatch:
    batch = ReportBatch(
        authority=numbers.authority,
        row_count=count,
        provider_number=numbers.provider_number,
        place=numbers.state,
        profession=numbers.profession,
        made_by=actor.subject,
        made_at=now,
    )
    session.add(batch)
    session.flush()
    return batch


def _build_row(batch: ReportBatch, waiting: WaitingCompletion, place: int) -> ReportRow:
    certificate, completion = waiting.certificate, waiting.completion
    return ReportRow(
        batch_id=batch.id,
        place=place,
        authority=batch.authority,
        enrolment_id=certificate.enrolment_id,
        certificate_id=certificate.id,
        subject=certificate.subject,
        license_number=completion.license_number,
        course_number=completion.course_number,
        completed_on=completion.completed_on,
    )


def add_file_if_absent(
    session: Session, batch: ReportBatch, content: bytes, *, now: datetime
) -> bytes:
    """Store the bytes of a file once, and return those that are stored."""
    row = {
        "batch_id": batch.id,
        "content": content,
        "content_hash": hashlib.sha256(content).hexdigest(),
        "made_at": now,
    }
    insert_if_absent(session, ReportFile, [row], by=["batch_id"])
    return queries.find_stored_file(session, batch) or content


def mark_sent(
    session: Session, batch: ReportBatch, *, actor: Actor, now: datetime
) -> BatchRefusal | None:
    """Record that somebody uploaded the file to CE Broker; return why not, if it was closed."""
    made = sa.and_(ReportBatch.id == batch.id, ReportBatch.state == BatchState.MADE)
    closed = {
        "state": BatchState.SENT,
        "closed_by": actor.subject,
        "closed_at": clock.keep_in_order(now, batch.made_at),
    }
    if not compare_and_set(session, sa.update(ReportBatch).where(made).values(closed)):
        return BatchRefusal.CLOSED
    session.refresh(batch)
    audit.add_audit_entry(session, actor, "reporting:batch:send", now=now, to=batch.public_id)
    return None


def abandon_batch(
    session: Session, batch: ReportBatch, *, actor: Actor, now: datetime
) -> BatchRefusal | None:
    """Give up a file to which CE Broker has not answered; its completions are free again."""
    batch = queries.find_locked_batch(session, batch.id)
    if batch.state is BatchState.ABANDONED:
        return BatchRefusal.CLOSED
    if set(queries.count_rows_by_state(session, batch)) != {RowState.CLAIMED}:
        return BatchRefusal.ANSWERED
    batch.state = BatchState.ABANDONED
    batch.closed_by = actor.subject
    batch.closed_at = clock.keep_in_order(now, batch.made_at)
    session.flush()
    session.execute(
        sa.update(ReportRow)
        .where(ReportRow.batch_id == batch.id)
        .values(state=RowState.RELEASED)
        .execution_options(synchronize_session=False)
    )
    audit.add_audit_entry(session, actor, "reporting:batch:abandon", now=now, to=batch.public_id)
    return None


# Rows


def report_again(session: Session, row: ReportRow, *, actor: Actor, now: datetime) -> bool:
    """Let what CE Broker refused go into the next file as it is; tell whether that changed it."""
    is_refused = sa.and_(ReportRow.state == RowState.REFUSED, ReportRow.settled_at.is_(None))
    return _settle_row(session, row, is_refused, "again", actor=actor, now=now)


def settle_correction(
    session: Session, row: ReportRow, *, is_taken_back: bool, actor: Actor, now: datetime
) -> bool:
    """Record what CE Broker did about a row that is no longer right.

    Once it is taken back, the completion is free: if its certificate is valid, it is to be reported
    again with what the certificate says now.
    """
    is_wrong = sa.and_(ReportRow.correction.is_not(None), ReportRow.settled_at.is_(None))
    is_settled = _settle_row(session, row, is_wrong, "correct", actor=actor, now=now)
    if is_settled and is_taken_back:
        row.state = RowState.TAKEN_BACK
        session.flush()
    return is_settled


def _settle_row(
    session: Session,
    row: ReportRow,
    condition: sa.ColumnElement[bool],
    verb: str,
    *,
    actor: Actor,
    now: datetime,
) -> bool:
    settling = (
        sa.update(ReportRow)
        .where(ReportRow.id == row.id, condition)
        .values(settled_by=actor.subject, settled_at=now)
    )
    is_settled = compare_and_set(session, settling)
    session.refresh(row)
    if is_settled:
        audit.add_audit_entry(session, actor, f"reporting:row:{verb}", now=now, to=row.public_id)
    return is_settled


# What happens to certificates


def note_corrected_number(session: Session, event: CertificateIssued, _now: datetime) -> None:
    """Note that a row is no longer right if a corrected certificate states another number."""
    certificate = session.get_one(Certificate, event.certificate_id)
    row = queries.find_live_row(session, certificate.enrolment_id, certificate.authority)
    authority = load_authorities().get(certificate.authority)
    if row is None or authority is None:
        return
    facts = build_record_of_certificate(certificate).parsed_facts
    number = find_license_number(facts, authority, list(load_authorities().values()))
    is_same = number == row.license_number
    row.correction = None if is_same else CorrectionKind.NUMBER
    row.settled_by = row.settled_at = None
    session.flush()


def note_withdrawal(session: Session, event: CertificateRevoked, _now: datetime) -> None:
    """Note that a row is no longer right once its certificate is withdrawn."""
    certificate = session.get_one(Certificate, event.certificate_id)
    row = queries.find_live_row(session, certificate.enrolment_id, certificate.authority)
    if row is not None:
        row.correction = CorrectionKind.WITHDRAWN
        row.settled_by = row.settled_at = None
        session.flush()
