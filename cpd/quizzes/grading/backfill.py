"""Backfilling the item results of gradings that are older than their table, in batches.

A batch is read and computed first, then written in a short transaction, which enqueues the next.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import exists, insert, select
from sqlalchemy.orm import Session

from cpd.jobs import outbox
from cpd.jobs.models import OutboxItem
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.attempts.queries import select_whole_attempts
from cpd.quizzes.grading import computing
from cpd.quizzes.grading.models import GradeEvent, ItemResult, Result

log = structlog.get_logger(__name__)


PURPOSE = "backfill-item-results"
"""In the outbox; `after` in its payload is the attempt up to which everything is done."""


BATCH = 200
"""Attempts in one batch: about a second to compute, a few hundredths of one to write."""


UNREADABLE = (LookupError, TypeError, ValueError, AttributeError)
"""What computing rows raises when a stored grading is malformed."""


@dataclass(frozen=True)
class Batch:
    """The item results that some attempts lack."""

    rows: dict[int, list[dict[str, Any]]]
    """By attempt, each row by column."""
    last: int
    """The last attempt that was examined."""


def compute_next_batch_of_item_results(session: Session, *, after: int) -> Batch | None:
    """Return what the next attempts lack, without writing; None if there are no more.

    An attempt whose grading cannot be read is left out; `replay` reports it.
    """
    rows: dict[int, list[dict[str, Any]]] = {}
    graded = _find_attempts_without_item_results(session, after)
    for attempt, event in graded:
        try:
            seen = computing.find_cases_seen_before(session, attempt)
            rows[attempt.id] = computing.build_item_result_rows(attempt, event, seen)
        except UNREADABLE:
            log.exception("item results", attempt=attempt.public_id)
    return Batch(rows, graded[-1][0].id) if graded else None


def _find_attempts_without_item_results(
    session: Session, after: int
) -> Sequence[tuple[Attempt, GradeEvent]]:
    """Return the next graded attempts without item results, each with its newest grading."""
    rows = session.execute(
        select_whole_attempts()
        .add_columns(GradeEvent)
        .join(Result, Result.attempt_id == Attempt.id)
        .join(
            GradeEvent,
            (GradeEvent.attempt_id == Attempt.id) & (GradeEvent.number == Result.grade_number),
        )
        .where(Attempt.id > after, ~exists().where(ItemResult.attempt_id == Attempt.id))
        .order_by(Attempt.id)
        .limit(BATCH)
    )
    return [(attempt, event) for attempt, event in rows]


def write_item_results_and_enqueue_next(session: Session, batch: Batch, *, now: datetime) -> None:
    """Write a batch and enqueue the next; attempts that already have their rows are skipped."""
    ids = list(batch.rows)
    session.scalars(  # a concurrent grading waits for this, or this for it
        select(Attempt.id).where(Attempt.id.in_(ids)).order_by(Attempt.id).with_for_update()
    ).all()
    has_rows = select(ItemResult.attempt_id).where(ItemResult.attempt_id.in_(ids))
    complete = set(session.scalars(has_rows))
    missing = [row for id_, rows in batch.rows.items() if id_ not in complete for row in rows]
    if missing:
        session.execute(insert(ItemResult), missing)
    after = {"after": batch.last}
    outbox.enqueue_job(session, PURPOSE, str(batch.last), due_at=now, now=now, payload=after)


def find_start_of_pending_backfill(session: Session) -> int | None:
    """Return the attempt after which item results may still be missing; None if none are."""
    payloads = session.scalars(
        select(OutboxItem.payload).where(
            OutboxItem.purpose == PURPOSE, OutboxItem.done_at.is_(None)
        )
    )
    return min((int(payload["after"]) for payload in payloads), default=None)
