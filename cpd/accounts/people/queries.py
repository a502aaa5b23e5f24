"""Reads of people, for those who may list them."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from cpd.access.permissions import Actor, Permission
from cpd.accounts.models import Person


@dataclass(frozen=True)
class PeoplePage:
    """One page of the list of people."""

    people: Sequence[Person]
    number: int
    pages: int
    count: int


PEOPLE_PER_PAGE = 50


def list_people(session: Session, actor: Actor, *, page: int) -> PeoplePage | None:
    """Return a page of all people by name, with their roles.

    None past the last page, and for actors who may not list people.
    """
    if not actor.may(Permission.PERSON_LIST):
        return None
    count = session.scalar(select(sa.func.count()).select_from(Person)) or 0
    pages = max(1, -(-count // PEOPLE_PER_PAGE))
    if not 1 <= page <= pages:
        return None
    people = session.scalars(
        select(Person)
        .order_by(sa.func.lower(Person.name), Person.id)
        .limit(PEOPLE_PER_PAGE)
        .offset((page - 1) * PEOPLE_PER_PAGE)
        .options(selectinload(Person.roles))
    ).all()
    return PeoplePage(people=people, number=page, pages=pages, count=count)


def find_person(session: Session, actor: Actor, public_id: str) -> Person | None:
    """Return a person with their roles; None for actors who may not list people."""
    if not actor.may(Permission.PERSON_LIST):
        return None
    return session.scalar(
        select(Person).where(Person.public_id == public_id).options(selectinload(Person.roles))
    )
