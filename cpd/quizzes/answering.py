"""Keeping answers of an open attempt: append-only, receipted, never overwritten unseen.

This module serves open attempts and knows no key.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.quizzes.delivery import as_event
from cpd.quizzes.models import AnswerEventRow, Attempt
from cpd.quizzes.rules import answers, receipts
from cpd.quizzes.rules.answers import AnswerEvent, Incoming, Outcome
from cpd.quizzes.rules.attempts import Deadline


@dataclass(frozen=True)
class Receipt:
    """Proof that an event is kept, and what became of it."""

    event_id: str
    sequence: int
    outcome: Outcome
    received_at: datetime
    receipt: str


def keep(
    session: Session, attempt_id: int, event: Incoming, *, actor: Actor, received_at: datetime
) -> Receipt:
    """Append an event under the attempt's lock; one that is known gets its first receipt again."""
    attempt = session.scalars(
        select(Attempt)
        .where(Attempt.id == attempt_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    rows = session.scalars(
        select(AnswerEventRow)
        .where(
            AnswerEventRow.attempt_id == attempt_id,
            or_(
                AnswerEventRow.case == event.case,
                AnswerEventRow.event_id == event.event_id,
            ),
        )
        .order_by(AnswerEventRow.sequence)
    ).all()
    for row in rows:
        if row.event_id == event.event_id:
            return _receipt_of(row)
    outcome = answers.judge(
        attempt.state,
        Deadline.from_json(attempt.deadline_inputs),
        [as_event(row) for row in rows],
        event,
        received_at,
    )
    kept = AnswerEvent(
        event_id=event.event_id,
        type=event.type,
        case=event.case,
        step=event.step,
        after=event.after,
        answer=event.answer,
        sequence=attempt.last_sequence + 1,
        outcome=outcome,
    )
    row = AnswerEventRow(
        attempt_id=attempt_id,
        sequence=kept.sequence,
        event_id=kept.event_id,
        type=kept.type,
        case=kept.case,
        step=kept.step,
        after=kept.after,
        answer=dict(kept.answer or {}),
        outcome=outcome,
        received_at=received_at,
        actor=actor.subject,
        on_behalf_of=attempt.subject,
        previous_receipt=attempt.last_receipt,
        receipt=receipts.receipt(
            attempt.last_receipt, attempt=attempt.public_id, event=kept, received_at=received_at
        ),
    )
    session.add(row)
    attempt.last_sequence = kept.sequence
    attempt.last_receipt = row.receipt
    session.flush()
    return _receipt_of(row)


def _receipt_of(row: AnswerEventRow) -> Receipt:
    return Receipt(
        event_id=row.event_id,
        sequence=row.sequence,
        outcome=row.outcome,
        received_at=row.received_at,
        receipt=row.receipt,
    )


def last_saved_at(session: Session, attempt: Attempt) -> datetime | None:
    """Return when the newest event of an attempt arrived, or None."""
    return session.scalar(
        select(AnswerEventRow.received_at).where(
            AnswerEventRow.attempt_id == attempt.id,
            AnswerEventRow.sequence == attempt.last_sequence,
        )
    )
