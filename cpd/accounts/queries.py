"""Reads of people, for the topics of this room and for other rooms."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, lazyload, selectinload

from cpd.access.permissions import Role, ScopeType
from cpd.accounts.models import AuthenticatorApp, Person, RecoveryCode, RoleAssignmentRow


def lock_person(session: Session, person_id: int | None) -> Person:
    """Return a person as they are now, locked until the transaction ends."""
    return session.scalars(
        select(Person)
        .where(Person.id == person_id)
        .options(lazyload(Person.roles))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def person_has_mfa(session: Session, person_id: int) -> bool:
    """Tell whether signing in asks this person for a code from an app."""
    return session.get(AuthenticatorApp, person_id) is not None


def find_unused_recovery_code_count(session: Session, person_id: int) -> int:
    """Count a person's unused recovery codes."""
    unused = (RecoveryCode.person_id == person_id) & RecoveryCode.used_at.is_(None)
    return session.scalar(select(func.count()).select_from(RecoveryCode).where(unused)) or 0


def find_names_by_subject(session: Session, subjects: Collection[str]) -> Mapping[str, str]:
    """Return the names of people, for pages that show who did what; unknown ones are left out."""
    if not subjects:
        return {}
    rows = session.execute(select(Person.subject, Person.name).where(Person.subject.in_(subjects)))
    return dict(rows.all())


@dataclass(frozen=True)
class Contact:
    """The name and the address of somebody's account."""

    name: str
    email: str


def find_contacts_by_subject(session: Session, subjects: Collection[str]) -> Mapping[str, Contact]:
    """Return names and addresses, to find people in files from elsewhere; no page shows them."""
    rows = session.execute(
        select(Person.subject, Person.name, Person.email).where(Person.subject.in_(subjects))
    )
    return {row.subject: Contact(row.name, row.email) for row in rows}


def find_person_id_by_subject(session: Session, subject: str) -> int | None:
    """Return the id of a person, for actions on them; None if the account no longer exists."""
    return session.scalar(select(Person.id).where(Person.subject == subject))


def find_person_by_subject(session: Session, subject: str) -> Person | None:
    """Return a person with their licenses; None if the account no longer exists."""
    return session.scalar(
        select(Person).where(Person.subject == subject).options(selectinload(Person.licenses))
    )


def find_people_in_roles(
    session: Session, roles: Collection[Role], *, now: datetime
) -> Sequence[Person]:
    """Return the people who have one of these roles everywhere now, by name."""
    holders = select(RoleAssignmentRow.person_id).where(
        RoleAssignmentRow.role.in_(roles),
        RoleAssignmentRow.scope_type == ScopeType.EVERYWHERE,
        RoleAssignmentRow.from_at <= now,
        or_(RoleAssignmentRow.until_at.is_(None), RoleAssignmentRow.until_at > now),
    )
    return session.scalars(
        select(Person)
        .where(Person.id.in_(holders), Person.disabled_at.is_(None))
        .order_by(func.lower(Person.name), Person.id)
    ).all()
