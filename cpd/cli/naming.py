"""Finding people and schools by their names on the command line."""

import sys

from sqlalchemy import select

from cpd.accounts.models import Person
from cpd.accounts.rules import addresses
from cpd.db import db
from cpd.organisations import queries
from cpd.organisations.models import School


def find_person_or_exit(email: str) -> Person:
    """Return the person with this address, or exit."""
    person = db.session.scalar(
        select(Person).where(Person.email == addresses.normalize_address(email))
    )
    return person or sys.exit(f"{email} has no account.")


def find_school_or_exit(slug: str) -> School:
    """Return the school with this slug, or exit."""
    school = queries.find_school_by_slug(db.session(), slug)
    return school or sys.exit(f"There is no school {slug}. List them with: cpd school list")
