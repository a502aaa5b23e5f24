"""The one write of this topic: beginning a course."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cpd.access import audit
from cpd.access.permissions import Actor
from cpd.courses import queries
from cpd.courses.events import Enrolled
from cpd.courses.ledgers import find_stop_of_version
from cpd.courses.models import Enrolment, EnrolmentDisclosure, Revision
from cpd.courses.rules.addresses import OWN
from cpd.courses.rules.disclosure import DisclosureLine, disclosure_hash
from cpd.courses.rules.expiry import build_expiry_of_front
from cpd.jobs.publishing import publish_event


class NoSuchCourseError(Exception):
    """No course of this name is published for the actor."""


class VersionStoppedError(Exception):
    """The newest version is paused or withdrawn for safety."""


class VersionExpiredError(Exception):
    """The last day of the newest version is over."""


class CourseChangedError(Exception):
    """A newer version appeared between showing the disclosure and accepting it."""


def enrol(
    session: Session,
    slug: str,
    *,
    actor: Actor,
    now: datetime,
    disclosure: Sequence[DisclosureLine],
    shown: str | None = None,
    context: str = OWN,
) -> Enrolment:
    """Begin the newest version of a course, and store its disclosure; once in each context.

    `shown` is the public id of the version the disclosure describes. Raises NoSuchCourseError,
    CourseChangedError when that is no longer the newest, VersionStoppedError, and
    VersionExpiredError.
    """
    existing = queries.find_present_enrolment(session, actor, slug, context)
    if existing is not None:
        return existing
    revision = _find_newest_revision_or_refuse(session, actor, slug, shown, context)
    if build_expiry_of_front(revision.front, now).is_over:
        raise VersionExpiredError(slug)
    enrolment = Enrolment(
        subject=actor.subject,
        course_id=revision.document.course_id,
        context=context,
        course_revision_id=revision.id,
        started_at=now,
    )
    try:
        with session.begin_nested():
            session.add(enrolment)
    except IntegrityError:  # another request by the same person came first
        return session.scalars(_select_present_enrolment(actor, enrolment)).one()
    _store_disclosure_and_audit_start(
        session, enrolment, revision, actor=actor, now=now, disclosure=disclosure
    )
    publish_event(session, Enrolled(at=now, enrolment_id=enrolment.id))
    return enrolment


def _find_newest_revision_or_refuse(
    session: Session, actor: Actor, slug: str, shown: str | None, context: str
) -> Revision:
    finder = actor if context == OWN else None
    revision = queries.find_newest_course_revision(session, finder, slug)
    if revision is None:
        raise NoSuchCourseError(slug)
    if shown is not None and shown != revision.public_id:
        raise CourseChangedError(slug)
    if find_stop_of_version(session, revision) is not None:
        raise VersionStoppedError(slug)
    return revision


def _select_present_enrolment(actor: Actor, enrolment: Enrolment) -> sa.Select[Enrolment]:
    return queries.select_present_enrolments(actor).where(
        Enrolment.course_id == enrolment.course_id, Enrolment.context == enrolment.context
    )


def _store_disclosure_and_audit_start(
    session: Session,
    enrolment: Enrolment,
    revision: Revision,
    *,
    actor: Actor,
    now: datetime,
    disclosure: Sequence[DisclosureLine],
) -> None:
    """Store what was shown before the start, and record the start in the audit trail."""
    session.add(
        EnrolmentDisclosure(
            enrolment_id=enrolment.id,
            lines=[line.to_json() for line in disclosure],
            text_hash=disclosure_hash(disclosure),
            accepted_at=now,
        )
    )
    audit.add_audit_entry(
        session,
        actor,
        "courses:enrolment:start",
        now=now,
        to=enrolment.public_id,
        course=revision.document.slug,
        revision=revision.public_id,
    )
    session.flush()
