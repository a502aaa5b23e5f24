"""Reads of approvals, for administrators; whether a course is approved is public."""

from collections.abc import Collection, Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload

from cpd.access.permissions import Actor, Permission
from cpd.courses.models import PROVIDER, CourseRow, Document, DocumentType, Revision
from cpd.courses.queries import select_newest_revisions
from cpd.credit.approvals.models import Approval
from cpd.credit.rules.approvals import RENEW_WITHIN
from cpd.db import Page, find_page
from cpd.media.models import Media

PAGE = 30
LETTER_TYPE = "application/pdf"
MOST_COURSES = 500
"""The most courses that a form offers."""


def find_approvals(
    session: Session, actor: Actor, *, page: int, to_renew: date | None = None
) -> Page[Approval] | None:
    """Return one page of the approvals, or of those to renew on a day; the first to end first."""
    found = _select_visible_approvals(actor).options(joinedload(Approval.course))
    if to_renew is not None:
        found = found.where(*_is_to_renew(to_renew))
    in_order = found.order_by(
        Approval.withdrawn_at.is_not(None),
        Approval.last_day.is_(None),
        Approval.last_day.desc() if to_renew is None else Approval.last_day,
        Approval.id.desc(),
    )
    return find_page(session, in_order, number=page, size=PAGE)


def count_approvals_to_renew(session: Session, actor: Actor, today: date) -> int:
    """Return how many approvals end soon, or have ended, with none after them."""
    found = _select_visible_approvals(actor).where(*_is_to_renew(today))
    return session.scalar(sa.select(sa.func.count()).select_from(found.subquery())) or 0


def _is_to_renew(today: date) -> Sequence[sa.ColumnElement[bool]]:
    later = aliased(Approval)
    is_followed = sa.exists().where(
        later.authority == Approval.authority,
        later.course_id.is_not_distinct_from(Approval.course_id),
        later.first_day > Approval.last_day,
        later.withdrawn_at.is_(None),
    )
    return (
        Approval.withdrawn_at.is_(None),
        Approval.last_day <= today + RENEW_WITHIN,
        ~is_followed,
    )


def find_approval(session: Session, actor: Actor, public_id: str) -> Approval | None:
    """Return one approval with its course, to people who may see it."""
    return session.scalar(
        _select_visible_approvals(actor)
        .where(Approval.public_id == public_id)
        .options(joinedload(Approval.course))
    )


def find_letter(session: Session, approval: Approval) -> bytes:
    """Return the letter of an approval."""
    return session.scalars(sa.select(Media.content).where(Media.sha256 == approval.letter)).one()


def _select_visible_approvals(actor: Actor) -> sa.Select[Approval]:
    all_ = sa.select(Approval)
    return all_ if actor.may(Permission.APPROVAL_MANAGE) else all_.where(sa.false())


def find_approvals_on_file(
    session: Session, course_id: int | None, *, authority: str | None = None
) -> Sequence[Approval]:
    """Return the approvals of the provider and of a course that nobody has withdrawn."""
    found = sa.select(Approval).where(
        sa.or_(Approval.course_id.is_(None), Approval.course_id == course_id),
        Approval.withdrawn_at.is_(None),
    )
    if authority is not None:
        found = found.where(Approval.authority == authority)
    return session.scalars(found.order_by(Approval.first_day, Approval.id)).all()


def find_course_approvals(session: Session, course_ids: Collection[int]) -> Sequence[Approval]:
    """Return the approvals of these courses that nobody has withdrawn."""
    found = sa.select(Approval).where(
        Approval.course_id.in_(course_ids), Approval.withdrawn_at.is_(None)
    )
    return session.scalars(found.order_by(Approval.id)).all()


def find_courses_to_approve(session: Session) -> Sequence[tuple[str, str]]:
    """Return the slug and the newest title of each published course of the provider."""
    found = session.execute(
        select_newest_revisions()
        .with_only_columns(CourseRow.slug, Revision.stored_title)
        .where(CourseRow.owner == PROVIDER)
        .order_by(Revision.stored_title)
        .limit(MOST_COURSES)
    )
    return [(slug, title) for slug, title in found]


def find_newest_revision_of_course(session: Session, course_id: int) -> Revision | None:
    """Return the newest version of a course."""
    return session.scalar(
        sa.select(Revision)
        .join(Document, Document.id == Revision.document_id)
        .where(Document.course_id == course_id, Document.type == DocumentType.COURSE)
        .order_by(Revision.number.desc())
        .limit(1)
    )
