"""Reads of the catalog: a page of the courses that someone may find."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from cpd.access.permissions import Actor
from cpd.courses.models import CourseRow, Enrolment, Revision
from cpd.courses.queries import (
    Course,
    load_courses,
    select_newest_revisions,
    select_present_enrolments,
    select_with_newest_ledger_entry,
)
from cpd.courses.rules.addresses import OWN
from cpd.courses.visibility import Viewer, build_viewer_and_values

PAGE = 12
"""Courses on one page of the catalog."""


@dataclass(frozen=True)
class CatalogPage:
    """One page of the catalog."""

    courses: Sequence[Course]
    page: int
    pages: int


def find_catalog_page(session: Session, actor: Actor, *, page: int = 1) -> CatalogPage | None:
    """Return a page of the courses that the actor may find, by title; None if it does not exist."""
    viewer, values = build_viewer_and_values(actor)
    total = session.scalar(_select_visible_course_count(viewer), values)
    pages = max(-(-(total or 0) // PAGE), 1)
    if not 1 <= page <= pages:
        return None
    part = {"most": PAGE, "skipped": (page - 1) * PAGE}
    rows = session.execute(_select_courses_by_title(viewer), {**values, **part}).all()
    own = {
        enrolment.course_id: enrolment
        for enrolment in sorted(_find_present_enrolments(session, actor), key=_enrolment_sort_key)
    }
    shown: list[tuple[Revision, str | None, Enrolment | None]] = []
    for revision, entry in rows:
        mine = own.get(revision.document.course_id)
        shown.append((mine.course_revision if mine else revision, entry, mine))
    return CatalogPage(load_courses(session, shown), page, pages)


@cache
def _select_visible_course_count(viewer: Viewer) -> sa.Select[int]:
    """Select how many courses the viewer may find."""
    return sa.select(sa.func.count()).select_from(CourseRow).where(viewer.visibility_condition)


@cache
def _select_courses_by_title(viewer: Viewer) -> sa.Select[Any]:
    """Select `most` courses in the order of the catalog, after those that are `skipped`."""
    in_order = (
        select_newest_revisions()
        .where(viewer.visibility_condition)
        .order_by(Revision.title, Revision.id)
    )
    part = in_order.limit(sa.bindparam("most")).offset(sa.bindparam("skipped"))
    return select_with_newest_ledger_entry(part)


def _enrolment_sort_key(enrolment: Enrolment) -> tuple[bool, int]:
    """Sort enrollments that learners began themselves last, and newer ones after older ones."""
    return enrolment.context == OWN, enrolment.id


def _find_present_enrolments(session: Session, actor: Actor) -> Sequence[Enrolment]:
    return session.scalars(select_present_enrolments(actor)).all() if actor.is_signed_in else []
