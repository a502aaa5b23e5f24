"""Moving to the newest version: when one's own is stopped or expired, or earns less credit."""

from datetime import datetime

from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.courses import hooks, queries
from cpd.courses.ledgers import find_stop_of_version
from cpd.courses.models import Enrolment, EnrolmentState, Revision
from cpd.courses.rules.expiry import build_expiry_of_front


class NotMovableError(Exception):
    """The learner has no reason to move, or the newest version cannot be taken."""


def move_to_newest_version(
    session: Session, enrolment: Enrolment, *, actor: Actor, now: datetime
) -> None:
    """Let an enrollment go on with the newest version, because its own is over.

    What was practiced counts on, and so does what was read where the text is the same. Raises
    NotMovableError: only a version that is stopped or has expired is left, and only for one that is
    neither. Whoever has its exam open or passed stays, because a certificate names the version that
    is taken.
    """
    if not _is_closed(session, enrolment.course_revision, now):
        raise NotMovableError(enrolment.course.slug)
    _move(session, enrolment, actor=actor, now=now)


def move_to_version_with_credit(
    session: Session, enrolment: Enrolment, revision: Revision, *, actor: Actor, now: datetime
) -> None:
    """Let an enrollment go on with the newest version, which the caller found to earn credit.

    The same counts on. Raises NotMovableError once the exam of the present version is open or
    passed, and if `revision` is no longer the newest version.
    """
    _move(session, enrolment, actor=actor, now=now, only_to=revision)


def _move(
    session: Session,
    enrolment: Enrolment,
    *,
    actor: Actor,
    now: datetime,
    only_to: Revision | None = None,
) -> None:
    session.refresh(enrolment, with_for_update={"of": Enrolment, "key_share": True})
    slug, own = enrolment.course.slug, enrolment.course_revision
    newest = queries.find_newest_course_version(session, slug, enrolment)
    if (
        newest is None
        or enrolment.state is not EnrolmentState.ACTIVE
        or hooks.holds_to_version(session, enrolment)
        or newest.stop is not None
        or newest.expiry_at(now).is_over
        or (only_to is not None and newest.revision.id != only_to.id)
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
