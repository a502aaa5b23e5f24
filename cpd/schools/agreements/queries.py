"""Reads of who has agreed that their employer sees more, within a reach or a learner's own."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.organisations.models import Membership, School, SchoolKind
from cpd.schools.agreements.models import Agreement
from cpd.schools.assignments.models import Assignment
from cpd.schools.cohorts.models import Cohort
from cpd.schools.cohorts.queries import Reach, own_class_condition, reach_condition

# For those who teach


def details_condition() -> sa.ColumnElement[bool]:
    """Return the condition that the school of a row sees what its member does for the assignment.

    A school does; an employer does if the member has agreed. The statement around it names
    `Cohort`, `Assignment` and `Membership`.
    """
    employers = sa.select(School.id).where(School.kind == SchoolKind.CLINIC)
    has_agreed = sa.exists().where(
        Agreement.assignment_id == Assignment.id,
        Agreement.subject == Membership.subject,
        Agreement.withdrawn_at.is_(None),
    )
    return sa.or_(Cohort.school_id.not_in(employers), has_agreed)


def find_who_agreed(session: Session, reach: Reach, assignment: Assignment) -> frozenset[str]:
    """Return who agrees now that their employer sees more of an assignment, by subject."""
    agreed = _select_agreements(reach).where(Assignment.id == assignment.id)
    return frozenset(session.scalars(agreed.with_only_columns(Agreement.subject)))


def find_assignments_agreed_to(session: Session, reach: Reach, subject: str) -> frozenset[int]:
    """Return of which assignments a learner lets their employer see more, by id."""
    agreed = _select_agreements(reach).where(Agreement.subject == subject)
    return frozenset(session.scalars(agreed.with_only_columns(Agreement.assignment_id)))


def _select_agreements(reach: Reach) -> sa.Select[Agreement]:
    return (
        sa.select(Agreement)
        .join(Agreement.assignment)
        .join(Assignment.cohort)
        .where(reach_condition(reach), Agreement.withdrawn_at.is_(None))
    )


# A learner's own


def find_own_agreement(session: Session, subject: str, assignment: Assignment) -> Agreement | None:
    """Return the present agreement of a learner who is or was in the class of an assignment."""
    return session.scalar(
        sa.select(Agreement)
        .join(Agreement.assignment)
        .join(Assignment.cohort)
        .where(
            own_class_condition(subject),
            Assignment.id == assignment.id,
            Agreement.subject == subject,
            Agreement.withdrawn_at.is_(None),
        )
    )
