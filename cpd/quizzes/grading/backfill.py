"""The item results of gradings that are older than the table: worked out and written in batches.

A batch is read and computed first, and written in a short transaction. The next one is owed in it.
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
from cpd.quizzes.attempts.queries import whole_attempts
from cpd.quizzes.grading import computing
from cpd.quizzes.grading.models import GradeEvent, ItemResult, Result

log = structlog.get_logger(__name__)


PURPOSE = "backfill-item-results"
"""In the outbox; its `after` is the attempt up to which everything is done."""


BATCH = 200
"""Attempts: about a second to compute, and some hundredths to write."""


UNREADABLE = (LookupError, TypeError, ValueError, AttributeError)
"""What folding raises where a stored grading is not what a grading writes."""


@dataclass(frozen=True)
class Batch:
    """The rows that some attempts lack."""

    rows: dict[int, list[dict[str, Any]]]
    """By attempt."""
    last: int
    """The last attempt that was looked at."""


def work_out(session: Session, *, after: int) -> Batch | None:
    """Return what the next attempts lack, without writing; None where there are no more.

    One whose grading cannot be read is left out, for `replay` to name.
    """
    rows: dict[int, list[dict[str, Any]]] = {}
    found = _lacking(session, after)
    for attempt, event in found:
        try:
            met = computing.met_before(session, attempt)
            rows[attempt.id] = computing.folded_items(attempt, event, met)
        except UNREADABLE:
            log.exception("item results", attempt=attempt.public_id)
    return Batch(rows, found[-1][0].id) if found else None


def _lacking(session: Session, after: int) -> Sequence[tuple[Attempt, GradeEvent]]:
    """Return the next graded attempts without item results, each with its newest grading."""
    found = session.execute(
        whole_attempts()
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
    return [(attempt, event) for attempt, event in found]


def keep(session: Session, batch: Batch, *, now: datetime) -> None:
    """Write a batch, and owe the next; an attempt that has its rows by now is left alone."""
    ids = list(batch.rows)
    session.scalars(  # a grading at this moment waits for us, or we for it
        select(Attempt.id).where(Attempt.id.in_(ids)).order_by(Attempt.id).with_for_update()
    ).all()
    has = set(session.scalars(select(ItemResult.attempt_id).where(ItemResult.attempt_id.in_(ids))))
    rows = [row for id_, each in batch.rows.items() if id_ not in has for row in each]
    if rows:
        session.execute(insert(ItemResult), rows)
    after = {"after": batch.last}
    outbox.enqueue(session, PURPOSE, str(batch.last), due_at=now, now=now, payload=after)


def owed_after(session: Session) -> int | None:
    """Return the attempt after which item results may still be to come; None if none are owed."""
    payloads = session.scalars(
        select(OutboxItem.payload).where(
            OutboxItem.purpose == PURPOSE, OutboxItem.done_at.is_(None)
        )
    )
    return min((int(payload["after"]) for payload in payloads), default=None)
