"""Saving answers in an open attempt: append-only, with receipts, never overwritten unnoticed.

This module serves open attempts, so it may not read a key.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.cases import path
from cpd.cases.front import CaseFront, StepFront
from cpd.db import insert_if_absent, lock_rows
from cpd.kernel import clock
from cpd.quizzes.attempts.delivery import EVENT_COLUMNS, AttemptCase, EventRow, build_event_from_row
from cpd.quizzes.attempts.models import AnswerEventRow, Attempt, CaseFlag
from cpd.quizzes.rules import answers, receipts
from cpd.quizzes.rules.answers import AnswerEvent, EventType, IncomingEvent, Outcome
from cpd.quizzes.rules.attempts import AttemptState, Deadline


@dataclass(frozen=True)
class Receipt:
    """Proof that an event is stored, with its outcome."""

    event_id: str
    sequence: int
    outcome: Outcome
    received_at: datetime
    receipt: str


class StepNotShownError(Exception):
    """The question has not been shown to the learner yet, so it takes no answer."""


class StepNeverLocksError(Exception):
    """No question follows this one in its case, whatever the answer, so its answer never locks."""


class EventIdReusedError(Exception):
    """An event id was sent again for a different event."""


class ExamOverError(Exception):
    """A case that takes no more answers within this hour got one after the exam had closed."""


class TooManyAnswersError(Exception):
    """A case has been answered too often within an hour."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until
        """When the case takes another answer."""


def save_answer_event(
    session: Session,
    case: AttemptCase,
    event: IncomingEvent,
    *,
    actor: Actor,
    received_at: datetime,
) -> Receipt:
    """Append an event under the attempt's lock; an event sent again gets its first receipt.

    Raises StepNotShownError, StepNeverLocksError, EventIdReusedError, ExamOverError or
    TooManyAnswersError, and then stores nothing.
    """
    attempt, rows = _lock_attempt_and_read_events(session, case.attempt_id, event)
    first_row = next((row for row in rows if row.event_id == event.event_id), None)
    if first_row is not None:
        return _first_receipt_of_repeated_event(first_row, event)
    earlier = [build_event_from_row(row) for row in rows]
    _refuse_step_that_cannot_take_event(case.front, earlier, event)
    outcome = answers.judge_event(
        attempt.state, Deadline.from_json(attempt.deadline_inputs), earlier, event, received_at
    )
    retry_at = answers.compute_retry_time([row.received_at for row in rows], received_at)
    if event.type is EventType.ANSWER and retry_at is not None:
        if outcome is Outcome.LATE:
            raise ExamOverError
        return _kept_receipt_if_same_answer(rows, event, retry_at)
    stored = event.as_stored_event(sequence=attempt.last_sequence + 1, outcome=outcome)
    received_at = clock.keep_in_order(received_at, attempt.started_at)
    receipt = receipts.compute_receipt(
        attempt.last_receipt, attempt=attempt.public_id, event=stored, received_at=received_at
    )
    values = _build_event_values(stored, received_at=received_at) | {
        "attempt_id": case.attempt_id,
        "actor": actor.subject,
        "on_behalf_of": attempt.subject,
        "previous_receipt": attempt.last_receipt,
        "receipt": receipt,
    }
    session.execute(insert(AnswerEventRow).values(values))
    _write_last_receipt(session, case.attempt_id, stored.sequence, receipt)
    return Receipt(stored.event_id, stored.sequence, stored.outcome, received_at, receipt)


def set_case_flag(session: Session, case: AttemptCase, *, is_flagged: bool) -> None:
    """Flag a case of an open attempt to be looked at again, or remove its flag."""
    state = session.scalar(select(Attempt.state).where(Attempt.id == case.attempt_id))
    if state is not AttemptState.OPEN:
        return
    row = {"attempt_id": case.attempt_id, "position": case.position}
    if is_flagged:
        insert_if_absent(session, CaseFlag, [row], by=list(row))
    else:
        session.execute(delete(CaseFlag).filter_by(**row))


