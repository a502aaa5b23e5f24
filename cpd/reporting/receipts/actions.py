"""Taking in what CE Broker answered: each row is answered once."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.kernel import clock
from cpd.reporting.batches import queries
from cpd.reporting.batches.actions import mark_sent
from cpd.reporting.batches.models import ReportBatch, ReportReceipt, ReportRow
from cpd.reporting.receipts.emails import enqueue_refusal_email
from cpd.reporting.rules.receipts import MatchFault, ReceiptLine, match_receipt
from cpd.reporting.rules.states import BatchState, Owner, RowState, find_owner


@dataclass(frozen=True)
class Taken:
    """What an answer changed."""

    accepted: int
    refused: int
    waiting: int
    """Rows to which CE Broker has not answered."""


class ReceiptRefusal(StrEnum):
    """Why an answer was not taken in."""

    ABANDONED = "abandoned"


def take_receipt(
    session: Session,
    batch: ReportBatch,
    content: bytes,
    lines: Sequence[ReceiptLine],
    *,
    actor: Actor,
    now: datetime,
) -> Taken | MatchFault | ReceiptRefusal:
    """Take in an answer to a file, or return why it is not one; the same answer changes nothing.

    A row that was answered before stays as it is. A file that is answered was sent.
    """
    batch = queries.find_locked_batch(session, batch.id)
    if batch.state is BatchState.ABANDONED:
        return ReceiptRefusal.ABANDONED
    rows = queries.find_rows(session, batch)
    matched = match_receipt([row.to_sent_row() for row in rows], lines)
    if isinstance(matched, MatchFault):
        return matched
    now = clock.keep_in_order(now, batch.made_at)
    if batch.state is BatchState.MADE:
        mark_sent(session, batch, actor=actor, now=now)
    open_rows = [row for row in rows if row.state is RowState.CLAIMED]
    for row in open_rows:
        if row.id in matched:
            _answer_row(session, row, matched[row.id], now=now)
    session.flush()
    _store_receipt(session, batch, content, actor=actor, now=now)
    return _count(open_rows, rows)


def _answer_row(session: Session, row: ReportRow, line: ReceiptLine, *, now: datetime) -> None:
    """Record an answer; where its holder can put a refusal right, they are told once."""
    row.state = RowState.REFUSED if line.message else RowState.ACCEPTED
    row.reference, row.message = line.reference, line.message
    row.answered_at = now
    if line.message and find_owner(line.message) is Owner.HOLDER:
        enqueue_refusal_email(session, row, now=now)


def _store_receipt(
    session: Session, batch: ReportBatch, content: bytes, *, actor: Actor, now: datetime
) -> None:
    content_hash = hashlib.sha256(content).hexdigest()
    known = sa.exists().where(
        ReportReceipt.batch_id == batch.id, ReportReceipt.content_hash == content_hash
    )
    if session.scalar(sa.select(known)):
        return
    session.add(
        ReportReceipt(
            batch_id=batch.id,
            content=content,
            content_hash=content_hash,
            received_by=actor.subject,
            received_at=now,
        )
    )
    session.flush()
    audit.add_audit_entry(session, actor, "reporting:receipt:take", now=now, to=batch.public_id)


def _count(open_rows: Sequence[ReportRow], rows: Sequence[ReportRow]) -> Taken:
    states = [row.state for row in open_rows]
    return Taken(
        accepted=states.count(RowState.ACCEPTED),
        refused=states.count(RowState.REFUSED),
        waiting=sum(row.state is RowState.CLAIMED for row in rows),
    )
