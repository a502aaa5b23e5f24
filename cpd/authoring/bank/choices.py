"""What the filters of the case bank offer: courses, their objectives, safety topics, sources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.authoring.drafts.models import Draft, DraftState
from cpd.authoring.drafts.queries import where_actor_writes
from cpd.authoring.drafts.titles import parse_title
from cpd.authoring.indexing.rules.words import split_search_words
from cpd.authoring.renewals.rules.renewing import is_review_due
from cpd.courses.models import CourseRow, Document, DocumentType, Revision
from cpd.courses.rules.fronts.course import CourseFront, Objective

MOST_SOURCES = 40
"""A search for the cases that cite a source looks for so many sources at most."""


@dataclass
class WrittenCourse:
    """A course that somebody may write for, by its title."""

    row: CourseRow
    title: str
    objectives: Sequence[Objective] = ()
    review_by: date | None = None
    hazards: dict[str, str] = field(default_factory=dict)
    """The titles of its safety cards, by id."""
    references: dict[str, str] = field(default_factory=dict)
    """The titles of its sources, by key."""

    def is_due(self, today: date) -> bool:
        """Tell whether the course should be reviewed now."""
        return self.review_by is not None and is_review_due(self.review_by, today=today)


def find_courses_by_title(session: Session, actor: Actor) -> list[WrittenCourse]:
    """Return the courses that the actor may write for, by title; the slug if none is written."""
    rows = session.execute(_select_courses().where(where_actor_writes(actor)))
    courses = [_build_course(*row) for row in rows]
    return sorted(courses, key=lambda course: (course.title.casefold(), course.row.slug))


def _select_courses() -> sa.Select[Any]:
    """Select courses, each with its newest version, or with the draft of one that has none yet."""
    newest = sa.orm.aliased(Revision)
    of_course = sa.and_(Document.course_id == CourseRow.id, Document.type == DocumentType.COURSE)
    columns: tuple[Any, ...] = (CourseRow, newest, Draft.text)
    return (
        sa.select(*columns)
        .select_from(CourseRow)
        .outerjoin(Document, of_course)
        .outerjoin(
            newest,
            sa.and_(newest.document_id == Document.id, _where_newest(newest)),
        )
        .outerjoin(
            Draft,
            sa.and_(
                Draft.course_id == CourseRow.id,
                Draft.path == "course.md",
                Draft.state == DraftState.OPEN,
                newest.id.is_(None),
            ),
        )
        .options(sa.orm.raiseload(newest.document))  # its inner join would drop new courses
    )


def _build_course(row: CourseRow, newest: Revision | None, draft: str | None) -> WrittenCourse:
    if newest is None:
        return WrittenCourse(row, parse_title("course.md", draft or "") or row.slug)
    front = CourseFront.from_json(newest.front)
    return WrittenCourse(row, newest.title, front.objectives, front.review_by)


def find_courses_with_choices(session: Session, actor: Actor) -> list[WrittenCourse]:
    """Return the courses that the actor may write for, with their safety topics and sources."""
    courses = find_courses_by_title(session, actor)
    by_id = {course.row.id: course for course in courses}
    newest = sa.orm.aliased(Revision)
    rows = session.execute(
        sa.select(Document.course_id, Document.type, Document.slug, newest.stored_title)
        .join(newest, sa.and_(newest.document_id == Document.id, _where_newest(newest)))
        .where(
            Document.course_id.in_(by_id),
            Document.type.in_([DocumentType.HAZARD, DocumentType.REFERENCE]),
        )
        .order_by(newest.stored_title)
    )
    for course_id, type_, slug, title in rows:
        course = by_id[course_id]
        is_hazard = type_ is DocumentType.HAZARD
        (course.hazards if is_hazard else course.references)[slug] = title
    return courses


def _where_newest(revision: type[Revision]) -> sa.ColumnElement[bool]:
    newer = sa.orm.aliased(Revision)
    return ~sa.exists().where(
        newer.document_id == revision.document_id, newer.number > revision.number
    )


def find_cited_keys(courses: Sequence[WrittenCourse], words: str) -> frozenset[str] | None:
    """Return the keys of the sources with all of these words in key or title; None without any."""
    looked_for = split_search_words(words)
    if not looked_for:
        return None
    titles: Mapping[str, str] = {
        key: title for course in courses for key, title in course.references.items()
    }
    found = [
        key
        for key, title in titles.items()
        if all(word in " ".join(split_search_words(f"{key} {title}")) for word in looked_for)
    ]
    return frozenset(found[:MOST_SOURCES])
