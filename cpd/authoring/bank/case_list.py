"""Reads of the case bank: one page of the cases that somebody looks for."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, lazyload

from cpd.access.permissions import Actor
from cpd.authoring.bank.filters import CaseFilters, list_conditions
from cpd.authoring.blind.queries import find_paths_to_answer_first
from cpd.authoring.drafts.models import Draft, DraftState
from cpd.authoring.drafts.queries import where_actor_writes
from cpd.authoring.indexing.models import CaseState, IndexedCase
from cpd.courses.models import CourseRow, Document, DocumentType
from cpd.db import Page

CASES_PER_PAGE = 30


@dataclass(frozen=True)
class FoundCase:
    """A text of a case in the bank, and the drafts and documents that pages link to."""

    case: IndexedCase
    course_slug: str
    document_id: str | None
    """The public id of the published case."""
    draft_id: str | None
    """The public id of the open draft of its file."""

    @property
    def choice(self) -> str:
        """What its box sends: the id of the draft, or else of the published case."""
        own = self.draft_id if self.case.state is CaseState.DRAFT else self.document_id
        return own or ""


def find_case_page(
    session: Session,
    actor: Actor,
    wanted: CaseFilters,
    *,
    page: int,
    due_courses: Collection[int],
    now: datetime,
) -> Page[FoundCase] | None:
    """Return a page of cases that the actor may write for, those changed last first.

    None past the last page. Cases that the actor is asked to answer blind are left out, because
    what finds them tells their key.
    """
    conditions = list_conditions(wanted, due_courses=due_courses, now=now)
    conditions += [
        sa.not_(sa.and_(IndexedCase.course_id == course_id, IndexedCase.path == path))
        for course_id, path in find_paths_to_answer_first(session, actor, now=now)
    ]
    cases = (
        sa.select(IndexedCase.id, sa.func.count().over().label("total"))
        .join(CourseRow, CourseRow.id == IndexedCase.course_id)
        .where(where_actor_writes(actor), *conditions)
        .order_by(IndexedCase.changed_at.desc(), IndexedCase.id.desc())
        .limit(CASES_PER_PAGE)
        .offset((page - 1) * CASES_PER_PAGE)
    )
    found = session.execute(cases).all()
    if not found:
        return Page([], 1, 1, 0) if page == 1 else None
    pages = -(-found[0].total // CASES_PER_PAGE)
    rows = _find_cases_by_id(session, [row.id for row in found])
    return Page(rows, page, pages, found[0].total)


def _find_cases_by_id(session: Session, ids: Sequence[int]) -> list[FoundCase]:
    rows = session.execute(
        sa.select(IndexedCase, CourseRow.slug, Document.public_id, Draft.public_id)
        .join(CourseRow, CourseRow.id == IndexedCase.course_id)
        .outerjoin(
            Document,
            sa.and_(
                Document.course_id == IndexedCase.course_id,
                Document.type == DocumentType.CASE,
                Document.slug == IndexedCase.slug,
            ),
        )
        .outerjoin(
            Draft,
            sa.and_(
                Draft.course_id == IndexedCase.course_id,
                Draft.path == IndexedCase.path,
                Draft.state == DraftState.OPEN,
            ),
        )
        .where(IndexedCase.id.in_(ids))
    )
    by_id = {row[0].id: FoundCase(*row) for row in rows}
    return [by_id[id_] for id_ in ids if id_ in by_id]


@dataclass(frozen=True)
class ChosenCases:
    """What somebody chose in the bank: files to start drafts of, and drafts that there are."""

    files: Sequence[tuple[CourseRow, str]]
    drafts: Sequence[Draft]


def find_chosen_cases(session: Session, actor: Actor, chosen: Collection[str]) -> ChosenCases:
    """Return the published cases and the drafts with these public ids, if the actor may write."""
    of_document = aliased(Draft)
    files: Sequence[sa.Row[CourseRow, str, Draft | None]] = session.execute(
        sa.select(CourseRow, IndexedCase.path, of_document)
        .select_from(CourseRow)
        .join(Document, Document.course_id == CourseRow.id)
        .join(
            IndexedCase,
            sa.and_(
                IndexedCase.course_id == CourseRow.id,
                IndexedCase.slug == Document.slug,
                IndexedCase.state == CaseState.PUBLISHED,
            ),
        )
        .outerjoin(
            of_document,
            sa.and_(
                of_document.course_id == CourseRow.id,
                of_document.path == IndexedCase.path,
                of_document.state == DraftState.OPEN,
            ),
        )
        .where(
            Document.public_id.in_(chosen),
            Document.type == DocumentType.CASE,
            where_actor_writes(actor),
        )
        .order_by(CourseRow.id, IndexedCase.path)
        .options(lazyload(of_document.course))
    ).all()
    drafts = session.scalars(
        sa.select(Draft)
        .join(Draft.course)
        .where(
            Draft.public_id.in_(chosen), Draft.state == DraftState.OPEN, where_actor_writes(actor)
        )
        .order_by(Draft.course_id, Draft.path)
    ).all()
    open_ones = {draft.id: draft for draft in drafts}
    open_ones.update({draft.id: draft for _, _, draft in files if draft})
    return ChosenCases(
        [(course, path) for course, path, draft in files if draft is None],
        list(open_ones.values()),
    )
