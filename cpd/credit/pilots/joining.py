"""What somebody is told of a pilot group before the first page, and whether they may join it."""

from collections.abc import Callable

import flask_babel
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor, Permission
from cpd.courses.hooks import AssignedCourse
from cpd.courses.rules.addresses import CourseAddress
from cpd.courses.rules.disclosure import DisclosureLine
from cpd.credit.pilots import queries
from cpd.credit.pilots.models import Pilot
from cpd.credit.provider_courses import find_newest_revision_of_course
from cpd.credit.rules.pilots import is_pilot_context

gettext: Callable[..., str] = flask_babel.gettext


def find_piloted_course(
    session: Session, actor: Actor, address: CourseAddress
) -> AssignedCourse | None:
    """Return the pilot group that an address names; None if it is another course's, or none."""
    if not is_pilot_context(address.context):
        return None
    pilot = queries.find_pilot_to_join(session, address.context)
    if pilot is None or pilot.course_revision.document.slug != address.slug:
        return None
    return AssignedCourse(
        lines=(_build_line(),),
        opens_at=None,
        closed_at=None,
        is_for_study=True,
        closed_because=_find_reason_against_joining(session, actor, pilot),
    )


def _build_line() -> DisclosureLine:
    """Say what taking part means; it is kept with the enrollment."""
    return DisclosureLine(
        gettext("Pilot group"),
        gettext(
            "You are taking this version to help us find out how long it takes. It earns no "
            "credit, whatever is approved, and by starting you agree to that. We use how many "
            "minutes you "
            "were active and what you have read, without your name."
        ),
    )


def _find_reason_against_joining(session: Session, actor: Actor, pilot: Pilot) -> str:
    """Return why somebody cannot begin; empty if they can."""
    if pilot.report is not None:
        return gettext("This pilot group has finished.")
    newest = find_newest_revision_of_course(session, pilot.course_revision.document.course_id)
    if newest is None or newest.id != pilot.course_revision_id:
        return gettext("This pilot group took an earlier version of the course.")
    if actor.may(Permission.DRAFT_WRITE) or actor.may(Permission.REVIEW_GIVE):
        return gettext("People who write or review courses here cannot join a pilot group.")
    return ""
