"""Reads of remarks, for those who answer them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, selectinload

from cpd.access.permissions import Actor, Permission
from cpd.authoring.drafts.models import Draft, DraftState
from cpd.content.languages import mark_text
from cpd.courses.models import Document, DocumentType, Revision
from cpd.remarks.models import Remark, RemarkMove, RemarkState

PAGE = 30
"""Remarks on one page of the queue."""


@dataclass(frozen=True)
class QueuedRemark:
    """A remark in the queue."""

    public_id: str
    at: datetime
    page: str
    text: str
    state: RemarkState
    type: DocumentType | None
    draft_id: str | None
    """The public id of the open draft that was started because of it."""
    changed_at: datetime | None
    """When the change that answers it was published."""
    is_about_file: bool
    """Whether the page showed a file of a course, which an author can edit."""
    title: str | None
    """The title of what the page showed."""


@dataclass(frozen=True)
class Queue:
    """One page of the remarks in one state, or in all, the newest first."""

    remarks: Sequence[QueuedRemark]
    counts: Mapping[RemarkState, int]
    state: RemarkState | None
    page: int
    pages: int


def find_remark_queue(
    session: Session, actor: Actor, state: RemarkState | None, *, page: int
) -> Queue | None:
    """Return one page of the queue; None past the end, or for people who may not read it."""
    if not actor.may(Permission.REMARK_ANSWER):
        return None
    rows = session.execute(sa.select(Remark.state, sa.func.count()).group_by(Remark.state))
    counts = dict.fromkeys(RemarkState, 0) | {row[0]: row[1] for row in rows}
    total = sum(counts.values()) if state is None else counts[state]
    pages = max(-(-total // PAGE), 1)
    if not 1 <= page <= pages:
        return None
    course = aliased(Revision)
    columns: tuple[Any, ...] = (
        *(Remark.public_id, Remark.at, Remark.page, Remark.text, Remark.state),
        *(Document.type, Draft.public_id.label("draft_id"), Remark.changed_at),
        Remark.course_revision_id.is_not(None).label("is_about_file"),
        *(Revision.title.label("title"), course.language_expression().label("language")),
    )
    wanted = (
        sa.select(*columns)
        .select_from(Remark)
        .outerjoin(Draft, sa.and_(Draft.id == Remark.draft_id, Draft.state == DraftState.OPEN))
        .outerjoin(Remark.revision)
        .outerjoin(Revision.document)
        .outerjoin(course, course.id == Remark.course_revision_id)
        .order_by(Remark.at.desc(), Remark.id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    if state is not None:
        wanted = wanted.where(Remark.state == state)
    remarks = [_build_queued_remark(row) for row in session.execute(wanted)]
    return Queue(remarks, counts, state, page, pages)


def _build_queued_remark(row: sa.Row[Any]) -> QueuedRemark:
    """Return a row of the queue; its title knows the language of its course."""
    values = row._asdict()
    title, language = values.pop("title"), values.pop("language")
    marked = mark_text(title, language or "") if title else None
    return QueuedRemark(title=marked, **values)


@dataclass(frozen=True)
class OwnRemarks:
    """One page of a person's own remarks, the newest first."""

    remarks: Sequence[Remark]
    page: int
    pages: int


def find_own_remarks(session: Session, actor: Actor, *, page: int) -> OwnRemarks | None:
    """Return one page of the actor's own remarks with their moves; None past the end."""
    total, _ = count_own_remarks(session, actor)
    pages = max(-(-total // PAGE), 1)
    if not 1 <= page <= pages:
        return None
    rows = session.scalars(
        sa.select(Remark)
        .where(_is_from(actor))
        .options(selectinload(Remark.moves))
        .order_by(Remark.at.desc(), Remark.id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return OwnRemarks(rows.all(), page, pages)


def count_own_remarks(session: Session, actor: Actor) -> tuple[int, int]:
    """Return how many remarks the actor has sent, and how many of them have an answer."""
    has_answer = sa.exists().where(RemarkMove.remark_id == Remark.id, RemarkMove.answer != "")
    row = session.execute(
        sa.select(
            sa.func.count(), sa.func.coalesce(sa.func.sum(sa.case((has_answer, 1), else_=0)), 0)
        ).where(_is_from(actor))
    ).one()
    return row[0], row[1]


def _is_from(actor: Actor) -> sa.ColumnElement[bool]:
    return Remark.subject == actor.subject if actor.is_signed_in else sa.false()


def find_remark(session: Session, actor: Actor, public_id: str) -> Remark | None:
    """Return a remark with its moves and versions, or None if the actor may not answer it."""
    if not actor.may(Permission.REMARK_ANSWER):
        return None
    return session.scalar(
        sa.select(Remark)
        .where(Remark.public_id == public_id)
        .options(
            selectinload(Remark.moves),
            selectinload(Remark.revision),
            selectinload(Remark.course_revision),
            selectinload(Remark.draft),
        )
    )


def find_changed_remarks(
    session: Session, actor: Actor, draft_ids: Collection[int]
) -> Sequence[Remark]:
    """Return the open remarks for which these drafts were started, if the actor may answer."""
    if not actor.may(Permission.REMARK_ANSWER):
        return []
    return session.scalars(
        sa.select(Remark)
        .where(Remark.draft_id.in_(draft_ids), Remark.state == RemarkState.OPEN)
        .order_by(Remark.id)
    ).all()
