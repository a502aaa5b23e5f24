"""Reads for messages: who is to get which, and whether it is still so when it is sent.

The worker reads across all schools; what concerns a class is read within a reach.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from cpd.access.permissions import GRANTS, Permission, Role, Scope, ScopeType
from cpd.accounts.models import Person, RoleAssignmentRow
from cpd.accounts.rules.zones import is_zone_chosen
from cpd.courses.models import Enrolment, EnrolmentState
from cpd.db import Page, find_page
from cpd.organisations.models import Membership, School
from cpd.schools.accommodations.models import Extension
from cpd.schools.accommodations.queries import is_excused_condition
from cpd.schools.accommodations.rules.granting import build_personal_window
from cpd.schools.assignments.models import Assignment
from cpd.schools.assignments.queries import is_done_condition
from cpd.schools.assignments.rules.windows import Window
from cpd.schools.cohorts.models import Cohort, CohortInstructor
from cpd.schools.cohorts.queries import Reach, reach_condition, select_learners
from cpd.schools.messages.models import Announcement, MessageStop
from cpd.schools.messages.rules.timing import SEARCHED_AFTER, SEARCHED_BEFORE, MessageTopic

ANNOUNCEMENTS_PER_PAGE = 10

_EVERYWHERE = Reach(Scope.everywhere)
_TEACHES = [role for role in Role if Permission.SCHOOL_READ in GRANTS[role]]


@dataclass(frozen=True)
class Reader:
    """Who gets a message; times in it are in their zone, or the school's until they chose one."""

    subject: str
    zone: str


def _build_reader(subject: str, chosen: str, school_zone: str) -> Reader:
    return Reader(subject, chosen if is_zone_chosen(chosen) else school_zone)


def wants_condition(topic: MessageTopic) -> sa.ColumnElement[bool]:
    """Return the condition that a row of `Person` has an open account and did not stop a topic."""
    has_stopped = sa.exists().where(
        MessageStop.subject == Person.subject, MessageStop.topic == topic
    )
    return sa.and_(Person.disabled_at.is_(None), sa.not_(has_stopped))


# Reminders


@dataclass(frozen=True)
class OpenTask:
    """An assignment that somebody has not done, with their own window."""

    reader: Reader
    assignment: Assignment
    window: Window


def find_open_tasks(session: Session, *, now: datetime) -> Sequence[OpenTask]:
    """Return what is due about now and not done, in all schools; takes one query."""
    since, until = now - SEARCHED_AFTER, now + SEARCHED_BEFORE
    near = sa.or_(Assignment.due_at.between(since, until), Extension.until_at.between(since, until))
    return _find_open_tasks(session, near)


def find_open_task(session: Session, subject: str, assignment_id: str) -> OpenTask | None:
    """Return one of them, whenever it is due; None once it is done or no longer to be done."""
    one = sa.and_(Person.subject == subject, Assignment.public_id == assignment_id)
    return next(iter(_find_open_tasks(session, one)), None)


def _find_open_tasks(session: Session, matching: sa.ColumnElement[bool]) -> Sequence[OpenTask]:
    found = []
    for assignment, extension, subject, zone in session.execute(
        _select_open_tasks().where(matching)
    ).unique():
        until = None if extension is None else extension.until
        window = build_personal_window(assignment.window, until)
        reader = _build_reader(subject, zone, assignment.cohort.school.time_zone)
        found.append(OpenTask(reader, assignment, window))
    return found


def _select_open_tasks() -> sa.Select[*tuple[Any, ...]]:
    begun = sa.and_(
        Enrolment.subject == Membership.subject,
        Enrolment.course_id == Assignment.course_id,
        Enrolment.context == Assignment.public_id,
        Enrolment.state != EnrolmentState.ENDED,
    )
    granted_later = sa.and_(
        Extension.assignment_id == Assignment.id,
        Extension.subject == Membership.subject,
        Extension.ended_at.is_(None),
    )
    return (
        select_learners(_EVERYWHERE)
        .join(Cohort.school)
        .join(Assignment, Assignment.cohort_id == Cohort.id)
        .join(Person, Person.subject == Membership.subject)
        .outerjoin(Enrolment, begun)
        .outerjoin(Extension, granted_later)
        .where(
            Cohort.archived_at.is_(None),
            Assignment.canceled_at.is_(None),
            sa.not_(is_done_condition()),
            sa.not_(is_excused_condition()),
            wants_condition(MessageTopic.REMINDERS),
        )
        .with_only_columns(Assignment, Extension, Person.subject, Person.time_zone)
        .options(contains_eager(Assignment.cohort).contains_eager(Cohort.school))
        .order_by(Assignment.id, Person.id)
    )


# Digests


@dataclass(frozen=True)
class DigestReader:
    """Who teaches in a school something that was due lately or will be."""

    reader: Reader
    school_id: str


