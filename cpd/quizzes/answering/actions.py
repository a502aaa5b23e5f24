"""Keeping answers of an open attempt: append-only, receipted, never overwritten unseen.

This module serves open attempts and knows no key.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, insert, or_, select, update
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.cases import path
from cpd.cases.model import CaseFront, StepFront
from cpd.quizzes.attempts.delivery import ARRIVED, Arrived, Drawn, as_event
from cpd.quizzes.attempts.models import AnswerEventRow, Attempt
from cpd.quizzes.rules import answers, receipts
from cpd.quizzes.rules.answers import AnswerEvent, EventType, Incoming, Outcome
from cpd.quizzes.rules.attempts import Deadline


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
    session: Session, drawn: Drawn, event: Incoming, *, actor: Actor, received_at: datetime
) -> Receipt:
    """Append an event under the attempt's lock; one that is known gets its first receipt again.

    Raises NotShownError, NothingFollowsError and EventReusedError, which keep nothing.
    """
    attempt, rows = _locked(session, drawn.attempt_id, event)
    for row in rows:
        if row.event_id == event.event_id:
            first = as_event(row)
            if (first.at, first.type, first.answer) != (event.at, event.type, event.answer):
                raise EventReusedError
            return _receipt_of(row)
    before = [as_event(row) for row in rows]
    step = _shown(drawn.front, before).get(event.step)
    if step is None:
        raise NotShownError
    if event.type is EventType.REVEAL and not path.locks(step):
        raise NothingFollowsError
    outcome = answers.judge(
        attempt.state, Deadline.from_json(attempt.deadline_inputs), before, event, received_at
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
    made = Receipt(
        event_id=kept.event_id,
        sequence=kept.sequence,
        outcome=outcome,
        received_at=received_at,
        receipt=receipts.receipt(
            attempt.last_receipt, attempt=attempt.public_id, event=kept, received_at=received_at
        ),
    )
    session.execute(
        insert(AnswerEventRow).values(
            attempt_id=drawn.attempt_id,
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
            receipt=made.receipt,
        )
    )
    session.execute(
        update(Attempt)
        .where(Attempt.id == drawn.attempt_id)
        .values(last_sequence=kept.sequence, last_receipt=made.receipt)
        .execution_options(synchronize_session=False)
    )
    return made


def _locked(
    session: Session, attempt_id: int, event: Incoming
) -> tuple[Row[*tuple[Any, ...]], list[Arrived]]:
    """Lock the attempt, then read it with what arrived for the event's case.

    Two queries on PostgreSQL: a statement that waits for a lock sees other tables as they were
    before the wait. SQLite has one writer at a time, who waited when the transaction began.
    """
    if session.get_bind().dialect.name != "sqlite":
        session.execute(select(Attempt.id).where(Attempt.id == attempt_id).with_for_update())
    found = session.execute(
        _with_case(), {"attempt_id": attempt_id, "case": event.case, "event_id": event.event_id}
    ).all()
    return found[0], [row for row in found if row.event_id is not None]


@cache
def _with_case() -> Select[*tuple[Any, ...]]:
    """Select an attempt with what arrived for one case, or under one event id.

    Said once, since saying it takes longer.
    """
    same_case = AnswerEventRow.case == bindparam("case")
    same_event = AnswerEventRow.event_id == bindparam("event_id")
    return (
        select(
            Attempt.public_id,
            Attempt.subject,
            Attempt.state,
            Attempt.deadline_inputs,
            Attempt.last_sequence,
            Attempt.last_receipt,
            *ARRIVED,
        )
        .outerjoin(
            AnswerEventRow,
            (AnswerEventRow.attempt_id == Attempt.id) & or_(same_case, same_event),
        )
        .where(Attempt.id == bindparam("attempt_id"))
        .order_by(AnswerEventRow.sequence)
    )


def _shown(front: CaseFront, before: Sequence[AnswerEvent]) -> dict[str, StepFront]:
    """Return the steps of the case that its learner has reached, by id."""
    events = [event for event in before if event.case == front.id]
    given = {step: head.answer for (_, step), head in answers.heads(events).items()}
    locked = {step for _, step in answers.locked_steps(events)}
    return {step.id: step for step in path.shown_steps(front, given, locked=locked)}


def _receipt_of(row: Arrived) -> Receipt:
    return Receipt(
        event_id=row.event_id,
        sequence=row.sequence,
        outcome=row.outcome,
        received_at=row.received_at,
        receipt=row.receipt,
    )
