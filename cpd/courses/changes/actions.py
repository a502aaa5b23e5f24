"""Moving a learner to the newest version, which they may choose when theirs was stopped."""

from datetime import datetime

from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.courses import queries
from cpd.courses.ledgers import find_stop_of_version
from cpd.courses.models import Enrolment, EnrolmentState


class NotMovableError(Exception):
    """The learner's version is not stopped, or the newest one is."""


def move_to_newest_version(
    session: Session, enrolment: Enrolment, *, actor: Actor, now: datetime
) -> None:
    """Let an enrollment go on with the newest version; what was read and practiced counts on.

    Raises NotMovableError: only a stopped version is left, and only for one that is not stopped.
    """
    slug, own = enrolment.course.slug, enrolment.course_revision
    newest = queries.find_newest_course_version(session, slug, enrolment)
    if (
        newest is None
        or enrolment.state is not EnrolmentState.ACTIVE
        or find_stop_of_version(session, own) is None
        or newest.stop is not None
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
