"""Reads of cases and of exam rules that all topics share; none of them reads a key."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session, aliased, contains_eager

from cpd.cases.front import CaseFront
from cpd.cases.html_replacement import front_with_new_html
from cpd.cases.scales import Pool
from cpd.courses.models import (
    Document,
    DocumentType,
    Revision,
    RevisionPart,
)
from cpd.courses.renderings import Rendering
from cpd.courses.rules.fronts.exam import ExamPolicy
from cpd.courses.rules.outline import ExamPart


def build_exam_policy(exam: Revision | ExamPart) -> ExamPolicy:
    """Return an exam's rule in the form that the rules use."""
    return exam.policy if isinstance(exam, ExamPart) else ExamPolicy.from_json(exam.front)


def find_cases_in_pool(session: Session, course_revision_id: int, pool: Pool) -> Sequence[Revision]:
    """Return the cases of one pool of a course revision, in the order of its parts."""
    return session.scalars(select_cases_in_pool(course_revision_id, pool)).all()


@dataclass(frozen=True)
class CaseText:
    """A case revision as its learners may see it before they answer, without its key."""

    id: int
    """Of the revision."""
    document_id: int
    front: CaseFront


def build_rendered_front(stored: Mapping[str, Any], rendering: Rendering | None) -> CaseFront:
    """Return a stored case with its texts as rendered today, where there is a rendering."""
    front = CaseFront.from_json(stored)
    return (
        front
        if rendering is None
        else front_with_new_html(front, rendering.html, rendering.html_by_path)
    )


def select_course_language(course_revision_id: int) -> Select[str]:
    """Select the language of a course revision, for statements that select its parts."""
    course = aliased(Revision)
    return select(course.language_expression()).where(course.id == course_revision_id)


def select_cases_in_pool(course_revision_id: int, pool: Pool) -> Select[Revision]:
    """Select the cases of one pool of a course revision, in the order of its parts."""
    return (
        select(Revision)
        .join(RevisionPart, RevisionPart.part_id == Revision.id)
        .join(Revision.document)
        .options(contains_eager(Revision.document))
        .where(
            RevisionPart.course_revision_id == course_revision_id,
            Document.type == DocumentType.CASE,
            Revision.in_pool_condition(pool),
        )
        .order_by(RevisionPart.position)
    )


def find_times_of_newer_texts(
    session: Session, revision_ids: Collection[int]
) -> Mapping[int, datetime]:
    """Return when the newest text of each of these was published, for those that are older."""
    newer = aliased(Revision)
    is_newer = and_(newer.document_id == Revision.document_id, newer.number > Revision.number)
    found = session.execute(
        select(Revision.id, func.max(newer.published_at).label("published_at"))
        .join(newer, is_newer)
        .where(Revision.id.in_(revision_ids))
        .group_by(Revision.id)
    )
    return {row.id: row.published_at for row in found}
