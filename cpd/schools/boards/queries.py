"""Reads of how far the learners of an assignment are, within a reach or their own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.courses.models import (
    CourseRow,
    Document,
    Enrolment,
    EnrolmentState,
    Revision,
    SectionReading,
)
from cpd.courses.queries import select_newest_revisions
from cpd.courses.rules.outline import Outline
from cpd.db import Page
from cpd.organisations.models import Membership
from cpd.quizzes.attempts.models import Attempt
from cpd.schools.accommodations.models import Excuse, Extension
from cpd.schools.assignments.models import Assignment
from cpd.schools.assignments.queries import has_passed_condition
from cpd.schools.assignments.rules.terms import Purpose
from cpd.schools.boards.rules.progress import Progress, Work, judge_progress
from cpd.schools.cohorts.models import Cohort, CohortMember
from cpd.schools.cohorts.queries import (
    Reach,
    own_membership_condition,
    present_condition,
    reach_condition,
    select_learners,
)


def find_assigned_courses(session: Session, reach: Reach) -> Sequence[Revision]:
    """Return the newest version of each course that is assigned to current classes in reach."""
    assigned = (
        sa.select(Assignment.course_id)
        .join(Assignment.cohort)
        .where(reach_condition(reach), Cohort.archived_at.is_(None))
    )
    newest = select_newest_revisions().where(CourseRow.id.in_(assigned)).order_by(Document.slug)
    return session.scalars(newest).all()


def find_newest_version(session: Session, course_id: int) -> Revision:
    """Return the newest version of a course."""
    return session.scalars(select_newest_revisions().where(CourseRow.id == course_id)).one()


@dataclass(frozen=True)
class LearnerOfClass:
    """Somebody who is in a class now."""

    membership_id: int
    public_id: str
    """Of the membership, for the address of the learner's page."""
    subject: str
    number: int
    """The place in the order of joining the school, which stands for a hidden name."""


