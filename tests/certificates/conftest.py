"""Named people for the tests of certificates, and who holds one."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from cpd.accounts.models import Person as PersonRow
from cpd.certificates.models import Certificate
from cpd.db import db
from tests.factories import accounts, certificates
from tests.support import people
from tests.support.people import MAYA, ZOE
from tests.support.visitor import Visitor


@pytest.fixture
def holder(app: Flask) -> PersonRow:
    """Maya's row; she lives in Chicago."""
    return person(app, MAYA)


def person(app: Flask, named: people.Person) -> PersonRow:
    """Return somebody's row, made now if the database has none."""
    with app.app_context():
        found = db.session.scalar(select(PersonRow).where(PersonRow.email == named.email))
        if found is None:
            db.session.remove()
            accounts.add_everybody(app)
            found = accounts.row_of(named)
        found.time_zone = "America/Chicago"
        db.session.commit()
        db.session.refresh(found)
        db.session.expunge(found)
        return found


@pytest.fixture
def issued(app: Flask, holder: PersonRow) -> Certificate:
    """Maya's certificate."""
    return certificates.issue(app, holder)


@pytest.fixture
def issue(app: Flask, holder: PersonRow) -> Callable[..., Certificate]:
    """Issues Maya a certificate that differs: `issue(name="...")`."""

    def make(**differing: Any) -> Certificate:
        return certificates.issue(app, holder, **differing)

    return make


@pytest.fixture
def maya_in(app: Flask, holder: PersonRow) -> Visitor:
    """Maya, signed in."""
    return accounts.let_in(Visitor(app, "maya"), MAYA)


@pytest.fixture
def zoe_in(app: Flask, holder: PersonRow) -> Visitor:
    """Zoë, who has nothing to do with Maya, signed in."""
    return accounts.let_in(Visitor(app, "zoe"), ZOE)
