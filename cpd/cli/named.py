"""The people and schools that commands name, or an end with what to do."""

import sys

from sqlalchemy import select

from cpd.accounts.models import Person
from cpd.accounts.rules import addresses
from cpd.db import db
from cpd.organisations import queries
from cpd.organisations.models import School


def person(email: str) -> Person:
    """Return whose account has this address."""
    found = db.session.scalar(select(Person).where(Person.email == addresses.normalise(email)))
    return found or sys.exit(f"{email} has no account.")


def school(slug: str) -> School:
    """Return the school that addresses call so."""
    found = queries.school_at(db.session(), slug)
    return found or sys.exit(f"There is no school {slug}. List them with: cpd school list")
