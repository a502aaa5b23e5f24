"""The review of an attempt: every case with its key, once that is released."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cpd.cases.kinds.registry import KINDS
from cpd.cases.model import Answer, CaseFront, StepFront, StepKey
from cpd.courses.models import (
    Enrolment,
    EnrolmentState,
)
from cpd.courses.rules.addresses import CourseAddress
from cpd.quizzes.attempts import delivery
from cpd.quizzes.attempts.delivery import Arrived
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.grading.computing import marks_of
from cpd.quizzes.grading.models import Result
from cpd.quizzes.grading.queries import Try
from cpd.quizzes.keys import shown_keys_of
from cpd.quizzes.practice.cases import PracticeCase, follow
from cpd.quizzes.rules import answers, reviewing
from cpd.quizzes.rules.answers import EventType, Outcome, StepAt
from cpd.quizzes.rules.eligibility import PastTry
from cpd.quizzes.rules.reviewing import Review


@dataclass(frozen=True)
class ReviewAccess:
    """Whether the keys of an attempt are open to its learner, and what they wait for."""

    review: Review
    to_pass: tuple[CourseAddress, ...]
    """The course in each context in which its learner takes it and has not passed the exam."""


def review_access(session: Session, attempt: Attempt, tries: Sequence[Try]) -> ReviewAccess:
    """Return it, given all the learner's tries at the exam; one query where any was passed."""
    past = [
        PastTry(one.attempt.number, one.state, one.attempt.closed_at, one.passed) for one in tries
    ]
    passed = {one.context for one in tries if one.passed}
    present = contexts_of(session, attempt.enrolment) if passed else ()
    slug = attempt.enrolment.course.slug
    to_pass = tuple(CourseAddress(slug, one) for one in present if one not in passed)
    review = reviewing.review(attempt.state, past, is_to_pass_elsewhere=bool(to_pass))
    return ReviewAccess(review, to_pass)


def contexts_of(session: Session, enrolment: Enrolment) -> Sequence[str]:
    """Return the contexts in which the person of an enrolment takes its course at present."""
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
class Given:
    """An answer that was accepted, and when it arrived; a blank took an earlier one back."""

    answer: Answer | None
    at: datetime


@dataclass(frozen=True)
class ReviewedStep:
    """A step with its key, the answer that counted if any did, and all that was answered to it."""

    step: StepFront
    key: StepKey
    answer: Answer | None
    given: tuple[Given, ...] = ()
    """First to last; the last one counted. Empty for a step that was left out."""

    def words_of(self, answer: Answer | None) -> list[str]:
        """Return an answer to this step in the learner's words."""
        return KINDS[self.step.kind].words(self.step, answer)


@dataclass(frozen=True)
class ReviewedCase:
    """A case of a graded attempt with its key, reasons and what the learner chose."""

    position: int
    case: CaseFront
    steps: tuple[ReviewedStep, ...]
    """Up to the first that was left out."""
    mark: Mapping[str, Any]


def reviewed(session: Session, attempt: Attempt, result: Result) -> list[ReviewedCase]:
    """Return every case of a graded attempt with its key; only call it once that is released."""
    drawn = delivery.drawn(session, attempt.subject, attempt.public_id)
    keys = shown_keys_of(session, [one.text.id for one in drawn])
    rows = delivery.rows_of(session, attempt.id)
    current = answers.current_answers(delivery.as_event(row) for row in rows)
    given = _given(rows)
    marks = {case["case"]: case for case in marks_of(result.detail)}
    found = []
    for one in drawn:
        front = one.front
        walked = follow(one.text, front, keys[one.text.id], current.get(front.id, {}))
        found.append(
            ReviewedCase(
                position=one.position,
                case=front,
                steps=_steps(walked, given),
                mark=marks[front.id],
            )
        )
    return found


def _steps(walked: PracticeCase, given: Mapping[StepAt, list[Given]]) -> tuple[ReviewedStep, ...]:
    steps = [
        ReviewedStep(at.step, at.key, at.answer, tuple(given[walked.case.id, at.step.id]))
        for at in walked.answered
    ]
    if walked.now is not None:
        steps.append(ReviewedStep(walked.now, walked.key.step(walked.now.id), None))
    return tuple(steps)


def _given(rows: Iterable[Arrived]) -> Mapping[StepAt, list[Given]]:
    """Return what was accepted for each step, in the order of its arrival."""
    given: dict[StepAt, list[Given]] = {}
    for row in rows:
        if row.outcome is Outcome.ACCEPTED and row.type is EventType.ANSWER:
            answer = Given(row.answer or None, row.received_at)
            given.setdefault((row.case, row.step), []).append(answer)
    return given
