"""Reads of the lists of schools: whom they know, and whom they have invited."""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from cpd.access.permissions import Scope
from cpd.accounts import queries as accounts
from cpd.db import Page, find_page
from cpd.organisations.models import Membership, School
from cpd.organisations.queries import scope_condition, select_current_members
from cpd.schools.cohorts.models import Cohort, CohortMember
from cpd.schools.cohorts.queries import (
    Reach,
    present_condition,
    reach_condition,
    select_learners,
)
from cpd.schools.files.hooks import Listed
from cpd.schools.files.rules.layouts import Layout, PersonField, simplify_title
from cpd.schools.files.rules.tables import Table
from cpd.schools.roster.models import RosterEntry, RosterLayout, RosterPlace
from cpd.schools.roster.rules.planning import Known

INVITATIONS_PER_PAGE = 50


def select_entries(scope: Scope) -> sa.Select[RosterEntry]:
    """Select who is on the list of a school; whoever has left the school no longer is."""
    return (
        select(RosterEntry)
        .join(RosterEntry.school)
        .outerjoin(RosterEntry.membership)
        .where(
            scope_condition(scope, School.public_id),
            RosterEntry.removed_at.is_(None),
            Membership.until_at.is_(None),
        )
    )


def select_open_invitations(scope: Scope) -> sa.Select[RosterEntry]:
    """Select who is on the list of a school and does not belong to it yet."""
    return select_entries(scope).where(RosterEntry.membership_id.is_(None))


def find_invitations_page(
    session: Session, scope: Scope, *, page: int = 1
) -> Page[RosterEntry] | None:
    """Return a page of the people who have not joined yet, the newest first."""
    in_order = select_open_invitations(scope).order_by(RosterEntry.id.desc())
    return find_page(session, in_order, number=page, size=INVITATIONS_PER_PAGE)


def find_invitation(session: Session, scope: Scope, public_id: str) -> RosterEntry | None:
    """Return somebody on the list of a school who has not joined yet."""
    return session.scalar(
        select_open_invitations(scope)
        .where(RosterEntry.public_id == public_id)
        .options(contains_eager(RosterEntry.school))
        .execution_options(populate_existing=True)
    )


def count_reserved_seats(session: Session, scope: Scope) -> int:
    """Return for how many people a school keeps a seat: those invited who have not declined."""
    waiting = select_open_invitations(scope).where(RosterEntry.declined_at.is_(None))
    return session.scalar(waiting.with_only_columns(sa.func.count())) or 0


def count_unsent_invitations(session: Session, scope: Scope) -> int:
    """Return how many invitations the worker has still to send."""
    unsent = select_open_invitations(scope).where(
        RosterEntry.invited_at.is_not(None),
        RosterEntry.sent_at.is_(None),
        RosterEntry.bounced_at.is_(None),
    )
    return session.scalar(unsent.with_only_columns(sa.func.count())) or 0


def count_invited_by_cohort(session: Session, reach: Reach) -> Mapping[int, int]:
    """Return how many people are to enter each class in reach once they join, by id."""
    counted = (
        select(Cohort.id, sa.func.count())
        .join(RosterPlace, RosterPlace.cohort_id == Cohort.id)
        .join(RosterEntry, RosterEntry.id == RosterPlace.entry_id)
        .where(reach_condition(reach), RosterEntry.removed_at.is_(None))
        .group_by(Cohort.id)
    )
    return {row[0]: row[1] for row in session.execute(counted)}


def find_classes_to_enter(session: Session, scope: Scope, entry: RosterEntry) -> Sequence[Cohort]:
    """Return the classes that somebody enters on joining the school, without archived ones."""
    return session.scalars(
        select(Cohort)
        .join(RosterPlace, RosterPlace.cohort_id == Cohort.id)
        .where(
            reach_condition(Reach(scope)),
            RosterPlace.entry_id == entry.id,
            Cohort.archived_at.is_(None),
        )
        .order_by(Cohort.name, Cohort.id)
    ).all()


def find_listed_members(
    session: Session, scope: Scope, membership_ids: Collection[int]
) -> Mapping[int, Listed]:
    """Return what the list of the school says of these members; others are absent."""
    listed = (
        select_entries(scope)
        .where(Membership.id.in_(membership_ids))
        .with_only_columns(Membership.id, RosterEntry.email, RosterEntry.number)
    )
    return {row[0]: Listed(row[1], row[2]) for row in session.execute(listed)}