def find_learners_of_class(
    session: Session, reach: Reach, cohort: Cohort, *, number: int, size: int | None
) -> Page[LearnerOfClass] | None:
    """Return a page of a class in the order of joining, with one query; None past the end.

    Without a size, all of them are on one page.
    """
    rows = session.execute(
        select_learners(reach)
        .where(Cohort.id == cohort.id)
        .with_only_columns(
            Membership.id, Membership.public_id, Membership.subject, sa.func.count().over()
        )
        .order_by(Membership.since_at, Membership.id)
        .limit(size)
        .offset((number - 1) * (size or 0))
    ).all()
    if not rows and number > 1:
        return None
    count = rows[0][3] if rows else 0
    first = (number - 1) * (size or 0) + 1
    people = [LearnerOfClass(*row[:3], place) for place, row in enumerate(rows, start=first)]
    return Page(people, number, max(-(-count // (size or max(count, 1))), 1), count)


@dataclass(frozen=True)
class LearnerProgress:
    """How far one learner is with an assignment."""

    number: int
    """The place in the order of joining the school, which stands for a hidden name."""
    membership_id: int
    public_id: str
    """Of the membership, for the address of the learner's page."""
    subject: str
    progress: Progress
    is_excused: bool
    sections_finished: int
    last_at: datetime | None
    """When they last began, finished a section or started a try; practice is not told by name."""


def find_progress(
    session: Session, reach: Reach, assignment: Assignment, outline: Outline, *, now: datetime
) -> Sequence[LearnerProgress]:
    """Return how far everyone in the class of an assignment is, in the order of joining."""
    return _find_progress(session, select_learners(reach), assignment, outline, now=now)


def find_own_progress(
    session: Session, subject: str, assignment: Assignment, outline: Outline, *, now: datetime
) -> LearnerProgress | None:
    """Return how far one learner is with their own assignment; None if they left its class."""
    own = select_own_learner(subject)
    return next(iter(_find_progress(session, own, assignment, outline, now=now)), None)


def select_own_learner(subject: str) -> sa.Select[Membership]:
    """Select the present memberships of one learner in classes, as `select_learners` does."""
    return (
        sa.select(Membership)
        .join(CohortMember, CohortMember.membership_id == Membership.id)
        .join(CohortMember.cohort)
        .where(own_membership_condition(subject), present_condition())
    )


def _find_progress(
    session: Session,
    learners: sa.Select[Membership],
    assignment: Assignment,
    outline: Outline,
    *,
    now: datetime,
) -> Sequence[LearnerProgress]:
    sections = list_sections_to_finish(assignment, outline)
    rows = session.execute(_select_work(learners, assignment, sections))
    return [
        _build_progress(number, row, assignment, len(sections), now=now)
        for number, row in enumerate(rows, start=1)
    ]


def list_sections_to_finish(assignment: Assignment, outline: Outline) -> Sequence[str]:
    """Return the slugs of the sections that an assignment asks for."""
    chosen = assignment.required_sections
    return [part.slug for part in outline.required_sections] if chosen is None else chosen


def _select_work(
    learners: sa.Select[Membership], assignment: Assignment, sections: Sequence[str]
) -> sa.Select[Any]:
    """Select what each learner has done: one row for each, without text."""
    begun = sa.and_(
        Enrolment.subject == Membership.subject,
        Enrolment.course_id == assignment.course_id,
        Enrolment.context == assignment.public_id,
        Enrolment.state != EnrolmentState.ENDED,
    )
    own = (Excuse.assignment_id == assignment.id, Excuse.subject == Membership.subject)
    later = (Extension.assignment_id == assignment.id, Extension.subject == Membership.subject)
    return (
        learners.where(Cohort.id == assignment.cohort_id)
        .outerjoin(Enrolment, begun)
        .with_only_columns(
            Membership.id,
            Membership.public_id,
            Membership.subject,
            Enrolment.state,
            has_passed_condition().label("has_passed"),
            sa.exists().where(*own, Excuse.ended_at.is_(None)).label("is_excused"),
            _select_one(Extension.until_at, *later, Extension.ended_at.is_(None)).label("until_at"),
            _count_finished(sections).label("finished"),
            _select_last(SectionReading.read_at, SectionReading.enrolment_id).label("read_at"),
            _select_last(Attempt.started_at, Attempt.enrolment_id).label("tried_at"),
            Enrolment.started_at,
        )
        .order_by(Membership.since_at, Membership.id)
    )


def _select_one(value: Any, *conditions: sa.ColumnElement[bool]) -> sa.ScalarSelect[Any]:
    return sa.select(sa.func.max(value)).where(*conditions).scalar_subquery()


def _select_last(moment: Any, enrolment_id: Any) -> sa.ScalarSelect[Any]:
    return _select_one(moment, enrolment_id == Enrolment.id)


def _count_finished(sections: Sequence[str]) -> sa.ScalarSelect[int]:
    """Count the sections that were finished, of those that are to be."""
    return (
        sa.select(sa.func.count())
        .select_from(SectionReading)
        .join(Document, Document.id == SectionReading.section_id)
        .where(
            SectionReading.enrolment_id == Enrolment.id,
            SectionReading.passage == "",
            Document.slug.in_(sections),
        )
        .scalar_subquery()
    )


def _build_progress(
    number: int, row: Any, assignment: Assignment, section_count: int, *, now: datetime
) -> LearnerProgress:
    moments = (row.started_at, row.read_at, row.tried_at)
    last_at = max((moment for moment in moments if moment is not None), default=None)
    has_finished = assignment.purpose is Purpose.PRACTICE and row.finished >= section_count
    work = Work(
        has_begun=row.state is not None,
        is_certified=row.state is EnrolmentState.COMPLETED,
        is_done=row.has_passed or has_finished,
        is_excused=row.is_excused,
        due_at=max(assignment.due_at, row.until_at or assignment.due_at),
        last_at=last_at,
    )
    return LearnerProgress(
        number,
        row.id,
        row.public_id,
        row.subject,
        judge_progress(work, now),
        work.is_excused,
        row.finished,
        last_at,
    )
