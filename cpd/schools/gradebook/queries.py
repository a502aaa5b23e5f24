"""Reads of what the learners of an assignment have done under it, within a reach."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from cpd.accounts.models import Person
from cpd.courses.models import Enrolment, SectionReading
from cpd.organisations.models import Membership
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.grading.models import Result
from cpd.quizzes.rules.attempts import AttemptState
from cpd.schools.accommodations.models import Excuse, Extension
from cpd.schools.agreements.queries import find_who_agreed
from cpd.schools.assignments.models import Assignment
from cpd.schools.cohorts.models import Cohort
from cpd.schools.cohorts.queries import Reach, reach_condition, select_learners
from cpd.schools.gradebook.models import HandGrade
from cpd.schools.gradebook.rules.scores import GradedTry, choose_score
from cpd.schools.gradebook.rules.work_states import LearnerWork, Try


@dataclass
class LearnerRecord:
    """A learner of an assignment, and what they have done under it, without the sections."""

    key: str
    """The public id of the membership."""
    subject: str
    name: str | None
    """None if the account no longer exists."""
    number: int
    """The place in the order of joining the school, from 1."""
    due_at: datetime
    is_excused: bool
    hand_grade: Fraction | None
    enrolments: set[int] = field(default_factory=set)
    tries: list[Try] = field(default_factory=list)

    def build_work(
        self, read: Collection[int] = (), read_at: datetime | None = None
    ) -> LearnerWork:
        """Return what the rules judge."""
        return LearnerWork(
            due_at=self.due_at,
            is_excused=self.is_excused,
            has_begun=bool(self.enrolments),
            tries=self.tries,
            hand_grade=self.hand_grade,
            read=read,
            read_at=read_at,
        )


def find_learner_records(
    session: Session, reach: Reach, assignment: Assignment
) -> Sequence[LearnerRecord]:
    """Return everybody who is in the class now, in the order of joining; takes one query."""
    records: dict[str, LearnerRecord] = {}
    rows = session.execute(_select_records(reach, assignment))
    for key, subject, name, enrolment_id, until_at, excuse_id, hand_grade, *columns in rows:
        record = records.get(key)
        if record is None:
            record = records[key] = LearnerRecord(
                key,
                subject,
                name,
                len(records) + 1,
                assignment.due_at if until_at is None else max(until_at, assignment.due_at),
                excuse_id is not None,
                None if hand_grade is None else Fraction(hand_grade),
            )
        if enrolment_id is not None:
            record.enrolments.add(enrolment_id)
        if columns[0] is not None:
            record.tries.append(_build_try(*columns))
    return list(records.values())


def _build_try(
    number: int,
    state: AttemptState,
    deadline_at: datetime | None,
    closed_at: datetime | None,
    *result: Any,
) -> Try:
    points, possible, passed = result
    graded = None
    if state is AttemptState.GRADED and points is not None:
        graded = GradedTry(number, Fraction(points, possible), passed)
    return Try(number, state, deadline_at, closed_at, graded)


def _select_records(reach: Reach, assignment: Assignment) -> sa.Select[*tuple[Any, ...]]:
    here = Membership.subject
    return (
        select_learners(reach)
        .where(Cohort.id == assignment.cohort_id)
        .outerjoin(Person, Person.subject == here)
        .outerjoin(Enrolment, (Enrolment.subject == here) & _is_for(assignment))
        .outerjoin(Attempt, Attempt.enrolment_id == Enrolment.id)
        .outerjoin(Result, Result.attempt_id == Attempt.id)
        .outerjoin(Extension, _is_granted(Extension, assignment, here))
        .outerjoin(Excuse, _is_granted(Excuse, assignment, here))
        .outerjoin(HandGrade, _is_granted(HandGrade, assignment, here))
        .with_only_columns(
            Membership.public_id,
            Membership.subject,
            Person.name,
            Enrolment.id,
            Extension.until_at,
            Excuse.id,
            HandGrade.stored_score,
            Attempt.number,
            Attempt.state,
            Attempt.deadline_at,
            Attempt.closed_at,
            Result.score_num,
            Result.score_den,
            Result.passed,
        )
        .order_by(Membership.since_at, Membership.id, Attempt.number)
    )


def _is_for(assignment: Assignment) -> sa.ColumnElement[bool]:
    return sa.and_(
        Enrolment.course_id == assignment.course_id, Enrolment.context == assignment.public_id
    )


def _is_granted(
    granted: type[Extension] | type[Excuse] | type[HandGrade],
    assignment: Assignment,
    subject: sa.ColumnElement[str] | Any,
) -> sa.ColumnElement[bool]:
    return sa.and_(
        granted.assignment_id == assignment.id,
        granted.subject == subject,
        granted.ended_at.is_(None),
    )


@dataclass(frozen=True)
class Reading:
    """Which sections were finished under an enrollment, and when the last one was."""

    sections: frozenset[int]
    last_at: datetime


def find_reading_by_enrolment(
    session: Session, reach: Reach, assignment: Assignment, enrolments: Collection[int]
) -> Mapping[int, Reading]:
    """Return which sections were finished, by document id, for enrollments of an assignment.

    One row for each enrollment; those without any are absent.
    """
    if not enrolments:
        return {}
    sections = sa.func.aggregate_strings(sa.cast(SectionReading.section_id, sa.String), ",")
    rows = session.execute(
        select(SectionReading.enrolment_id, sections, sa.func.max(SectionReading.read_at))
        .join(Enrolment, Enrolment.id == SectionReading.enrolment_id)
        .join(Assignment, Assignment.public_id == Enrolment.context)
        .join(Assignment.cohort)
        .where(
            reach_condition(reach),
            Assignment.id == assignment.id,
            SectionReading.enrolment_id.in_(enrolments),
            SectionReading.passage == "",
        )
        .group_by(SectionReading.enrolment_id)
    )
    return {row[0]: Reading(frozenset(map(int, row[1].split(","))), row[2]) for row in rows}


def join_reading(
    enrolments: Collection[int], reading: Mapping[int, Reading]
) -> tuple[Collection[int], datetime | None]:
    """Return what one learner finished under their enrollments, and when the last of it."""
    own = [reading[number] for number in enrolments if number in reading]
    if len(own) == 1:
        return own[0].sections, own[0].last_at
    read = frozenset[int]().union(*(each.sections for each in own))
    return read, max((each.last_at for each in own), default=None)


def find_scores(session: Session, reach: Reach, assignment: Assignment) -> Mapping[str, Fraction]:
    """Return the score that counts of everyone in the class who has one, by subject.

    That is a grade given by hand, or else the score of a passed try. An employer gets the scores of
    those alone who have agreed to show more.
    """
    tries = find_tries(session, reach, assignment)
    policy = assignment.terms.score_policy
    scores = {subject: choose_score(each, policy) for subject, each in tries.items()}
    scores |= find_hand_grades(session, reach, assignment)
    counted = {subject: score for subject, score in scores.items() if score is not None}
    if not assignment.cohort.school.is_employer:
        return counted
    agreed = find_who_agreed(session, reach, assignment)
    return {subject: score for subject, score in counted.items() if subject in agreed}


def find_hand_grades(
    session: Session, reach: Reach, assignment: Assignment
) -> Mapping[str, Fraction]:
    """Return the grades given by hand that count now, by subject."""
    learners = select_learners(reach).where(Cohort.id == assignment.cohort_id)
    rows = session.scalars(
        select(HandGrade).where(
            HandGrade.assignment_id == assignment.id,
            HandGrade.ended_at.is_(None),
            HandGrade.subject.in_(learners.with_only_columns(Membership.subject)),
        )
    )
    return {row.subject: row.score for row in rows}


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
            _is_for(assignment),
            Attempt.state == AttemptState.GRADED,
            Enrolment.subject.in_(learners.with_only_columns(Membership.subject)),
        )
    )
    found = defaultdict(list)
    for subject, number, points, possible, passed in session.execute(graded):
        found[subject].append(GradedTry(number, Fraction(points, possible), passed))
    return found
