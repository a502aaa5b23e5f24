"""Giving and withdrawing an agreement; each holds at once and is audited."""

from datetime import datetime

from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.db import insert_if_absent
from cpd.kernel import clock
from cpd.schools.agreements.models import Agreement
from cpd.schools.agreements.queries import find_own_agreement
from cpd.schools.assignments.models import Assignment
from cpd.schools.assignments.queries import find_own_assignment_ever


def give_agreement(
    session: Session, public_id: str, *, actor: Actor, now: datetime
) -> Agreement | None:
    """Let an employer see more of an assignment of the actor; None if it is not of an employer."""
    assignment = find_own_assignment_ever(session, actor.subject, public_id)
    if assignment is None or not assignment.cohort.school.is_employer:
        return None
    if find_own_agreement(session, actor.subject, assignment) is None:
        row = {"assignment_id": assignment.id, "subject": actor.subject, "given_at": now}
        insert_if_absent(
            session,
            Agreement,
            [row],
            by=["assignment_id", "subject"],
            where="withdrawn_at IS NULL",
        )
        audit.add_audit_entry(
            session, actor, "schools:agreement:give", now=now, to=assignment.public_id
        )
    return find_own_agreement(session, actor.subject, assignment)


def withdraw_agreement(
    session: Session, public_id: str, *, actor: Actor, now: datetime
) -> Assignment | None:
    """Let an employer see only what is completed; None if it was never assigned to the actor."""
    assignment = find_own_assignment_ever(session, actor.subject, public_id)
    if assignment is None:
        return None
    present = find_own_agreement(session, actor.subject, assignment)
    if present is not None:
        present.withdrawn_at = clock.keep_in_order(now, present.given_at)
        session.flush()
        audit.add_audit_entry(
            session, actor, "schools:agreement:withdraw", now=now, to=assignment.public_id
        )
    return assignment
