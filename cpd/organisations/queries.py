"""Reading schools and memberships; whatever lies in schools is read within a `Scope`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from cpd.access.permissions import Scope, ScopeType
from cpd.organisations.models import Membership, School


class ScopeValue(sa.String):
    """The type of what `in_scope` compares with, by which a test knows a query that has a scope."""


def in_scope(scope: Scope, school: InstrumentedAttribute[str]) -> sa.ColumnElement[bool]:
    """Return the condition that keeps the rows of a scope; `school` is its column of public ids.

    Every query on schools, and on what was learnt under them, has one. Whoever reads beyond one
    school names `Scope.everywhere`, and the statement still shows that somebody has thought of it.
    """
    match scope.type:
        case ScopeType.EVERYWHERE:
            return sa.literal(str(scope), ScopeValue()) == str(Scope.everywhere)
        case ScopeType.SCHOOL:
            (public_id,) = scope.ids
            return school == sa.literal(public_id, ScopeValue())
        case ScopeType.DRAFTS:
            raise ValueError("drafts lie in no school")


def scope_at(session: Session, slug: str) -> Scope | None:
    """Return the scope of the school at an address; None where there is none."""
    public_id = session.scalar(select(School.public_id).where(School.slug == slug))
    return None if public_id is None else Scope.school(public_id)


def school_at(session: Session, slug: str) -> School | None:
    """Return the school at an address, for commands."""
    return session.scalar(select(School).where(School.slug == slug))


def schools(session: Session, *scopes: Scope) -> Sequence[School]:
    """Return the schools of these scopes by name, closed ones too."""
    found = select(School).where(sa.or_(*(in_scope(one, School.public_id) for one in scopes)))
    return session.scalars(found.order_by(sa.func.lower(School.name), School.id)).all()


def open_schools(session: Session, scope: Scope) -> Sequence[School]:
    """Return those that take new members and roles."""
    return [school for school in schools(session, scope) if school.closed_at is None]


def is_open(session: Session, scope: Scope) -> bool:
    """Tell whether the school of a scope is there and takes new members and roles."""
    return bool(open_schools(session, scope))


def school(session: Session, scope: Scope) -> School:
    """Return the school of a scope; raises when it is not there."""
    return session.scalars(select(School).where(in_scope(scope, School.public_id))).one()


MEMBERS_ON_A_PAGE = 50


@dataclass(frozen=True)
class MembersPage:
    """One page of the members of a scope's schools."""

    members: Sequence[Membership]
    number: int
    pages: int
    count: int


def members(session: Session, scope: Scope, *, page: int = 1) -> MembersPage | None:
    """Return a page of the present members, the first to join first; None past the end."""
    present = (
        select(Membership)
        .join(Membership.school)
        .where(in_scope(scope, School.public_id), Membership.until_at.is_(None))
    )
    count = session.scalar(select(sa.func.count()).select_from(present.subquery())) or 0
    pages = max(1, -(-count // MEMBERS_ON_A_PAGE))
    if not 1 <= page <= pages:
        return None
    found = session.scalars(
        present.order_by(Membership.since_at, Membership.id)
        .limit(MEMBERS_ON_A_PAGE)
        .offset((page - 1) * MEMBERS_ON_A_PAGE)
    ).all()
    return MembersPage(found, page, pages, count)


def count_members(session: Session, scope: Scope) -> Mapping[int, int]:
    """Return how many members each school has now, by its id; one without any is absent."""
    counted = (
        select(Membership.school_id, sa.func.count())
        .join(Membership.school)
        .where(in_scope(scope, School.public_id), Membership.until_at.is_(None))
        .group_by(Membership.school_id)
    )
    return {row[0]: row[1] for row in session.execute(counted)}
