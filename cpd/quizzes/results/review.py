"""The review of an attempt: every case with its key, once that may be seen."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cpd.cases.front import Answer, CaseFront
from cpd.cases.key import StepKey
from cpd.content.languages import language_of_text, mark_language
from cpd.courses.models import Enrolment, EnrolmentState
from cpd.courses.rules.addresses import CourseAddress
from cpd.quizzes.attempts import delivery
from cpd.quizzes.attempts.delivery import EventRow, StepOfAttempt
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.grading.computing import marks_in_detail
from cpd.quizzes.grading.models import Result
from cpd.quizzes.grading.queries import AttemptSummary, find_attempt_summaries, find_counting_result
from cpd.quizzes.keys import find_rendered_keys
from cpd.quizzes.practice.cases import CaseProgress, build_case_progress
from cpd.quizzes.queries import find_times_of_newer_texts
from cpd.quizzes.rules import answers, reviewing
from cpd.quizzes.rules.answers import CaseStep, EventType, Outcome
from cpd.quizzes.rules.reviewing import Review


class ReviewClosedError(Exception):
    """The keys of an attempt are not open to its learner."""


@dataclass(frozen=True)
class ReviewAccess:
    """Whether the keys of an attempt are open to its learner, and if not, what is missing."""

    review: Review
    to_pass: tuple[CourseAddress, ...]
    """The course in each context in which its learner takes it and has not passed the exam."""


def find_review_access(
    session: Session, attempt: Attempt, attempts: Sequence[AttemptSummary]
) -> ReviewAccess:
    """Return whether the learner may see the keys; takes one query if any attempt is a pass."""
    passed = {summary.context for summary in attempts if summary.passed}
    contexts = find_current_contexts(session, attempt.enrolment) if passed else ()
    slug = attempt.enrolment.course.slug
    to_pass = tuple(CourseAddress(slug, context) for context in contexts if context not in passed)
    past = [summary.as_past_attempt for summary in attempts]
    review = reviewing.judge_review_access(attempt.state, past, must_pass_elsewhere=bool(to_pass))
    return ReviewAccess(review, to_pass)


def find_current_contexts(session: Session, enrolment: Enrolment) -> Sequence[str]:
    """Return the contexts in which the person of an enrollment currently takes its course."""
    return session.scalars(
        select(Enrolment.context)
        .where(
            Enrolment.subject == enrolment.subject,
            Enrolment.course_id == enrolment.course_id,
            Enrolment.state != EnrolmentState.ENDED,
        )
        .order_by(Enrolment.id)
    ).all()


@dataclass(frozen=True)
class ReceivedAnswer:
    """An answer that was accepted, and when it arrived; a blank retracts an earlier answer."""

    answer: Answer | None
    received_at: datetime


@dataclass(frozen=True)
class ReviewedStep(StepOfAttempt):
    """A step with its key, the answer that counted if any did, and all accepted answers."""

    key: StepKey
    received: tuple[ReceivedAnswer, ...] = ()
    """First to last; the last one counted. Empty for a step that was left out."""


@dataclass(frozen=True)
class ReviewedCase:
    """A case of a graded attempt with its key, its reasons and what the learner chose."""

    position: int
    case: CaseFront
    steps: tuple[ReviewedStep, ...]
    """Up to the first that was left out."""
    mark: Mapping[str, Any]
    changed_at: datetime | None = None
    """When a later text of it was published, if there is one; the learner decided this one."""


def find_reviewed_cases(session: Session, attempt: Attempt, *, now: datetime) -> list[ReviewedCase]:
    """Return every case of a graded attempt with its key.

    Raises ReviewClosedError while a key could still help its learner to pass.
    """
    result = find_counting_result(session, attempt)
    attempts = find_attempt_summaries(session, attempt.subject, attempt.exam_id, now=now)
    if result is None or find_review_access(session, attempt, attempts).review is not Review.OPEN:
        raise ReviewClosedError
    return _find_cases_with_keys(session, attempt, result)


def _find_cases_with_keys(session: Session, attempt: Attempt, result: Result) -> list[ReviewedCase]:
    cases = delivery.find_own_attempt_cases(session, attempt.subject, attempt.public_id)
    texts = [case.text.id for case in cases]
    keys, newer = find_rendered_keys(session, texts), find_times_of_newer_texts(session, texts)
    rows = delivery.find_answer_event_rows(session, attempt.id)
    current = answers.current_answers(delivery.build_event_from_row(row) for row in rows)
    received = _group_received_answers_by_step(rows)
    marks = {mark["case"]: mark for mark in marks_in_detail(result.detail)}
    reviewed = []
    for case in cases:
        case_id = case.front.id
        key = mark_language(keys[case.text.id], language_of_text(case.front.title))
        progress = build_case_progress(case.text, key, current.get(case_id, {}))
        steps = _build_reviewed_steps(progress, received)
        changed_at = newer.get(case.text.id)
        reviewed.append(ReviewedCase(case.position, case.front, steps, marks[case_id], changed_at))
    return reviewed


def _build_reviewed_steps(
    progress: CaseProgress, received: Mapping[CaseStep, list[ReceivedAnswer]]
) -> tuple[ReviewedStep, ...]:
    case_id = progress.case.id
    steps = [
        ReviewedStep(
            step=answered.step,
            answer=answered.answer,
            key=answered.key,
            received=tuple(received[case_id, answered.step.id]),
        )
        for answered in progress.answered
    ]
    left_out = progress.current_step
    if left_out is not None:
        steps.append(ReviewedStep(left_out, None, progress.key.step_by_id(left_out.id)))
    return tuple(steps)


def _group_received_answers_by_step(
    rows: Iterable[EventRow],
) -> Mapping[CaseStep, list[ReceivedAnswer]]:
    """Return the answers accepted for each step, in the order of their arrival."""
    received: dict[CaseStep, list[ReceivedAnswer]] = {}
    for row in rows:
        if row.outcome is Outcome.ACCEPTED and row.type is EventType.ANSWER:
            answer = ReceivedAnswer(row.answer or None, row.received_at)
            received.setdefault((row.case, row.step), []).append(answer)
    return received
