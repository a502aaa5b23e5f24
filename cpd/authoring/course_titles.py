"""The titles of courses and drafts on the pages of authors."""

from collections.abc import Mapping

import sqlalchemy as sa
from flask import g
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from cpd.authoring.blueprint import bp
from cpd.authoring.drafts.models import Draft, DraftState
from cpd.authoring.drafts.titles import parse_title
from cpd.authoring.review.sign_offs import MARKS_PATH
from cpd.courses.models import CourseRow
from cpd.courses.queries import select_newest_revisions
from cpd.db import db

_FILE = "course.md"


@bp.app_template_filter("title_of_course")
def title_of_course(course: CourseRow) -> str:
    """Return the title of a course; its name in addresses if it has none yet.

    The titles are read once for each request.
    """
    if "titles_of_courses" not in g:
        g.titles_of_courses = find_titles_of_courses(db.session())
    titles: Mapping[int, str] = g.titles_of_courses
    return titles.get(course.id, course.slug)


def find_titles_of_courses(session: Session) -> dict[int, str]:
    """Return the titles of all courses: of the newest versions, or of drafts before the first."""
    newest = session.scalars(select_newest_revisions()).all()
    published = {revision.document.course_id: revision.title for revision in newest}
    drafts = session.execute(
        sa.select(Draft.course_id, Draft.text).where(
            Draft.path == _FILE,
            Draft.state == DraftState.OPEN,
            Draft.course_id.not_in(published),
        )
    )
    begun = {row.course_id: parse_title(_FILE, row.text) for row in drafts}
    return {**{id_: title for id_, title in begun.items() if title}, **published}


@bp.app_template_filter("title_of_draft")
def title_of_draft(draft: Draft) -> str:
    """Return the title of a draft; its path if it has none."""
    if draft.path == MARKS_PATH:
        return str(_("How the five decisions are marked"))
    return parse_title(draft.path, draft.text) or draft.path
