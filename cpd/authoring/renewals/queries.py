"""Reads of what is due to be reviewed again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from cpd.access.permissions import Actor, Permission
from cpd.authoring.renewals.rules.renewing import is_review_due
from cpd.courses.models import PROVIDER, CourseRow, Revision
from cpd.courses.queries import select_newest_revisions
from cpd.courses.rules.addresses import CourseAddress
from cpd.courses.rules.fronts.course import CourseFront


@dataclass(frozen=True)
class DueCourse:
    """A course that should be reviewed again, and by when."""

    revision: Revision
    review_by: date

    @property
    def address(self) -> CourseAddress:
        """The address of its page."""
        return CourseAddress(self.revision.document.slug)


def find_courses_due_for_review(
    session: Session, actor: Actor, *, today: date
) -> Sequence[DueCourse]:
    """Return the courses that are due, the most urgent first, for those who write or review."""
    is_concerned = actor.may(Permission.DRAFT_WRITE) or actor.may(Permission.REVIEW_GIVE)
    if not is_concerned:
        return []
    provided = select_newest_revisions().where(CourseRow.owner == PROVIDER)
    revisions = session.scalars(provided).all()
    courses = [DueCourse(r, CourseFront.from_json(r.front).review_by) for r in revisions]
    due = [course for course in courses if is_review_due(course.review_by, today=today)]
    return sorted(due, key=lambda course: (course.review_by, course.revision.document.slug))
