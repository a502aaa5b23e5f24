"""Whose first choices a board may read, in exams and in practice: statements, and their columns.

A choice in an exam is a first one if the learner had not seen the case before. One in practice is
the first answer to a step under an enrollment. Whatever an employer may not see is left out here,
so that no page shows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from cpd.courses.models import Enrolment
from cpd.organisations.models import Membership
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.grading.models import ItemResult, Result
from cpd.quizzes.practice.models import PracticeAnswer
from cpd.quizzes.rules.attempts import AttemptState
from cpd.schools.agreements.queries import details_condition
from cpd.schools.assignments.models import Assignment
from cpd.schools.assignments.rules.terms import PracticeVisibility
from cpd.schools.boards.queries import select_own_learner
from cpd.schools.cohorts.models import Cohort
from cpd.schools.cohorts.queries import Reach, select_learners


@dataclass(frozen=True)
class FirstChoices:
    """The first choices to read: a statement that joins them, and what judges them."""

    rows: sa.Select[Any]
    """Joins `Membership`, `Cohort`, `Assignment` and `Enrolment` with the choices."""
    revision_id: sa.ColumnElement[int]
    """The revision of the case."""
    danger: sa.ColumnElement[Any]
    decided_at: sa.ColumnElement[Any]
    is_practice: bool
    """If so, the assignment says whether names may stand beside them."""

    def where(self, *conditions: sa.ColumnElement[bool]) -> FirstChoices:
        """Return those for which all conditions hold."""
        return replace(self, rows=self.rows.where(*conditions))

    @property
    def enrolment_ids(self) -> sa.Select[int]:
        """Selects the enrollments under which they were made."""
        return self.rows.with_only_columns(Enrolment.id)

    def with_names(self) -> FirstChoices:
        """Return those beside which names may stand."""
        if not self.is_practice:
            return self
        return self.where(Assignment.practice_visibility == PracticeVisibility.BY_NAME)


def select_exam_choices(reach: Reach) -> FirstChoices:
    """Select those of who is in a class in reach, in exams of what is assigned to it."""
    return _select_exam_choices(select_learners(reach))


def select_practice_choices(reach: Reach) -> FirstChoices:
    """Select those of who is in a class in reach, in practice of what is assigned to it."""
    return _select_practice_choices(select_learners(reach))


def select_class_choices(reach: Reach, course_id: int, *, is_practice: bool) -> FirstChoices:
    """Select those of current classes in one course, in practice or in exams."""
    choices = select_practice_choices(reach) if is_practice else select_exam_choices(reach)
    return choices.where(Cohort.archived_at.is_(None), Assignment.course_id == course_id)


def select_own_choices(subject: str, assignment: Assignment) -> Sequence[FirstChoices]:
    """Select those that a school sees, with the name, of one learner under an assignment."""
    own = select_own_learner(subject).where(Cohort.id == assignment.cohort_id)
    return [
        choices.where(Assignment.id == assignment.id).with_names()
        for choices in (_select_exam_choices(own), _select_practice_choices(own))
    ]


def _select_exam_choices(learners: sa.Select[Membership]) -> FirstChoices:
    rows = (
        _join_enrolments(learners)
        .join(Attempt, Attempt.enrolment_id == Enrolment.id)
        .join(ItemResult, ItemResult.attempt_id == Attempt.id)
        .where(
            Attempt.state == AttemptState.GRADED,
            ItemResult.is_seen.is_(sa.false()),
            ItemResult.danger.is_not(None),
        )
    )
    return FirstChoices(
        rows,
        ItemResult.revision_id.expression,
        ItemResult.danger.expression,
        Attempt.closed_at.expression,
        is_practice=False,
    )


def _select_practice_choices(learners: sa.Select[Membership]) -> FirstChoices:
    answered = sa.and_(PracticeAnswer.enrolment_id == Enrolment.id, PracticeAnswer.is_first)
    return FirstChoices(
        _join_enrolments(learners).join(PracticeAnswer, answered),
        PracticeAnswer.revision_id.expression,
        PracticeAnswer.danger.expression,
        PracticeAnswer.answered_at.expression,
        is_practice=True,
    )


def _join_enrolments(learners: sa.Select[Membership]) -> sa.Select[Any]:
    # SQLite would begin with all enrollments of the site in a course, rather than with its learners
    course_id = Enrolment.course_id + sa.literal_column("0")
    begun = sa.and_(
        Enrolment.subject == Membership.subject,
        Enrolment.context == Assignment.public_id,
        course_id == Assignment.course_id,
    )
    return (
        learners.join(Assignment, Assignment.cohort_id == Cohort.id)
        .join(Enrolment, begun)
        .where(details_condition())
    )


def has_passed_since_condition() -> sa.ColumnElement[bool]:
    """Return the condition that another attempt under the same enrollment is a pass."""
    other = aliased(Attempt)
    return sa.exists().where(
        other.enrolment_id == Enrolment.id,
        other.state == AttemptState.GRADED,
        Result.attempt_id == other.id,
        Result.passed,
    )