def is_listed(session: Session, scope: Scope, member: Membership) -> bool:
    """Tell whether a member of the school is on its list."""
    entries = select_entries(scope).where(RosterEntry.membership_id == member.id)
    return session.scalar(entries.with_only_columns(RosterEntry.id)) is not None


def is_in_class(session: Session, reach: Reach, cohort: Cohort, subject: str) -> bool:
    """Tell whether somebody is in a class now."""
    learners = select_learners(reach).where(Cohort.id == cohort.id, Membership.subject == subject)
    return session.scalar(learners.with_only_columns(Membership.id)) is not None


# Whom a school knows


def find_known(session: Session, reach: Reach, cohort: Cohort) -> Sequence[Known]:
    """Return everybody on the list of the school, and everybody else who belongs to it."""
    entries = session.scalars(select_entries(reach.scope).order_by(RosterEntry.id)).all()
    members = session.scalars(select_current_members(reach.scope).order_by(Membership.id)).all()
    classes, places = _find_classes_of_members(session, reach), _find_places(session, reach)
    known = [
        _build_known(
            Known(
                entry.public_id,
                entry.name,
                entry.email,
                entry.number,
                is_member=entry.membership_id is not None,
            ),
            places.get(entry.id, {})
            if entry.membership_id is None
            else classes.get(entry.membership_id, {}),
            cohort,
        )
        for entry in entries
    ]
    listed = {entry.membership_id for entry in entries}
    others = [member for member in members if member.id not in listed]
    contacts = accounts.find_contacts_by_subject(session, [member.subject for member in others])
    known += [
        _build_known(
            Known(
                member.public_id,
                contacts[member.subject].name,
                contacts[member.subject].email,
                is_listed=False,
                is_member=True,
            ),
            classes.get(member.id, {}),
            cohort,
        )
        for member in others
        if member.subject in contacts
    ]
    return known


def _build_known(known: Known, classes: Mapping[int, str], cohort: Cohort) -> Known:
    others = tuple(name for key, name in sorted(classes.items()) if key != cohort.id)
    return Known(
        known.key,
        known.name,
        known.email,
        known.number,
        is_listed=known.is_listed,
        is_member=known.is_member,
        is_in_class=cohort.id in classes,
        other_classes=others,
    )


def _find_classes_of_members(session: Session, reach: Reach) -> Mapping[int, Mapping[int, str]]:
    rows = session.execute(
        select(CohortMember.membership_id, Cohort.id, Cohort.name)
        .join(CohortMember.cohort)
        .join(CohortMember.membership)
        .where(reach_condition(reach), present_condition(), Cohort.archived_at.is_(None))
    )
    return _collect_classes(rows.all())


def _find_places(session: Session, reach: Reach) -> Mapping[int, Mapping[int, str]]:
    rows = session.execute(
        select(RosterPlace.entry_id, Cohort.id, Cohort.name)
        .join(Cohort, Cohort.id == RosterPlace.cohort_id)
        .where(reach_condition(reach), Cohort.archived_at.is_(None))
    )
    return _collect_classes(rows.all())


def _collect_classes(rows: Collection[Any]) -> Mapping[int, Mapping[int, str]]:
    classes: dict[int, dict[int, str]] = defaultdict(dict)
    for who, cohort_id, name in rows:
        classes[who][cohort_id] = name
    return classes


# Remembered columns


def compute_titles_digest(table: Table, layout: Layout) -> str:
    """Return what is stored instead of the titles of a list; empty for one without titles."""
    header = next((row for row in table.rows if row.line == layout.header_line), None)
    if header is None:
        return ""
    titles = "\t".join(map(simplify_title, header.cells))
    return hashlib.sha256(titles.encode()).hexdigest()


def find_remembered_columns(
    session: Session, scope: Scope, titles_digest: str
) -> Mapping[PersonField, int] | None:
    """Return which columns a school has confirmed for lists with these titles."""
    columns = session.scalar(
        select(RosterLayout.columns)
        .join(School, School.id == RosterLayout.school_id)
        .where(
            scope_condition(scope, School.public_id), RosterLayout.titles_digest == titles_digest
        )
    )
    return None if columns is None else {PersonField(key): at for key, at in columns.items()}
