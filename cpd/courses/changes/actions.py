"""Moving to the newest version, which learners may choose when theirs is stopped or expired."""

from datetime import datetime

from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.courses import queries
from cpd.courses.ledgers import find_stop_of_version
from cpd.courses.models import Enrolment, EnrolmentState, Revision
from cpd.courses.rules.expiry import build_expiry_of_front


class NotMovableError(Exception):
    """The learner's version can still be taken, or the newest one cannot."""


def move_to_newest_version(
    session: Session, enrolment: Enrolment, *, actor: Actor, now: datetime
) -> None:
    """Let an enrollment go on with the newest version; what was read and practiced counts on.

    Raises NotMovableError: only a version that is stopped or has expired is left, and only for one
    that is neither.
    """
    slug, own = enrolment.course.slug, enrolment.course_revision
    newest = queries.find_newest_course_version(session, slug, enrolment)
    if (
        newest is None
        or enrolment.state is not EnrolmentState.ACTIVE
        or not _is_closed(session, own, now)
        or newest.stop is not None
        or newest.expiry_at(now).is_over
    ):
        raise NotMovableError(slug)
    enrolment.course_revision_id = newest.revision.id
    audit.add_audit_entry(
        session,
        actor,
        "courses:enrolment:move",
        now=now,
        to=enrolment.public_id,
        left=own.public_id,
        revision=newest.revision.public_id,
    )
    session.flush()


def _is_closed(session: Session, version: Revision, now: datetime) -> bool:
    is_expired = build_expiry_of_front(version.front, now).is_over
    return is_expired or find_stop_of_version(session, version) is not None
