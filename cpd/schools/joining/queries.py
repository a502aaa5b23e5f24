"""Reads of codes to join with, and of what somebody is about to join or leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from cpd.access.permissions import SCHOOL_ROLES, Role, Scope, ScopeType
from cpd.accounts.models import Person, RoleAssignmentRow
from cpd.db import Page, find_page
from cpd.organisations.models import Membership, School
from cpd.organisations.queries import scope_condition, select_current_members
from cpd.schools.cohorts.models import Cohort
from cpd.schools.cohorts.queries import Reach, own_membership_condition, reach_condition
from cpd.schools.joining.models import JoinCode
from cpd.schools.roster import queries as roster
from cpd.schools.roster.invitation_links import find_entry_id_in_token, is_token_of_entry
from cpd.schools.roster.models import RosterEntry
from cpd.schools.roster.rules.inviting import has_expired

CODES_PER_PAGE = 20
ROLES_PER_PAGE = 50


def find_join_codes_page(
    session: Session, reach: Reach, cohort: Cohort, *, page: int = 1
) -> Page[JoinCode] | None:
    """Return a page of the codes of a class, the newest first."""
    codes = _select_join_codes(reach).where(Cohort.id == cohort.id)
    in_order = codes.order_by(JoinCode.id.desc())
    return find_page(session, in_order, number=page, size=CODES_PER_PAGE)


def find_join_code(session: Session, reach: Reach, public_id: str) -> JoinCode | None:
    """Return one code of a class in reach."""
    return session.scalar(_select_join_codes(reach).where(JoinCode.public_id == public_id))


def find_code(session: Session, code: str) -> JoinCode | None:
    """Return the code that somebody typed as it is now, whether it still works or not."""
    return session.scalar(
        _select_join_codes(Reach(Scope.everywhere))
        .where(JoinCode.code == code)
        .execution_options(populate_existing=True)
    )


def is_usable(code: JoinCode, *, now: datetime) -> bool:
    """Tell whether people can join with a code, and its class and school are open."""
    cohort = code.cohort
    is_open = cohort.archived_at is None and cohort.school.closed_at is None
    return is_open and code.works(now=now)


def find_working_code(session: Session, code: str, *, now: datetime) -> JoinCode | None:
    """Return the code that somebody typed, if people can join with it."""
    found = find_code(session, code)
    return found if found is not None and is_usable(found, now=now) else None


def _select_join_codes(reach: Reach) -> sa.Select[JoinCode]:
    return (
        select(JoinCode)
        .join(JoinCode.cohort)
        .join(Cohort.school)
        .where(reach_condition(reach))
        .options(contains_eager(JoinCode.cohort).contains_eager(Cohort.school))
    )


def find_invitation_by_token(session: Session, token: str, *, now: datetime) -> RosterEntry | None:
    """Return whom a link invites, unless it is too old, or they have joined or are not listed."""
    entry = roster.find_invitation(session, Scope.everywhere, find_entry_id_in_token(token))
    if entry is None or not is_token_of_entry(token, entry):
        return None
    return None if has_expired(entry.invited_at, now=now) else entry


def has_account(session: Session, email: str) -> bool:
    """Tell somebody who has just proven that they read an address whether it has an account."""
    return session.scalar(select(Person.id).where(Person.email == email)) is not None


def find_own_membership(session: Session, scope: Scope, subject: str) -> Membership | None:
    """Return somebody's own present membership in a school."""
    own = select_current_members(scope).where(own_membership_condition(subject))
    return session.scalar(own)


def has_left_since(session: Session, scope: Scope, subject: str, since: datetime) -> bool:
    """Tell whether somebody belonged to a school after an instant, and does not any more."""
    newest = (
        select(Membership.until_at)
        .join(Membership.school)
        .where(scope_condition(scope, School.public_id), own_membership_condition(subject))
        .order_by(Membership.id.desc())
        .limit(1)
    )
    until_at = session.scalar(newest)
    return until_at is not None and until_at > since


def find_own_membership_by_slug(session: Session, slug: str, subject: str) -> Membership | None:
    """Return somebody's own present membership in the school that an address names."""
    own = (
        select_current_members(Scope.everywhere)
        .where(School.slug == slug, own_membership_condition(subject))
        .options(contains_eager(Membership.school))
    )
    return session.scalar(own)


def find_own_schools(session: Session, subject: str) -> Sequence[School]:
    """Return the schools to which somebody belongs, by name."""
    own = (
        select(School)
        .join(Membership, Membership.school_id == School.id)
        .where(
            scope_condition(Scope.everywhere, School.public_id),
            own_membership_condition(subject),
            Membership.until_at.is_(None),
        )
    )
    return session.scalars(own.order_by(School.name, School.id)).all()


# Roles


@dataclass(frozen=True)
class HeldRole:
    """A role in a school, its person, and their membership if they belong to the school."""

    row: RoleAssignmentRow
    member_id: str | None
    """By public id."""


def find_roles_page(session: Session, scope: Scope, *, page: int = 1) -> Page[HeldRole] | None:
    """Return a page of the roles in a school, by name; None past the end."""
    held = (
        select(RoleAssignmentRow)
        .join(RoleAssignmentRow.person)
        .where(
            RoleAssignmentRow.role.in_(SCHOOL_ROLES),
            RoleAssignmentRow.scope_type == ScopeType.SCHOOL,
            scope_condition(scope, RoleAssignmentRow.scope_id),
        )
        .options(contains_eager(RoleAssignmentRow.person).lazyload(Person.roles))
        .order_by(sa.func.lower(Person.name), Person.id, RoleAssignmentRow.role)
    )
    found = find_page(session, held, number=page, size=ROLES_PER_PAGE)
    if found is None:
        return None
    members = select_current_members(scope).where(
        Membership.subject.in_({row.person.subject for row in found.rows})
    )
    ids = {member.subject: member.public_id for member in session.scalars(members)}
    rows = [HeldRole(row, ids.get(row.person.subject)) for row in found.rows]
    return Page(rows, number=found.number, pages=found.pages, count=found.count)


def has_role(session: Session, scope: Scope, person_id: int, role: Role) -> bool:
    """Tell whether a person has a role in a school."""
    held = select(RoleAssignmentRow.id).where(
        RoleAssignmentRow.person_id == person_id,
        RoleAssignmentRow.role == role,
        scope_condition(scope, RoleAssignmentRow.scope_id),
    )
    return session.scalar(held) is not None
