"""Reads of what is due to be reviewed again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.authoring.asking.rules.renewing import is_review_due
from cpd.authoring.drafts.queries import where_actor_writes
from cpd.courses.models import Revision
from cpd.courses.queries import select_newest_revisions
from cpd.courses.rules.fronts.course import CourseFront


@dataclass(frozen=True)
class DueCourse:
    """A course that should be reviewed again, and by when."""

    revision: Revision
    review_by: date


def find_courses_due_for_review(
    session: Session, actor: Actor, *, today: date
) -> Sequence[DueCourse]:
    """Return the courses that the actor writes for and that are due, the most urgent first."""
    revisions = session.scalars(select_newest_revisions().where(where_actor_writes(actor))).all()
    courses = [DueCourse(r, CourseFront.from_json(r.front).review_by) for r in revisions]
    due = [course for course in courses if is_review_due(course.review_by, today=today)]
    return sorted(due, key=lambda course: (course.review_by, course.revision.document.slug))
