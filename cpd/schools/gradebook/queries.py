"""Reads of results in an assignment, within a reach."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from cpd.courses.models import Enrolment
from cpd.organisations.models import Membership
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.grading.models import Result
from cpd.quizzes.rules.attempts import AttemptState
from cpd.schools.assignments.models import Assignment
from cpd.schools.cohorts.models import Cohort
from cpd.schools.cohorts.queries import Reach, select_learners
from cpd.schools.gradebook.rules.scores import GradedTry, choose_score


def find_scores(session: Session, reach: Reach, assignment: Assignment) -> Mapping[str, Fraction]:
    """Return the score that counts of everyone in the class who has passed, by subject."""
    tries = find_tries(session, reach, assignment)
    policy = assignment.terms.score_policy
    scores = {subject: choose_score(each, policy) for subject, each in tries.items()}
    return {subject: score for subject, score in scores.items() if score is not None}


def find_tries(
    session: Session, reach: Reach, assignment: Assignment
) -> Mapping[str, Sequence[GradedTry]]:
    """Return the graded tries under an assignment of who is in its class now, by subject."""
    learners = select_learners(reach).where(Cohort.id == assignment.cohort_id)
    graded = (
        select(Enrolment.subject, Attempt.number, Result.score_num, Result.score_den, Result.passed)
        .join(Attempt, Attempt.enrolment_id == Enrolment.id)
        .join(Result, Result.attempt_id == Attempt.id)
        .where(
            Enrolment.context == assignment.public_id,
            Enrolment.course_id == assignment.course_id,
            Attempt.state == AttemptState.GRADED,
            Enrolment.subject.in_(learners.with_only_columns(Membership.subject)),
        )
    )
    found = defaultdict(list)
    for subject, number, points, possible, passed in session.execute(graded):
        found[subject].append(GradedTry(number, Fraction(points, possible), passed))
    return found
