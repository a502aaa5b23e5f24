"""Reads of what one learner did under one assignment, within a reach or as their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from cpd.courses.models import Document, Enrolment, SectionReading
from cpd.organisations.models import Membership
from cpd.quizzes.attempts.models import Attempt, AttemptMove
from cpd.quizzes.grading.models import Result
from cpd.quizzes.rules.attempts import Move
from cpd.quizzes.weak_spots.queries import find_repeat_times
from cpd.schools.accommodations.models import GrantReason
from cpd.schools.assignments.models import Assignment
from cpd.schools.cohorts.models import Cohort, CohortMember
from cpd.schools.cohorts.queries import Reach, reach_condition, select_learners
from cpd.schools.gradebook.models import HandGrade


@dataclass(frozen=True)
class AssignedTry:
    """A try at an exam under an assignment, and its result once there is one."""

    attempt: Attempt
    result: Result | None


@dataclass(frozen=True)
class TryMove:
    """What was done to a try as a whole, by whom, when and why."""

    attempt_id: int
    move: Move | None
    """None for its start."""
    reason: str
    actor: str
    at: datetime


@dataclass(frozen=True)
class ReasonedGrade:
    """A grade that was given, and why, unless that was deleted."""

    grade: HandGrade
    reason: str


def within_reach(reach: Reach) -> sa.ColumnElement[bool]:
    """Return the condition for those who teach: rows of the classes in reach."""
    return reach_condition(reach)


def was_in_class(
    session: Session, reach: Reach, assignment: Assignment, member: Membership
) -> bool:
    """Tell whether somebody is or was in the class of an assignment."""
    inside = (
        select(CohortMember.id)
        .join(CohortMember.cohort)
        .where(
            reach_condition(reach),
            Cohort.id == assignment.cohort_id,
            CohortMember.membership_id == member.id,
        )
    )
    return session.scalar(inside.limit(1)) is not None


def find_start(
    session: Session, whose: sa.ColumnElement[bool], assignment: Assignment, subject: str
) -> datetime | None:
    """Return when a learner began an assignment; None before."""
    started = select(Enrolment.started_at).where(_is_under(whose, assignment, subject))
    return session.scalar(started.order_by(Enrolment.started_at).limit(1))


def find_finished_sections(
    session: Session, whose: sa.ColumnElement[bool], assignment: Assignment, subject: str
) -> Sequence[tuple[str, datetime]]:
    """Return which sections a learner has finished, by slug, and when, in order."""
    finished = (
        select(Document.slug, SectionReading.read_at)
        .select_from(SectionReading)
        .join(Document, Document.id == SectionReading.section_id)
        .join(Enrolment, Enrolment.id == SectionReading.enrolment_id)
        .where(SectionReading.passage == "", _is_under(whose, assignment, subject))
    )
    rows = session.execute(finished.order_by(SectionReading.read_at, SectionReading.id))
    return [(slug, at) for slug, at in rows]


def find_tries_of_learner(
    session: Session, whose: sa.ColumnElement[bool], assignment: Assignment, subject: str
) -> Sequence[AssignedTry]:
    """Return the tries of a learner under an assignment, first to last."""
    tries = (
        select(Attempt, Result)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .outerjoin(Result, Result.attempt_id == Attempt.id)
        .where(_is_under(whose, assignment, subject))
    )
    rows = session.execute(tries.order_by(Attempt.number))
    return [AssignedTry(attempt, result) for attempt, result in rows]


def find_moves_of_learner(
    session: Session, whose: sa.ColumnElement[bool], assignment: Assignment, subject: str
) -> Sequence[TryMove]:
    """Return what was done to those tries, in order."""
    moves = (
        select(AttemptMove)
        .join(Attempt, Attempt.id == AttemptMove.attempt_id)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .where(_is_under(whose, assignment, subject))
    )
    rows = session.scalars(moves.order_by(AttemptMove.id))
    known = {move.value: move for move in Move}
    return [
        TryMove(row.attempt_id, known.get(row.move), row.reason, row.actor, row.moved_at)
        for row in rows
    ]


def find_repeats_of_learner(
    session: Session, whose: sa.ColumnElement[bool], assignment: Assignment, subject: str
) -> Sequence[datetime]:
    """Return when the learner decided a practice case again, in order."""
    return find_repeat_times(session, _is_under(whose, assignment, subject))


def _is_under(
    whose: sa.ColumnElement[bool], assignment: Assignment, subject: str
) -> sa.ColumnElement[bool]:
    """Return the condition that an enrollment of a learner is one in an assignment."""
    under = (
        select(Enrolment.id)
        .join(
            Assignment,
            sa.and_(
                Assignment.public_id == Enrolment.context,
                Assignment.course_id == Enrolment.course_id,
            ),
        )
        .join(Assignment.cohort)
        .where(whose, Assignment.id == assignment.id, Enrolment.subject == subject)
    )
    return Enrolment.id.in_(under)


def find_grades_given(
    session: Session, whose: sa.ColumnElement[bool], assignment: Assignment, subject: str
) -> Sequence[ReasonedGrade]:
    """Return the grades that a learner was ever given on an assignment, first to last."""
    rows = session.execute(
        select(HandGrade, GrantReason.text)
        .join(HandGrade.assignment)
        .join(Assignment.cohort)
        .outerjoin(GrantReason, GrantReason.granted == HandGrade.public_id)
        .where(whose, Assignment.id == assignment.id, HandGrade.subject == subject)
        .order_by(HandGrade.id)
    )
    return [ReasonedGrade(grade, reason or "") for grade, reason in rows]


def find_hand_grade(
    session: Session, reach: Reach, assignment: Assignment, subject: str
) -> HandGrade | None:
    """Return the grade that counts for a learner now."""
    return session.scalar(
        select(HandGrade)
        .join(HandGrade.assignment)
        .join(Assignment.cohort)
        .where(
            reach_condition(reach),
            Assignment.id == assignment.id,
            HandGrade.subject == subject,
            HandGrade.ended_at.is_(None),
        )
    )


@dataclass(frozen=True)
class FoundTry:
    """A try, and the assignment under which it was made."""

    attempt: Attempt
    assignment: Assignment


def find_assigned_try(session: Session, reach: Reach, attempt_id: str) -> FoundTry | None:
    """Return a try under an assignment in reach, of somebody who is still in its class."""
    learners = (
        select_learners(reach)
        .where(Cohort.id == Assignment.cohort_id)
        .with_only_columns(Membership.subject)
        .correlate(Assignment)
    )
    row = session.execute(
        select(Attempt, Assignment)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .join(
            Assignment,
            sa.and_(
                Assignment.public_id == Enrolment.context,
                Assignment.course_id == Enrolment.course_id,
            ),
        )
        .join(Assignment.cohort)
        .join(Cohort.school)
        .where(
            reach_condition(reach),
            Attempt.public_id == attempt_id,
            Enrolment.subject.in_(learners),
        )
        .options(contains_eager(Assignment.cohort).contains_eager(Cohort.school))
    ).one_or_none()
    return None if row is None else FoundTry(row[0], row[1])
