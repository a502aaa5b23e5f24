"""Reads of what single learners are granted, and the terms on which they take an exam."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from cpd.access.permissions import Scope
from cpd.courses.models import Enrolment
from cpd.courses.rules.addresses import OWN
from cpd.organisations.models import Membership, School
from cpd.organisations.queries import scope_condition
from cpd.quizzes.rules.eligibility import NOTHING_GRANTED, ExamTerms
from cpd.schools.accommodations.models import Accommodation, Excuse, Extension, GrantReason
from cpd.schools.accommodations.rules.granting import Allowance, build_exam_terms
from cpd.schools.assignments.models import Assignment
from cpd.schools.assignments.rules.local_times import LocalTime
from cpd.schools.cohorts.models import Cohort, CohortMember
from cpd.schools.cohorts.queries import Reach, own_membership_condition, reach_condition

# For those who teach


def find_accommodation(session: Session, scope: Scope, subject: str) -> Accommodation | None:
    """Return what a person is granted in all exams of a school now."""
    return session.scalar(_select_accommodations(scope, [subject]))


def find_accommodations(
    session: Session, scope: Scope, subjects: Collection[str]
) -> Mapping[str, Accommodation]:
    """Return what people are granted in all exams of a school now, by subject."""
    rows = session.scalars(_select_accommodations(scope, subjects))
    return {row.subject: row for row in rows}


def _select_accommodations(scope: Scope, subjects: Collection[str]) -> sa.Select[Accommodation]:
    return (
        select(Accommodation)
        .join(School, School.id == Accommodation.school_id)
        .where(
            scope_condition(scope, School.public_id),
            Accommodation.subject.in_(subjects),
            Accommodation.ended_at.is_(None),
        )
    )


def find_extensions(
    session: Session, reach: Reach, assignment: Assignment
) -> Mapping[str, Extension]:
    """Return the later dates on an assignment, by subject."""
    rows = session.scalars(
        select(Extension)
        .join(Extension.assignment)
        .join(Assignment.cohort)
        .where(
            reach_condition(reach),
            Assignment.id == assignment.id,
            Extension.ended_at.is_(None),
        )
    )
    return {row.subject: row for row in rows}


def is_excused_condition() -> sa.ColumnElement[bool]:
    """Return the condition that the member of a row is excused from the assignment of the row."""
    return sa.exists().where(
        Excuse.assignment_id == Assignment.id,
        Excuse.subject == Membership.subject,
        Excuse.ended_at.is_(None),
    )


def find_excuses(session: Session, reach: Reach, assignment: Assignment) -> Mapping[str, Excuse]:
    """Return who need not do an assignment, by subject."""
    rows = session.scalars(
        select(Excuse)
        .join(Excuse.assignment)
        .join(Assignment.cohort)
        .where(reach_condition(reach), Assignment.id == assignment.id, Excuse.ended_at.is_(None))
    )
    return {row.subject: row for row in rows}


@dataclass(frozen=True)
class GrantsOfLearner:
    """All that one learner is granted now: in every exam, and on single assignments."""

    accommodation: Accommodation | None
    extensions: Sequence[Extension]
    excuses: Sequence[Excuse]


def find_grants_of_learner(session: Session, reach: Reach, subject: str) -> GrantsOfLearner:
    """Return what a learner is granted now, on the assignments in reach."""
    extensions = (
        select(Extension)
        .join(Extension.assignment)
        .join(Assignment.cohort)
        .where(reach_condition(reach), Extension.subject == subject, Extension.ended_at.is_(None))
        .options(contains_eager(Extension.assignment))
        .order_by(Extension.until_at, Extension.id)
    )
    excuses = (
        select(Excuse)
        .join(Excuse.assignment)
        .join(Assignment.cohort)
        .where(reach_condition(reach), Excuse.subject == subject, Excuse.ended_at.is_(None))
        .options(contains_eager(Excuse.assignment))
        .order_by(Excuse.id)
    )
    return GrantsOfLearner(
        find_accommodation(session, reach.scope, subject),
        session.scalars(extensions).all(),
        session.scalars(excuses).all(),
    )


def find_grant_reasons(session: Session, scope: Scope, subject: str) -> Mapping[str, str]:
    """Return why things were granted to a person in a school, by the public id of each."""
    rows = session.execute(
        select(GrantReason.granted, GrantReason.text)
        .join(School, School.id == GrantReason.school_id)
        .where(scope_condition(scope, School.public_id), GrantReason.subject == subject)
    )
    return {row.granted: row.text for row in rows}


# For exams


@dataclass(frozen=True)
class OwnTerms:
    """An assignment as one learner has it."""

    assignment: Assignment
    allowance: Allowance
    until: LocalTime | None
    """A later date that the learner was granted."""
    ended_at: datetime | None
    """When it was canceled, or the learner left the class."""


def find_exam_terms(session: Session, enrolment: Enrolment) -> ExamTerms:
    """Return on what terms somebody takes an exam: those of the assignment, and what is granted."""
    own = find_terms_of_enrolment(session, enrolment)
    if own is None:
        return NOTHING_GRANTED
    return build_exam_terms(
        own.assignment.window,
        own.assignment.terms,
        own.allowance,
        until=own.until,
        ended_at=own.ended_at,
    )


def find_assigned_weak_spots(session: Session, enrolment: Enrolment) -> int:
    """Return how many practice cases somebody is to decide again; 0 without an assignment."""
    own = find_terms_of_enrolment(session, enrolment)
    return 0 if own is None else own.assignment.weak_spot_cases


def find_terms_of_enrolment(session: Session, enrolment: Enrolment) -> OwnTerms | None:
    """Return the assignment under which somebody takes a course; None for a course of their own."""
    if enrolment.context == OWN:
        return None
    return find_own_terms(session, enrolment.subject, enrolment.context)


def find_own_terms(session: Session, subject: str, public_id: str) -> OwnTerms | None:
    """Return an assignment as a learner has it who is or was in its class; takes one query."""
    row = session.execute(_select_own_terms(subject, public_id)).one_or_none()
    if row is None:
        return None
    assignment, accommodation, extension, is_present, left_at = row
    ends = [assignment.canceled_at, None if is_present else left_at]
    return OwnTerms(
        assignment,
        Allowance() if accommodation is None else accommodation.allowance,
        None if extension is None else extension.until,
        min((end for end in ends if end is not None), default=None),
    )


def _select_own_terms(subject: str, public_id: str) -> sa.Select[Any]:
    memberships = (
        sa.select(
            CohortMember.cohort_id,
            sa.func.max(
                sa.case(
                    (CohortMember.until_at.is_(None) & Membership.until_at.is_(None), 1), else_=0
                )
            ).label("is_present"),
            sa.func.max(sa.func.coalesce(CohortMember.until_at, Membership.until_at)).label(
                "left_at"
            ),
        )
        .join(CohortMember.membership)
        .where(own_membership_condition(subject))
        .group_by(CohortMember.cohort_id)
        .subquery()
    )
    return (
        select(
            Assignment,
            Accommodation,
            Extension,
            memberships.c.is_present,
            memberships.c.left_at,
        )
        .join(Assignment.cohort)
        .join(Cohort.school)
        .join(memberships, memberships.c.cohort_id == Cohort.id)
        .outerjoin(
            Accommodation,
            sa.and_(
                Accommodation.school_id == Cohort.school_id,
                Accommodation.subject == subject,
                Accommodation.ended_at.is_(None),
            ),
        )
        .outerjoin(
            Extension,
            sa.and_(
                Extension.assignment_id == Assignment.id,
                Extension.subject == subject,
                Extension.ended_at.is_(None),
            ),
        )
        .where(Assignment.public_id == public_id)
        .options(contains_eager(Assignment.cohort).contains_eager(Cohort.school))
    )
