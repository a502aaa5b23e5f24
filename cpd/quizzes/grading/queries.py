"""Reads of attempts with their results."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.sql.base import ExecutableOption

from cpd.access.permissions import Actor
from cpd.courses.models import Enrolment
from cpd.courses.queries import select_same_versions
from cpd.quizzes.attempts.models import Attempt, Statement
from cpd.quizzes.grading.models import GradeEvent, Result
from cpd.quizzes.rules import attempts
from cpd.quizzes.rules.attempts import AttemptState, Deadline
from cpd.quizzes.rules.eligibility import PastAttempt, Remedy


@dataclass(frozen=True)
class AttemptSummary:
    """One attempt at an exam as it is now, with its result once there is one."""

    attempt: Attempt
    result: Result | None
    state: AttemptState
    """The state now, even if the worker has not written it yet."""
    context: str
    """Of the enrollment under which it was made."""

    @property
    def passed(self) -> bool:
        """Whether it is a pass that counts."""
        is_graded = self.state is AttemptState.GRADED
        return is_graded and self.result is not None and self.result.passed

    @property
    def is_overdue(self) -> bool:
        """Whether it is past its deadline, but neither learner nor worker has closed it yet."""
        return self.state is not self.attempt.state

    @property
    def latest_at(self) -> datetime:
        """When it ended; while it is open, when it started."""
        attempt = self.attempt
        expired_at = attempt.deadline_at if self.state is AttemptState.EXPIRED else None
        return attempt.closed_at or expired_at or attempt.started_at

    @property
    def as_past_attempt(self) -> PastAttempt:
        """The attempt in the form that the rules use, whatever the context, without remedies."""
        return PastAttempt(self.attempt.number, self.state, self.attempt.closed_at, self.passed)


def find_attempts_without_outcome(session: Session, revision_id: int) -> Sequence[int]:
    """Return the ids of attempts at a course version that are not over, or passed."""
    return session.scalars(
        select(Attempt.id)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .outerjoin(Result, Result.attempt_id == Attempt.id)
        .where(
            Enrolment.course_revision_id.in_(select_same_versions(revision_id)),
            or_(
                Attempt.state.in_(
                    [AttemptState.OPEN, AttemptState.SUBMITTED, AttemptState.EXPIRED]
                ),
                and_(Attempt.state == AttemptState.GRADED, Result.passed),
            ),
        )
        .order_by(Attempt.id)
    ).all()


def find_attempt_summaries(
    session: Session, subject: str, exam_id: int, *, now: datetime
) -> list[AttemptSummary]:
    """Return a person's attempts at an exam across all their enrollments, first to last."""
    rows = _select_attempts_with_result_and_context().where(
        Attempt.subject == subject, Attempt.exam_id == exam_id
    )
    return _find_selected_summaries(session, rows.order_by(Attempt.number), now=now)


def _load_what_exam_titles_need() -> tuple[ExecutableOption, ...]:
    return (
        joinedload(Attempt.exam_revision),
        joinedload(Attempt.enrolment).joinedload(Enrolment.course_revision),
    )


def find_own_attempt_summaries(
    session: Session, actor: Actor, *, now: datetime
) -> list[AttemptSummary]:
    """Return all attempts of the actor at any exam, newest first."""
    rows = (
        _select_attempts_with_result_and_context()
        .options(*_load_what_exam_titles_need())
        .where(Attempt.subject == actor.subject)
    )
    return _find_selected_summaries(session, rows.order_by(Attempt.id.desc()), now=now)


def _select_attempts_with_result_and_context() -> Select[Attempt, Result | None, str]:
    return (
        select(Attempt, Result, Enrolment.context)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .outerjoin(Result, Result.attempt_id == Attempt.id)
    )


def _find_selected_summaries(
    session: Session, rows: Select[Attempt, Result | None, str], *, now: datetime
) -> list[AttemptSummary]:
    return [
        AttemptSummary(
            attempt,
            result,
            attempts.effective_state(
                attempt.state, Deadline.from_json(attempt.deadline_inputs), now
            ),
            context,
        )
        for attempt, result, context in session.execute(rows)
    ]


def build_past_attempt(
    summary: AttemptSummary, *, context: str, hazards_with_practice: Collection[str]
) -> PastAttempt:
    """Return an attempt in the form that the rules use for a start in a context.

    Nobody is asked to practice on a hazard that is not in `hazards_with_practice`.
    """
    remedies = summary.result.detail["remedies"] if summary.result is not None else []
    return replace(
        summary.as_past_attempt,
        is_in_other_context=summary.context != context,
        remedies=tuple(
            Remedy(
                case=remedy["case"],
                passage=remedy["passage"],
                hazards=tuple(h for h in remedy["hazards"] if h in hazards_with_practice),
            )
            for remedy in remedies
        ),
    )


def find_own_passes_without_statement(session: Session, actor: Actor) -> Sequence[Attempt]:
    """Return the actor's passes that were closed by their deadline and still lack a statement."""
    return session.scalars(
        select(Attempt)
        .join(Result, Result.attempt_id == Attempt.id)
        .options(*_load_what_exam_titles_need())
        .where(
            Attempt.subject == actor.subject,
            Attempt.state == AttemptState.GRADED,
            Result.passed,
            ~exists().where(Statement.attempt_id == Attempt.id),
        )
        .order_by(Attempt.id.desc())
    ).all()


def find_counting_result(session: Session, attempt: Attempt) -> Result | None:
    """Return the result that counts now: none while an attempt is open again, or void."""
    return session.get(Result, attempt.id) if attempt.state is AttemptState.GRADED else None


def find_newest_grading(session: Session, attempt: Attempt) -> GradeEvent | None:
    """Return the newest grading of an attempt, or None if it was never graded."""
    return session.scalar(
        select(GradeEvent)
        .where(GradeEvent.attempt_id == attempt.id)
        .order_by(GradeEvent.number.desc())
        .limit(1)
    )


def has_begun_exam_that_counts(session: Session, enrolment: Enrolment) -> bool:
    """Tell whether an exam under an enrollment is open, being graded or passed."""
    counts = or_(
        Attempt.state.in_([AttemptState.OPEN, AttemptState.SUBMITTED, AttemptState.EXPIRED]),
        and_(Attempt.state == AttemptState.GRADED, Result.passed),
    )
    found = (
        select(Attempt.id)
        .outerjoin(Result, Result.attempt_id == Attempt.id)
        .where(Attempt.enrolment_id == enrolment.id, counts)
    )
    return bool(session.scalar(select(found.exists())))
