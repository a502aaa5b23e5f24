"""Reads of schools and memberships; everything in schools is read within a `Scope`."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from cpd.access.permissions import Scope, ScopeType
from cpd.db import db
from cpd.organisations.models import Membership, School


class ScopeValue(sa.String):
    """The type of the values in `scope_condition`: a test looks for it in queries."""


def scope_condition(scope: Scope, school: InstrumentedAttribute[str]) -> sa.ColumnElement[bool]:
    """Return the condition that selects the rows of a scope; `school` is a column of public ids.

    Every query about schools, and about what was learned in them, has one. A query across schools
    names `Scope.everywhere`, so that the statement still shows that someone considered it.
    """
    match scope.type:
        case ScopeType.EVERYWHERE:
            return sa.literal(str(scope), ScopeValue()) == str(Scope.everywhere)
        case ScopeType.SCHOOL:
            (public_id,) = scope.ids
            return school == sa.literal(public_id, ScopeValue())
        case ScopeType.DRAFTS:
            raise ValueError("drafts belong to no school")


def find_scope_by_slug(session: Session, slug: str) -> Scope | None:
    """Return the scope of the school with this slug, or None."""
    public_id = session.scalar(select(School.public_id).where(School.slug == slug))
    return None if public_id is None else Scope.of_school(public_id)


def find_scope_of_route(slug: str, **_values: object) -> Scope | None:
    """Return the scope of the school in a route, for `within=` of `@requires`."""
    return find_scope_by_slug(db.session(), slug)


def find_school_by_slug(session: Session, slug: str) -> School | None:
    """Return the school with this slug, for commands."""
    return session.scalar(select(School).where(School.slug == slug))


def is_slug_taken(session: Session, slug: str) -> bool:
    """Tell whether any school has this slug."""
    everywhere = scope_condition(Scope.everywhere, School.public_id)
    return session.scalar(select(School.id).where(School.slug == slug, everywhere)) is not None


def find_schools(session: Session, *scopes: Scope) -> Sequence[School]:
    """Return the schools in these scopes by name, closed ones too."""
    matching = select(School).where(
        sa.or_(*(scope_condition(scope, School.public_id) for scope in scopes))
    )
    return session.scalars(matching.order_by(sa.func.lower(School.name), School.id)).all()


def count_open_schools_started_by(session: Session, subject: str) -> int:
    """Return how many schools, of those that are open, a person started on the site."""
    everywhere = scope_condition(Scope.everywhere, School.public_id)
    started = select(sa.func.count()).select_from(School)
    counted = started.where(School.started_by == subject, School.closed_at.is_(None), everywhere)
    return session.scalar(counted) or 0


def find_open_schools(session: Session, scope: Scope) -> Sequence[School]:
    """Return the schools that take new members and roles."""
    return [school for school in find_schools(session, scope) if school.closed_at is None]


def is_school_open(session: Session, scope: Scope) -> bool:
    """Tell whether the school of a scope exists and takes new members and roles."""
    return bool(find_open_schools(session, scope))


def find_school(session: Session, scope: Scope) -> School:
    """Return the school of a scope; raises NoResultFound if there is none."""
    return session.scalars(select_school(scope)).one()


def select_school(scope: Scope) -> sa.Select[School]:
    """Select the school of a scope."""
    return select(School).where(scope_condition(scope, School.public_id))


def select_current_members(scope: Scope) -> sa.Select[Membership]:
    """Select the people who belong to the schools of a scope now."""
    return (
        select(Membership)
        .join(Membership.school)
        .where(scope_condition(scope, School.public_id), Membership.until_at.is_(None))
    )


def count_members_by_school(session: Session, scope: Scope) -> Mapping[int, int]:
    """Return the number of current members by school id; schools without any are absent."""
    counted = (
        select(Membership.school_id, sa.func.count())
        .join(Membership.school)
        .where(scope_condition(scope, School.public_id), Membership.until_at.is_(None))
        .group_by(Membership.school_id)
    )
    return {row[0]: row[1] for row in session.execute(counted)}
