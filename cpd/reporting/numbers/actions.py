"""Storing the numbers under which CE Broker knows the provider and its courses."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.db import insert_if_absent
from cpd.reporting.numbers.models import CourseNumber, ReportNumbers
from cpd.reporting.rules.roster import RosterNumbers


def store_numbers(
    session: Session, authority: str, numbers: RosterNumbers, *, actor: Actor, now: datetime
) -> None:
    """Store the numbers of the provider for an authority; files that were made keep theirs."""
    values = {**vars(numbers), "changed_by": actor.subject, "changed_at": now}
    insert_if_absent(session, ReportNumbers, [{"authority": authority, **values}], by=["authority"])
    session.execute(
        sa.update(ReportNumbers).where(ReportNumbers.authority == authority).values(values)
    )
    audit.add_audit_entry(
        session, actor, "reporting:numbers:store", now=now, to=authority, **vars(numbers)
    )


def store_course_number(
    session: Session, authority: str, course_id: int, number: str, *, actor: Actor, now: datetime
) -> None:
    """Store the tracking number of a course for an authority, in place of an earlier one."""
    key = {"authority": authority, "course_id": course_id}
    values = {"number": number, "changed_by": actor.subject, "changed_at": now}
    insert_if_absent(session, CourseNumber, [key | values], by=list(key))
    session.execute(sa.update(CourseNumber).filter_by(**key).values(values))
    audit.add_audit_entry(
        session, actor, "reporting:course-number:store", now=now, to=authority, number=number
    )
