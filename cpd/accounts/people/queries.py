"""Reads of people, for those who may list them."""

import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from cpd.access.permissions import Actor, Permission
from cpd.accounts.models import Person
from cpd.accounts.rules.addresses import normalize_address
from cpd.db import Page, find_page

PEOPLE_PER_PAGE = 50
MOST_WORDS = 8
"""The most words of a search that count."""


def find_page_of_people(
    session: Session, actor: Actor, *, page: int, wanted: str = ""
) -> Page[Person] | None:
    """Return a page of people by name, with their roles: all, or those whom a search finds.

    None past the last page, and for actors who may not list people.
    """
    if not actor.may(Permission.PERSON_LIST):
        return None
    people = (
        select(Person)
        .where(*map(_word_condition, wanted.split()[:MOST_WORDS]))
        .order_by(sa.func.lower(Person.name), Person.id)
        .options(selectinload(Person.roles))
    )
    return find_page(session, people, number=page, size=PEOPLE_PER_PAGE)


def _word_condition(word: str) -> sa.ColumnElement[bool]:
    """Return the condition that a name or an address contains a word, in either case.

    SQLite knows lowercase only for ASCII, so a name is also compared with the word capitalized. A
    word without @ may be of a domain, which is stored in ASCII, or of what stands before it.
    """
    return sa.or_(
        sa.func.lower(Person.name).contains(word.lower(), autoescape=True),
        Person.name.contains(word.capitalize(), autoescape=True),
        *(
            Person.email.contains(part, autoescape=True)
            for part in {word.lower(), normalize_address(word)}
        ),
    )


def find_person(session: Session, actor: Actor, public_id: str) -> Person | None:
    """Return a person with their roles; None for actors who may not list people."""
    if not actor.may(Permission.PERSON_LIST):
        return None
    return session.scalar(
        select(Person).where(Person.public_id == public_id).options(selectinload(Person.roles))
    )