def find_digest_readers(session: Session, *, since: datetime, now: datetime) -> list[DigestReader]:
    """Return who teaches classes with assignments due after an instant; takes one query."""
    rows = session.execute(_select_digest_readers(since, now))
    return [DigestReader(_build_reader(row[0], row[1], row[2]), row[3]) for row in rows]


def find_digest_reader(
    session: Session, subject: str, school_id: str, *, since: datetime, now: datetime
) -> DigestReader | None:
    """Return one of them; None once they no longer teach or want it, or nothing is due."""
    one = sa.and_(Person.subject == subject, School.public_id == school_id)
    row = session.execute(_select_digest_readers(since, now).where(one)).one_or_none()
    if row is None:
        return None
    return DigestReader(_build_reader(row[0], row[1], row[2]), row[3])


def _select_digest_readers(since: datetime, now: datetime) -> sa.Select[str, str, str, str]:
    may_teach = sa.exists().where(
        RoleAssignmentRow.person_id == Person.id,
        RoleAssignmentRow.role.in_(_TEACHES),
        RoleAssignmentRow.from_at <= now,
        sa.or_(RoleAssignmentRow.until_at.is_(None), RoleAssignmentRow.until_at > now),
        sa.or_(
            RoleAssignmentRow.scope_type == ScopeType.EVERYWHERE,
            RoleAssignmentRow.scope_id == School.public_id,
        ),
    )
    has_due = sa.exists().where(
        Assignment.cohort_id == Cohort.id,
        Assignment.canceled_at.is_(None),
        Assignment.due_at >= since,
    )
    return (
        select(Person.subject, Person.time_zone, School.time_zone, School.public_id)
        .select_from(CohortInstructor)
        .join(Cohort, Cohort.id == CohortInstructor.cohort_id)
        .join(Cohort.school)
        .join(Person, Person.subject == CohortInstructor.subject)
        .where(
            reach_condition(_EVERYWHERE),
            CohortInstructor.until_at.is_(None),
            Cohort.archived_at.is_(None),
            may_teach,
            has_due,
            wants_condition(MessageTopic.DIGESTS),
        )
        .distinct()
    )


# Announcements


def find_announcements_page(
    session: Session, reach: Reach, cohort: Cohort, *, page: int = 1
) -> Page[Announcement] | None:
    """Return a page of what was written to a class, the newest first; None past the end."""
    matching = _select_announcements(reach).where(Cohort.id == cohort.id)
    in_order = matching.order_by(Announcement.sent_at.desc(), Announcement.id.desc())
    return find_page(session, in_order, number=page, size=ANNOUNCEMENTS_PER_PAGE)


def find_announcement(session: Session, reach: Reach, public_id: str) -> Announcement | None:
    """Return one announcement to a class in reach."""
    return session.scalar(_select_announcements(reach).where(Announcement.public_id == public_id))


def count_announcements(session: Session, reach: Reach, cohort: Cohort, *, since: datetime) -> int:
    """Return how often somebody has written to a class since then."""
    counted = (
        _select_announcements(reach)
        .where(Cohort.id == cohort.id, Announcement.sent_at >= since)
        .with_only_columns(sa.func.count())
    )
    return session.scalar(counted) or 0


def _select_announcements(reach: Reach) -> sa.Select[Announcement]:
    return (
        select(Announcement)
        .join(Announcement.cohort)
        .join(Cohort.school)
        .where(reach_condition(reach))
        .options(contains_eager(Announcement.cohort).contains_eager(Cohort.school))
    )


def find_recipients(session: Session, reach: Reach, cohort: Cohort) -> Sequence[str]:
    """Return who in a class gets announcements, by subject."""
    return session.scalars(_select_recipients(reach, cohort)).all()


def is_recipient(session: Session, subject: str, announcement: Announcement) -> bool:
    """Tell whether somebody is in the class of an announcement now, and did not stop them."""
    here = _select_recipients(_EVERYWHERE, announcement.cohort).where(Person.subject == subject)
    return session.scalar(here) is not None


def find_sent_announcement(session: Session, public_id: str) -> Announcement | None:
    """Return an announcement for the worker, in any school."""
    return find_announcement(session, _EVERYWHERE, public_id)


def _select_recipients(reach: Reach, cohort: Cohort) -> sa.Select[str]:
    return (
        select_learners(reach)
        .where(Cohort.id == cohort.id)
        .join(Person, Person.subject == Membership.subject)
        .where(wants_condition(MessageTopic.ANNOUNCEMENTS))
        .with_only_columns(Person.subject)
        .order_by(Person.id)
    )


# What people have stopped


def find_stopped_topics(session: Session, subject: str) -> frozenset[MessageTopic]:
    """Return what a person does not want."""
    return frozenset(
        session.scalars(select(MessageStop.topic).where(MessageStop.subject == subject))
    )
