"""The titles of courses on the pages of authors, read once for each request."""

from collections.abc import Mapping

import sqlalchemy as sa
from flask import g
from sqlalchemy.orm import Session

from cpd.authoring.blueprint import bp
from cpd.authoring.drafts.models import Draft, DraftState
from cpd.content.frontmatter import Fault, parse_front_matter
from cpd.courses.models import CourseRow
from cpd.courses.queries import select_newest_revisions
from cpd.db import db

_FILE = "course.md"


@bp.app_template_filter("title_of_course")
def title_of_course(course: CourseRow) -> str:
    """Return the title of a course; its name in addresses if it has none yet."""
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
    begun = {row.course_id: _parse_title(row.text) for row in drafts}
    return {**{id_: title for id_, title in begun.items() if title}, **published}


def _parse_title(text: str) -> str:
    front = parse_front_matter(_FILE, text)
    title = None if isinstance(front, Fault) else front.data.get("title")
    return title.strip() if isinstance(title, str) else ""
