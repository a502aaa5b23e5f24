"""Reads of enrollments: the courses someone is taking, and what was disclosed before each."""

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.courses.models import Enrolment, EnrolmentDisclosure
from cpd.courses.queries import (
    Course,
    load_courses,
    select_present_enrolments,
    select_with_newest_ledger_entry,
)
from cpd.courses.rules.disclosure import DisclosureLine


def find_own_courses(session: Session, actor: Actor) -> list[Course]:
    """Return the courses the actor is taking or has completed, the newest first."""
    newest_first = select_present_enrolments(actor).order_by(
        Enrolment.started_at.desc(), Enrolment.id.desc()
    )
    rows = session.execute(select_with_newest_ledger_entry(newest_first)).all()
    return load_courses(session, [(own.course_revision, entry, own) for own, entry in rows])


def has_actor_ever_enrolled(session: Session, actor: Actor) -> bool:
    """Tell whether the actor ever took a course, even one that ended."""
    own = sa.select(Enrolment.id).where(Enrolment.subject == actor.subject).limit(1)
    return session.scalar(own) is not None


def find_disclosure_of_enrolment(
    session: Session, enrolment: Enrolment
) -> tuple[DisclosureLine, ...]:
    """Return what was shown before this enrollment, word for word."""
    stored = session.scalar(_select_disclosure_of_enrolment(), {"enrolment": enrolment.id})
    return tuple(DisclosureLine.from_json(line) for line in stored or ())


@cache
def _select_disclosure_of_enrolment() -> sa.Select[list[Any]]:
    """Select what was shown before an `enrolment`."""
    return sa.select(EnrolmentDisclosure.lines).where(
        EnrolmentDisclosure.enrolment_id == sa.bindparam("enrolment")
    )
