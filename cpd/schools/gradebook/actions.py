"""What those who may change grades do: a grade by hand, and moves of a try; each has a reason."""

from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.organisations.models import Membership
from cpd.quizzes.attempts import actions as attempts
from cpd.quizzes.attempts.models import Attempt
from cpd.quizzes.rules.attempts import Move, MoveRefusal
from cpd.schools.accommodations.models import GrantReason
from cpd.schools.assignments.models import Assignment
from cpd.schools.assignments.queries import find_learner_of_assignment, find_locked_assignment
from cpd.schools.cohorts.queries import Reach
from cpd.schools.gradebook.learner_queries import find_assigned_try, find_hand_grade
from cpd.schools.gradebook.models import HandGrade
from cpd.schools.gradebook.rules.hand_grades import GradeFault, find_grade_faults


class GradeRefusal(StrEnum):
    """Why nothing was changed."""

    OUT_OF_REACH = "out_of_reach"
    TIME_MISSING = "time_missing"


NotGraded: TypeAlias = GradeRefusal | tuple[GradeFault, ...]


def give_grade(
    session: Session,
    reach: Reach,
    assignment_id: str,
    membership_id: str,
    score: Fraction,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
) -> HandGrade | NotGraded:
    """Give a learner a grade on an assignment, instead of one given before.

    The results of the exam stay as they are, and so does whether it was passed.
    """
    found = _find_assignment_and_learner(session, reach, assignment_id, membership_id)
    if isinstance(found, GradeRefusal):
        return found
    assignment, membership = found
    if faults := find_grade_faults(score, reason):
        return faults
    _end_grade(session, reach, assignment, membership, actor=actor, now=now)
    given = HandGrade(
        assignment_id=assignment.id,
        subject=membership.subject,
        score=score,
        given_by=actor.subject,
        given_at=now,
    )
    session.add(given)
    session.flush()
    session.add(
        GrantReason(
            school_id=membership.school_id,
            subject=membership.subject,
            granted=given.public_id,
            text=reason.strip(),
        )
    )
    audit.add_audit_entry(
        session, actor, "schools:grade:give", now=now, to=given.subject, grade=given.public_id
    )
    return given


def end_grade(
    session: Session,
    reach: Reach,
    assignment_id: str,
    membership_id: str,
    *,
    actor: Actor,
    now: datetime,
) -> GradeRefusal | None:
    """Let the score of the exam count again; idempotent."""
    found = _find_assignment_and_learner(session, reach, assignment_id, membership_id)
    if isinstance(found, GradeRefusal):
        return found
    ended = _end_grade(session, reach, *found, actor=actor, now=now)
    if ended is not None:
        audit.add_audit_entry(
            session, actor, "schools:grade:end", now=now, to=ended.subject, grade=ended.public_id
        )
    return None


def _end_grade(
    session: Session,
    reach: Reach,
    assignment: Assignment,
    membership: Membership,
    *,
    actor: Actor,
    now: datetime,
) -> HandGrade | None:
    present = find_hand_grade(session, reach, assignment, membership.subject)
    if present is not None:
        present.ended_at, present.ended_by = now, actor.subject
        session.flush()
    return present


def _find_assignment_and_learner(
    session: Session, reach: Reach, assignment_id: str, membership_id: str
) -> tuple[Assignment, Membership] | GradeRefusal:
    """Return both, the assignment locked, so that concurrent grades wait for each other."""
    assignment = find_locked_assignment(session, reach, assignment_id)
    if assignment is None:
        return GradeRefusal.OUT_OF_REACH
    learner = find_learner_of_assignment(session, reach, assignment, membership_id)
    return GradeRefusal.OUT_OF_REACH if learner is None else (assignment, learner.membership)


def move_try(
    session: Session,
    reach: Reach,
    attempt_id: str,
    move: Move,
    *,
    to: datetime | None,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Attempt | GradeRefusal | MoveRefusal:
    """Void, extend or reopen a try under an assignment in reach, with a reason.

    Raises InvalidDeadlineError.
    """
    found = find_assigned_try(session, reach, attempt_id)
    if found is None:
        return GradeRefusal.OUT_OF_REACH
    number, subject = found.attempt.id, found.attempt.subject
    moved: Attempt | MoveRefusal
    if move is Move.VOID:
        moved = attempts.void_attempt(session, number, actor=actor, now=now, reason=reason)
    elif move is Move.REOPEN:
        moved = attempts.reopen_attempt(session, number, to=to, actor=actor, now=now, reason=reason)
    elif to is None:
        return GradeRefusal.TIME_MISSING
    else:
        moved = attempts.extend_deadline(
            session, number, to=to, actor=actor, now=now, reason=reason
        )
    if isinstance(moved, Attempt):
        audit.add_audit_entry(
            session, actor, f"schools:try:{move.value}", now=now, to=subject, attempt=attempt_id
        )
    return moved


def record_export(
    session: Session, assignment: Assignment, *, count: int, actor: Actor, now: datetime
) -> None:
    """Write down that a gradebook left the site in a file."""
    audit.add_audit_entry(
        session, actor, "schools:gradebook:export", now=now, to=assignment.public_id, count=count
    )
