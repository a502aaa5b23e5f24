"""Reads of people, for those who may list them."""

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from cpd.access.permissions import Actor, Permission
from cpd.accounts.models import Person
from cpd.db import Page, find_page

PEOPLE_PER_PAGE = 50


def find_page_of_people(session: Session, actor: Actor, *, page: int) -> Page[Person] | None:
    """Return a page of all people by name, with their roles.

    None past the last page, and for actors who may not list people.
    """
    if not actor.may(Permission.PERSON_LIST):
        return None
    people = (
        select(Person)
        .order_by(sa.func.lower(Person.name), Person.id)
        .options(selectinload(Person.roles))
    )
    return find_page(session, people, number=page, size=PEOPLE_PER_PAGE)


def find_person(session: Session, actor: Actor, public_id: str) -> Person | None:
    """Return a person with their roles; None for actors who may not list people."""
    if not actor.may(Permission.PERSON_LIST):
        return None
    return session.scalar(
        select(Person).where(Person.public_id == public_id).options(selectinload(Person.roles))
    )
