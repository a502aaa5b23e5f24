"""The cases of a course version with their keys, to be read by those who judge the course.

This reads the database and writes nothing.
"""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.cases.front import CaseFront
from cpd.cases.key import CaseKey
from cpd.cases.scales import Pool
from cpd.content.languages import mark_language
from cpd.courses.models import Document, Revision
from cpd.courses.renderings import Rendering, current_rendering_condition, render_missing_texts
from cpd.courses.rules.fronts.course import language_of_front
from cpd.db import Page
from cpd.quizzes.keys import find_rendered_keys
from cpd.quizzes.queries import build_rendered_front, select_cases_in_pool

CASES_ON_PAGE = 10


@dataclass(frozen=True)
class ReadableCase:
    """A case with its key, and where its file stands in the course."""

    front: CaseFront
    key: CaseKey
    path: str


def find_readable_cases(
    session: Session, course: Revision, pool: Pool, *, page: int | None = None
) -> Page[ReadableCase] | None:
    """Return one page of the cases of a pool, or all of them on one; None past the last page."""
    cases = select_cases_in_pool(course.id, pool)
    total = session.scalar(sa.select(sa.func.count()).select_from(cases.subquery())) or 0
    pages = 1 if page is None else max(-(-total // CASES_ON_PAGE), 1)
    if page is not None:
        if not 1 <= page <= pages:
            return None
        cases = cases.limit(CASES_ON_PAGE).offset((page - 1) * CASES_ON_PAGE)
    rows = session.execute(
        cases.outerjoin(Rendering, current_rendering_condition()).with_only_columns(
            Revision.id, Document.slug, Revision.front, Rendering
        )
    ).all()
    texts = render_missing_texts(session, {row.id: row.Rendering for row in rows})
    keys = find_rendered_keys(session, [row.id for row in rows])
    language = language_of_front(course.front)
    found = [
        ReadableCase(
            front=mark_language(build_rendered_front(row.front, texts.get(row.id)), language),
            key=mark_language(keys[row.id], language),
            path=f"cases/{row.slug}.md",
        )
        for row in rows
    ]
    return Page(found, page or 1, pages, total)
