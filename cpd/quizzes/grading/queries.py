"""Reads of attempts with their results."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, joinedload

from cpd.access.permissions import Actor
from cpd.courses.models import (
    Enrolment,
)
from cpd.quizzes.attempts.models import Attempt, Statement
from cpd.quizzes.grading.models import Result
from cpd.quizzes.rules import attempts
from cpd.quizzes.rules.attempts import AttemptState, Deadline
from cpd.quizzes.rules.eligibility import PastTry, Remedy


@dataclass(frozen=True)
class Try:
    """One try at an exam as it stands now, with its result once there is one."""

    attempt: Attempt
    result: Result | None
    state: AttemptState
    """The state that holds now, whether or not the worker has written it."""
    context: str
    """Of the enrolment under which it was made."""

    @property
    def passed(self) -> bool:
        """Whether it was passed, and counts."""
        is_graded = self.state is AttemptState.GRADED
        return is_graded and self.result is not None and self.result.passed

    @property
    def ran_out_unseen(self) -> bool:
        """Whether its time is over, and neither its learner nor the worker has closed it yet."""
        return self.state is not self.attempt.state

    @property
    def at(self) -> datetime:
        """When it ended; while it is open, when it began."""
        attempt = self.attempt
        ran_out = attempt.deadline_at if self.state is AttemptState.EXPIRED else None
        return attempt.closed_at or ran_out or attempt.started_at


def _tries(
    session: Session, rows: Select[Attempt, Result | None, str], *, now: datetime
) -> list[Try]:
    return [
        Try(
            attempt,
            result,
            attempts.effective_state(
                attempt.state, Deadline.from_json(attempt.deadline_inputs), now
            ),
            context,
        )
        for attempt, result, context in session.execute(rows)
    ]


def tries_of(session: Session, subject: str, exam_id: int, *, now: datetime) -> list[Try]:
    """Return a person's tries at an exam over all their enrolments, first to last."""
    rows = (
        select(Attempt, Result, Enrolment.context)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .outerjoin(Result, Result.attempt_id == Attempt.id)
        .where(Attempt.subject == subject, Attempt.exam_id == exam_id)
        .order_by(Attempt.number)
    )
    return _tries(session, rows, now=now)


def past_try(one: Try, *, context: str, practised_on: Collection[str]) -> PastTry:
    """Return one try as the rules of starting in a context know it.

    `practised_on`: the safety topics that have a practice case; nobody is asked for another.
    """
    remedies = one.result.detail["remedies"] if one.result is not None else []
    return PastTry(
        number=one.attempt.number,
        state=one.state,
        closed_at=one.attempt.closed_at,
        passed=one.passed,
        is_elsewhere=one.context != context,
        remedies=tuple(
            Remedy(
                case=remedy["case"],
                passage=remedy["passage"],
                hazards=tuple(h for h in remedy["hazards"] if h in practised_on),
            )
            for remedy in remedies
        ),
    )


def passes_to_confirm(session: Session, actor: Actor) -> Sequence[Attempt]:
    """Return the actor's passes that were closed by their deadline, with nothing stated yet."""
    return session.scalars(
        select(Attempt)
        .join(Result, Result.attempt_id == Attempt.id)
        .options(joinedload(Attempt.exam_revision))
        .where(
            Attempt.subject == actor.subject,
            Attempt.state == AttemptState.GRADED,
            Result.passed,
            ~exists().where(Statement.attempt_id == Attempt.id),
        )
        .order_by(Attempt.id.desc())
    ).all()


def all_tries(session: Session, actor: Actor, *, now: datetime) -> list[Try]:
    """Return all tries of the actor at any exam, newest first."""
    rows = (
        select(Attempt, Result, Enrolment.context)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .outerjoin(Result, Result.attempt_id == Attempt.id)
        .options(joinedload(Attempt.exam_revision))
        .where(Attempt.subject == actor.subject)
        .order_by(Attempt.id.desc())
    )
    return _tries(session, rows, now=now)
