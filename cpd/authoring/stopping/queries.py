"""Reads for stopping versions: the course, its versions, what stops them, what is asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access.permissions import GRANTS, Actor, Permission
from cpd.accounts.models import Person
from cpd.accounts.queries import find_people_in_roles
from cpd.authoring.history.queries import FileVersion
from cpd.authoring.stopping.rules.withdrawal import WITHDRAWAL
from cpd.courses.ledgers import find_stops_of_course
from cpd.courses.models import PROVIDER, CourseRow, Document, DocumentType, Revision
from cpd.courses.rules.ledger import Stop
from cpd.dual_control.models import DualControlRequest
from cpd.dual_control.queries import find_request, find_requests_to_answer
from cpd.dual_control.rules.requests import RequestState


def find_stoppable_course(session: Session, actor: Actor, slug: str) -> CourseRow | None:
    """Return a course whose versions the actor may stop: one that the provider owns."""
    if not actor.may(Permission.VERSION_STOP):
        return None
    own = sa.select(CourseRow).where(CourseRow.owner == PROVIDER, CourseRow.slug == slug)
    return session.scalar(own)


def find_version(session: Session, course: CourseRow, public_id: str) -> Revision | None:
    """Return a version of a course as a whole."""
    return session.scalar(
        sa.select(Revision)
        .join(Revision.document)
        .where(
            Document.course_id == course.id,
            Document.type == DocumentType.COURSE,
            Revision.public_id == public_id,
        )
    )


def find_stops_by_hash(session: Session, course: CourseRow) -> Mapping[str, Stop]:
    """Return how the versions of a course are stopped, by their content hash."""
    stops = find_stops_of_course(session, course.id)
    own = f"course:{course.slug}"
    return {version: stop for (about, version), stop in stops.items() if about == own}


def find_open_withdrawal_requests(
    session: Session, actor: Actor, versions: Sequence[FileVersion], *, now: datetime
) -> Mapping[str, DualControlRequest]:
    """Return what a second person is still to confirm, by the public id of the version."""
    if not actor.may(WITHDRAWAL.permission):
        return {}
    rows = session.scalars(
        sa.select(DualControlRequest).where(
            DualControlRequest.purpose == WITHDRAWAL.name,
            DualControlRequest.object.in_([version.public_id for version in versions]),
            DualControlRequest.state == RequestState.ASKED,
            DualControlRequest.expires_at > now,
        )
    )
    return {row.object: row for row in rows}


def find_withdrawal_request(
    session: Session, actor: Actor, course: CourseRow, public_id: str
) -> DualControlRequest | None:
    """Return a request to withdraw a version of this course."""
    request = find_request(session, actor, public_id)
    if request is None or request.purpose != WITHDRAWAL.name:
        return None
    return request if find_version(session, course, request.object) else None


def find_people_who_may_stop(session: Session, *, now: datetime) -> Sequence[Person]:
    """Return the people who may confirm that a version is withdrawn, by name."""
    roles = [role for role, granted in GRANTS.items() if WITHDRAWAL.permission in granted]
    return find_people_in_roles(session, roles, now=now)


@dataclass(frozen=True)
class AskedWithdrawal:
    """A withdrawal that a second person is to confirm, and the version that it is about."""

    request: DualControlRequest
    version: Revision


def find_withdrawals_to_confirm(
    session: Session, actor: Actor, *, now: datetime
) -> list[AskedWithdrawal]:
    """Return the withdrawals that the actor could confirm now, the oldest first."""
    if not actor.may(WITHDRAWAL.permission):
        return []
    asked = {
        request.object: request
        for request in find_requests_to_answer(session, actor, now=now)
        if request.purpose == WITHDRAWAL.name
    }
    if not asked:
        return []
    versions = session.scalars(sa.select(Revision).where(Revision.public_id.in_(asked)))
    found = {version.public_id: version for version in versions}
    return [AskedWithdrawal(asked[one], found[one]) for one in asked if one in found]
