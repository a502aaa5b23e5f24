"""Which courses someone may find, in a list or by a URL."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from cpd.access.permissions import SCHOOL_ROLES, STAFF_ROLES, Actor, Scope, ScopeType
from cpd.courses.models import PROVIDER, CourseRow, Enrolment, EnrolmentState, Visibility


def visible_courses_condition(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the SQL condition that the actor may find a course, in a list or by its URL."""
    return _visibility_condition(
        actor.subject if actor.is_signed_in else None, _course_owners_of_staff(actor) or None
    )


def _visibility_condition(
    subject: str | sa.BindParameter[str] | None,
    owners: Sequence[str] | sa.BindParameter[Sequence[str]] | None,
) -> sa.ColumnElement[bool]:
    """Return the condition for a subject who is signed in, if any, and for staff of some owners."""
    ways = [CourseRow.visibility == Visibility.LISTED]
    if owners is not None:
        ways.append(CourseRow.owner.in_(owners))
    if subject is not None:
        taken = sa.exists().where(
            Enrolment.course_id == CourseRow.id,
            Enrolment.subject == subject,
            Enrolment.state != EnrolmentState.ENDED,
        )
        ways.append(taken)
    return sa.or_(*ways)


def _course_owners_of_staff(actor: Actor) -> list[str]:
    """Return the owners of courses for whom the actor works."""
    staff = [assigned for assigned in actor.roles if assigned.role in STAFF_ROLES]
    owners = {
        school
        for assigned in staff
        if assigned.scope.type is ScopeType.SCHOOL
        for school in assigned.scope.ids
    }
    if any(
        assigned.scope == Scope.everywhere and assigned.role not in SCHOOL_ROLES
        for assigned in staff
    ):
        owners.add(PROVIDER)
    return sorted(owners)


class Viewer(NamedTuple):
    """What visibility depends on, for a statement that is built once and run for many actors."""

    is_signed_in: bool
    is_staff: bool

    @property
    def visibility_condition(self) -> sa.ColumnElement[bool]:
        """Return the condition, for the `subject` and `owners` bound to the statement."""
        return _visibility_condition(
            sa.bindparam("subject") if self.is_signed_in else None,
            sa.bindparam("owners", expanding=True) if self.is_staff else None,
        )


def build_viewer_and_values(actor: Actor) -> tuple[Viewer, dict[str, Any]]:
    """Return an actor as a viewer, and the values to run such a statement with."""
    owners = _course_owners_of_staff(actor)
    return Viewer(actor.is_signed_in, bool(owners)), {"subject": actor.subject, "owners": owners}
