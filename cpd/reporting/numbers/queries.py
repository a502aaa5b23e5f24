"""Reads of the numbers under which CE Broker knows the provider and its courses."""

from collections.abc import Collection, Mapping

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from cpd.access.permissions import Actor, Permission
from cpd.credit.approvals.models import Approval
from cpd.db import Page, find_page
from cpd.reporting.numbers.models import CourseNumber, ReportNumbers
from cpd.reporting.rules.roster import PROVIDER_PREFIX, find_prefixed_number

COURSES_PER_PAGE = 30


def find_numbers(session: Session, authority: str) -> ReportNumbers | None:
    """Return the numbers of the provider for an authority."""
    return session.scalar(sa.select(ReportNumbers).where(ReportNumbers.authority == authority))


def find_locked_numbers(session: Session, authority: str) -> ReportNumbers | None:
    """Return them, locked until the transaction ends, so that one file is made at a time."""
    return session.scalar(
        sa.select(ReportNumbers).where(ReportNumbers.authority == authority).with_for_update()
    )


def find_course_numbers(
    session: Session, authority: str, course_ids: Collection[int]
) -> Mapping[int, str]:
    """Return the tracking numbers of courses for an authority, by the course's id."""
    rows = session.execute(
        sa.select(CourseNumber.course_id, CourseNumber.number).where(
            CourseNumber.authority == authority, CourseNumber.course_id.in_(course_ids)
        )
    )
    return dict(rows.all())


def find_course_numbers_page(
    session: Session, actor: Actor, authority: str, *, page: int
) -> Page[CourseNumber] | None:
    """Return a page of the tracking numbers for an authority; None past the end."""
    found = (
        sa.select(CourseNumber)
        .where(CourseNumber.authority == authority)
        .options(joinedload(CourseNumber.course))
        .order_by(CourseNumber.changed_at.desc(), CourseNumber.id.desc())
    )
    if not actor.may(Permission.REPORT_MANAGE):
        found = found.where(sa.false())
    return find_page(session, found, number=page, size=COURSES_PER_PAGE)


def find_provider_number_on_approval(session: Session, authority: str) -> str:
    """Return the provider's number on the newest approval on file, if it is one of CE Broker."""
    numbers = session.scalars(
        sa.select(Approval.number)
        .where(
            Approval.authority == authority,
            Approval.course_id.is_(None),
            Approval.withdrawn_at.is_(None),
        )
        .order_by(Approval.first_day.desc(), Approval.id.desc())
    )
    found = (find_prefixed_number(number, PROVIDER_PREFIX) for number in numbers)
    return next((number for number in found if number), "")