def _first_receipt_of_repeated_event(row: EventRow, event: IncomingEvent) -> Receipt:
    """Return the receipt that an event got when it first arrived; raises EventIdReusedError."""
    first = build_event_from_row(row)
    is_same = (first.case_step, first.type, first.answer) == (
        event.case_step,
        event.type,
        event.answer,
    )
    if not is_same:
        raise EventIdReusedError
    return Receipt(row.event_id, row.sequence, row.outcome, row.received_at, row.receipt)


def _refuse_step_that_cannot_take_event(
    front: CaseFront, earlier: Sequence[AnswerEvent], event: IncomingEvent
) -> None:
    """Raise StepNotShownError or StepNeverLocksError if the step cannot take the event."""
    step = _shown_steps_by_id(front, earlier).get(event.step)
    if step is None:
        raise StepNotShownError
    if event.type is EventType.REVEAL and not path.step_locks_its_answer(step):
        raise StepNeverLocksError


def _kept_receipt_if_same_answer(
    rows: Sequence[EventRow], event: IncomingEvent, retry_at: datetime
) -> Receipt:
    """Return the receipt of the answer that counts, if the event repeats it; store nothing.

    Raises TooManyAnswersError for another answer.
    """
    stored = [build_event_from_row(row) for row in rows]
    kept = answers.newest_accepted_answers(stored).get(event.case_step)
    if kept is None or (kept.answer or None) != (event.answer or None):
        raise TooManyAnswersError(retry_at)
    row = next(row for row in rows if row.event_id == kept.event_id)
    return Receipt(row.event_id, row.sequence, row.outcome, row.received_at, row.receipt)


def _shown_steps_by_id(front: CaseFront, earlier: Sequence[AnswerEvent]) -> dict[str, StepFront]:
    """Return the steps of the case that its learner has reached, by id."""
    events = [event for event in earlier if event.case == front.id]
    by_step = {
        step: event.answer for (_, step), event in answers.newest_accepted_answers(events).items()
    }
    locked = {step for _, step in answers.locked_steps(events)}
    return {step.id: step for step in path.steps_shown_to_learner(front, by_step, locked=locked)}


def _build_event_values(event: AnswerEvent, *, received_at: datetime) -> dict[str, Any]:
    return {
        "sequence": event.sequence,
        "event_id": event.event_id,
        "type": event.type,
        "case": event.case,
        "step": event.step,
        "after": event.after,
        "answer": dict(event.answer or {}),
        "outcome": event.outcome,
        "received_at": received_at,
    }


def _write_last_receipt(session: Session, attempt_id: int, sequence: int, receipt: str) -> None:
    session.execute(
        update(Attempt)
        .where(Attempt.id == attempt_id)
        .values(last_sequence=sequence, last_receipt=receipt)
        .execution_options(synchronize_session=False)
    )


def _lock_attempt_and_read_events(
    session: Session, attempt_id: int, event: IncomingEvent
) -> tuple[EventRow, list[EventRow]]:
    """Lock the attempt, then return its columns and the earlier events of the event's case.

    Two queries on PostgreSQL: a statement that waits for a lock sees other tables as they were
    before the wait. SQLite has one writer at a time, which waited when the transaction began.
    """
    lock_rows(session, select(Attempt.id).where(Attempt.id == attempt_id))
    rows = session.execute(
        _select_attempt_with_events(),
        {"attempt_id": attempt_id, "case": event.case, "event_id": event.event_id},
    ).all()
    return rows[0], [row for row in rows if row.event_id is not None]


@cache
def _select_attempt_with_events() -> Select[*tuple[Any, ...]]:
    """Select an attempt with its events of one case, or of one event id.

    Cached because building it is slow.
    """
    same_case = AnswerEventRow.case == bindparam("case")
    same_event = AnswerEventRow.event_id == bindparam("event_id")
    return (
        select(
            Attempt.public_id,
            Attempt.subject,
            Attempt.state,
            Attempt.started_at,
            Attempt.deadline_inputs,
            Attempt.last_sequence,
            Attempt.last_receipt,
            *EVENT_COLUMNS,
        )
        .outerjoin(
            AnswerEventRow,
            (AnswerEventRow.attempt_id == Attempt.id) & or_(same_case, same_event),
        )
        .where(Attempt.id == bindparam("attempt_id"))
        .order_by(AnswerEventRow.sequence)
    )
