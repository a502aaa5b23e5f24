"""The version that counts for a license where the one that its holder studies does not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.courses.changes import actions as changes
from cpd.courses.hooks import VersionInView, holds_to_version
from cpd.courses.models import Enrolment, EnrolmentState, Revision
from cpd.courses.queries import find_newest_course_version
from cpd.credit.credit_answers import LicenseAnswer, find_credit_answers, find_license_answers


@dataclass(frozen=True)
class VersionWithCredit:
    """A version that counts for licenses for which the one that its reader takes does not."""

    revision: Revision
    licenses: Sequence[str]
    """Each as its authority and number."""


def find_version_with_credit(
    session: Session,
    actor: Actor,
    version: VersionInView,
    licenses: Sequence[LicenseAnswer],
    *,
    now: datetime,
) -> VersionWithCredit | None:
    """Return the newest version if it counts for a license for which the reader's own does not.

    None while the exam of the reader's version is open, and once it is passed: what was passed
    counts as it is.
    """
    enrolment = version.enrolment
    wanting = {one.own.license.id for one in licenses if one.verdict and not one.counts}
    if not wanting or enrolment is None or enrolment.state is not EnrolmentState.ACTIVE:
        return None
    newest = find_newest_course_version(session, enrolment.course.slug, enrolment)
    if newest is None or newest.revision.id == enrolment.course_revision_id:
        return None
    if newest.stop or newest.expiry_at(now).is_over or holds_to_version(session, enrolment):
        return None
    newer = replace(version, revision=newest.revision, outline=newest.outline, ledger=newest.ledger)
    answers = find_credit_answers(session, newer, now=now)
    gained = [
        f"{one.own.authority.file.short_name} {one.own.license.number}"
        for one in find_license_answers(session, actor, newer, answers)
        if one.counts and one.own.authority and one.own.license.id in wanting
    ]
    return VersionWithCredit(newest.revision, gained) if gained else None


def move_to_version_with_credit_if_any(
    session: Session, actor: Actor, version: VersionInView, *, now: datetime
) -> bool:
    """Let the actor go on with the version that counts; tell whether there is one."""
    answers = find_credit_answers(session, version, now=now)
    licenses = find_license_answers(session, actor, version, answers)
    found = find_version_with_credit(session, actor, version, licenses, now=now)
    if found is None or version.enrolment is None:
        return False
    enrolment = session.get_one(Enrolment, version.enrolment.id)
    try:
        changes.move_to_version_with_credit(
            session, enrolment, found.revision, actor=actor, now=now
        )
    except changes.NotMovableError:
        return False
    return True
