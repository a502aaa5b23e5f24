"""Keeping answers of an open attempt: append-only, receipted, never overwritten unseen.

This module serves open attempts and knows no key.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.quizzes.delivery import as_event
from cpd.quizzes.models import AnswerEventRow, Attempt, AttemptItem
from cpd.quizzes.rules import answers, path, receipts
from cpd.quizzes.rules.answers import AnswerEvent, EventType, Incoming, Outcome
from cpd.quizzes.rules.attempts import Deadline
from cpd.quizzes.rules.case import CaseFront, StepFront


@dataclass(frozen=True)
class Receipt:
    """Proof that an event is kept, and what became of it."""

    event_id: str
    sequence: int
    outcome: Outcome
    received_at: datetime
    receipt: str


class NotShownError(Exception):
    """The question has not been shown to the learner yet, so it takes no answer."""


class NothingFollowsError(Exception):
    """The question is the last one of its case whatever is answered, so nothing can lock it."""


class EventReusedError(Exception):
    """An event id came a second time, for something else than the first time."""


def keep(
    session: Session, item: AttemptItem, event: Incoming, *, actor: Actor, received_at: datetime
) -> Receipt:
    """Append an event under the attempt's lock; one that is known gets its first receipt again.

    Raises NotShownError, NothingFollowsError and EventReusedError, which keep nothing.
    """
    attempt, rows = _locked(session, item.attempt_id, event)
    for row in rows:
        if row.event_id == event.event_id:
            first = as_event(row)
            if (first.at, first.type, first.answer) != (event.at, event.type, event.answer):
                raise EventReusedError
            return _receipt_of(row)
    step = _shown(item, rows).get(event.step)
    if step is None:
        raise NotShownError
    if event.type is EventType.REVEAL and not path.locks(step):
        raise NothingFollowsError
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
        attempt_id=attempt.id,
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


def _locked(
    session: Session, attempt_id: int, event: Incoming
) -> tuple[Attempt, list[AnswerEventRow]]:
    """Lock the attempt, then read it with what arrived for the event's case.

    Two queries on PostgreSQL: a statement that waits for a lock sees other tables as they were
    before the wait. SQLite has one writer at a time, who waited when the transaction began.
    """
    if session.get_bind().dialect.name != "sqlite":
        session.execute(select(Attempt.id).where(Attempt.id == attempt_id).with_for_update())
    found: Sequence[Row[Attempt, AnswerEventRow | None]] = session.execute(
        select(Attempt, AnswerEventRow)
        .outerjoin(
            AnswerEventRow,
            (AnswerEventRow.attempt_id == Attempt.id)
            & or_(AnswerEventRow.case == event.case, AnswerEventRow.event_id == event.event_id),
        )
        .where(Attempt.id == attempt_id)
        .order_by(AnswerEventRow.sequence)
        .execution_options(populate_existing=True)
    ).all()
    return found[0][0], [row for _, row in found if row is not None]


def _shown(item: AttemptItem, rows: Sequence[AnswerEventRow]) -> dict[str, StepFront]:
    """Return the steps of the case that its learner has reached, by id."""
    front = CaseFront.from_json(item.revision.front)
    events = [as_event(row) for row in rows if row.case == front.id]
    given = {step: head.answer for (_, step), head in answers.heads(events).items()}
    locked = {step for _, step in answers.locked_steps(events)}
    return {step.id: step for step in path.shown_steps(front, given, locked=locked)}


def _receipt_of(row: AnswerEventRow) -> Receipt:
    return Receipt(
        event_id=row.event_id,
        sequence=row.sequence,
        outcome=row.outcome,
        received_at=row.received_at,
        receipt=row.receipt,
    )
