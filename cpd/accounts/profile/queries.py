"""Reads of a person's own account, and of what certificates print about them."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from cpd.access.permissions import Actor
from cpd.accounts.models import License, Person
from cpd.accounts.rules import zones


def find_own_account(session: Session, actor: Actor) -> Person:
    """Return the actor's own person with their licenses; raises if nobody is signed in."""
    return session.scalars(
        select(Person).where(Person.id == actor.person_id).options(selectinload(Person.licenses))
    ).one()


def find_own_license(session: Session, actor: Actor, public_id: str) -> License | None:
    """Return one of the actor's licenses; None for someone else's."""
    return session.scalar(
        select(License).where(License.public_id == public_id, License.person_id == actor.person_id)
    )


def find_licenses(session: Session, subject: str) -> Sequence[License]:
    """Return a person's licenses, the oldest first."""
    return session.scalars(
        select(License).join(License.person).where(Person.subject == subject).order_by(License.id)
    ).all()


def find_own_legal_name(session: Session, actor: Actor) -> str:
    """Return the name that the actor's certificates print; empty until it is known."""
    name = session.scalar(select(Person.legal_name).where(Person.id == actor.person_id))
    return name or ""


def actor_has_certificate_details(session: Session, actor: Actor) -> bool:
    """Tell whether the actor has entered everything that certificates print.

    That is a name, a license or the statement that there is none, and the time zone for the date.
    """
    has_license = sa.exists().where(License.person_id == Person.id)
    is_complete = sa.and_(
        Person.legal_name != "",
        sa.or_(Person.without_licence, has_license),
        Person.time_zone.not_in(zones.NOT_CHOSEN),
    )
    return bool(session.scalar(select(is_complete).where(Person.id == actor.person_id)))
