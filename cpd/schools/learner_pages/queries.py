"""Reads of one learner's tries at the exams of what is assigned in reach."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from cpd.courses.models import Enrolment
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.grading.models import Result
from cpd.quizzes.rules.attempts import AttemptState
from cpd.schools.assignments.models import Assignment
from cpd.schools.cohorts.queries import Reach, reach_condition
from cpd.schools.gradebook.rules.scores import GradedTry


def find_graded_tries(
    session: Session, reach: Reach, subject: str
) -> Mapping[str, Sequence[GradedTry]]:
    """Return the graded tries of a learner, in their order, by the assignment's public id."""
    rows = session.execute(
        select(Assignment.public_id, Attempt.number, Result)
        .join(Assignment.cohort)
        .join(
            Enrolment,
            (Enrolment.context == Assignment.public_id)
            & (Enrolment.course_id == Assignment.course_id),
        )
        .join(Attempt, Attempt.enrolment_id == Enrolment.id)
        .join(Result, Result.attempt_id == Attempt.id)
        .where(
            reach_condition(reach),
            Enrolment.subject == subject,
            Attempt.state == AttemptState.GRADED,
        )
        .order_by(Attempt.id)
    )
    tries: dict[str, list[GradedTry]] = {}
    for public_id, number, result in rows:
        tries.setdefault(public_id, []).append(GradedTry(number, result.score, result.passed))
    return tries
