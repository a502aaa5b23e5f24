"""Reads of what waits for the provider at each authority."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor, Permission
from cpd.certificates.models import Certificate
from cpd.credit.authority_loading import load_authorities
from cpd.quizzes.attempts.models import Attempt
from cpd.reporting.batches.models import ReportBatch, ReportRow
from cpd.reporting.batches.queries import is_open_correction, is_open_refusal, select_waiting
from cpd.reporting.rules.duties import Duty, find_ce_broker_duties
from cpd.reporting.rules.states import BatchState

_BEHIND = timedelta(hours=12)
"""How far the day where somebody lives can lie behind UTC: no due day is shown too late."""


@dataclass(frozen=True)
class ReportQueue:
    """What waits for the provider at one authority."""

    duty: Duty
    waiting: int = 0
    due: date | None = None
    """By when the oldest completion must be reported; none if no source says it."""
    refused: int = 0
    to_correct: int = 0
    unsent: int = 0
    """Files that were made and neither sent nor abandoned."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return not (self.waiting or self.refused or self.to_correct or self.unsent)

    def is_late(self, today: date) -> bool:
        """Tell whether something should have been reported before a day."""
        return self.due is not None and self.due < today


def find_report_queues(session: Session, actor: Actor, *, today: date) -> list[ReportQueue]:
    """Return what waits at each authority to which the provider reports; takes one query."""
    duties = find_ce_broker_duties(load_authorities().values(), today)
    if not duties or not actor.may(Permission.REPORT_MANAGE):
        return []
    queues = {slug: ReportQueue(duty) for slug, duty in duties.items()}
    for slug, name, count, oldest in session.execute(_select_counts(duties)):
        queue = replace(queues[slug], **{name: count})
        if name == "waiting":
            oldest_day = _as_utc(oldest - _BEHIND).date()
            queue = replace(queue, due=queue.duty.find_due_day(oldest_day))
        queues[slug] = queue
    return list(queues.values())


def _as_utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _select_counts(duties: Mapping[str, Duty]) -> sa.CompoundSelect[Any]:
    """Return the statement for each authority’s counts, and the oldest completion that waits."""
    waiting = (
        select_waiting(duties)
        .join(Attempt, Attempt.id == Certificate.attempt_id)
        .with_only_columns(
            Certificate.authority,
            sa.literal("waiting"),
            sa.func.count(),
            sa.func.min(Attempt.closed_at),
        )
        .group_by(Certificate.authority)
    )
    no_day = sa.cast(sa.null(), Attempt.closed_at.type)
    rows = [
        sa.select(ReportRow.authority, sa.literal(name), sa.func.count(), no_day)
        .where(ReportRow.authority.in_(list(duties)), *conditions)
        .group_by(ReportRow.authority)
        for name, conditions in (
            ("refused", is_open_refusal()),
            ("to_correct", is_open_correction()),
        )
    ]
    unsent = (
        sa.select(ReportBatch.authority, sa.literal("unsent"), sa.func.count(), no_day)
        .where(ReportBatch.authority.in_(list(duties)), ReportBatch.state == BatchState.MADE)
        .group_by(ReportBatch.authority)
    )
    return sa.union_all(waiting, *rows, unsent)
