"""Anybody with an account starts a school at once, and looks after it."""

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.access.permissions import Role
from cpd.accounts.models import RoleAssignmentRow
from cpd.db import db
from cpd.organisations.models import School, SchoolKind
from cpd.schools.rules.seats import MOST_STARTED, STARTED_SEATS
from tests.factories import accounts
from tests.support.people import ZOE
from tests.support.visitor import Visitor

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PAGE = "/schools/new"
NEW = {"name": "Harbour Clinic", "kind": "clinic", "time_zone": "Europe/Lisbon"}


def test_it_is_created_first_and_codes_from_an_app_are_asked_for_then(
    app: Flask, zoe: Visitor
) -> None:
    zoe.get(PAGE)
    zoe.submit(NEW)
    assert zoe.follow(status=303).location == (
        "/profile/second-factor?next=/schools/harbour-clinic"
    )
    with app.app_context():
        school = db.session.scalars(sa.select(School)).one()
        me = accounts.row_of(ZOE)
        assert (school.name, school.kind, school.time_zone, school.seats) == (
            "Harbour Clinic", SchoolKind.CLINIC, "Europe/Lisbon", STARTED_SEATS,
        )  # fmt: skip
        assert school.started_by == me.subject
        granted = sa.select(RoleAssignmentRow).where(RoleAssignmentRow.scope_id == school.public_id)
        roles = db.session.scalars(granted).all()
        assert [(row.person_id, row.role) for row in roles] == [(me.id, Role.SCHOOL_ADMIN)]


def test_what_was_typed_stays_on_a_form_with_a_mistake(zoe: Visitor) -> None:
    zoe.get(PAGE)
    page = zoe.submit({**NEW, "name": "Harbour Clinic", "time_zone": ""}, status=422)
    assert "Choose a time zone." in page.text
    assert ("name", "Harbour Clinic") in page.page.forms[0].fields
    assert ("kind", "clinic") in page.page.forms[0].fields


def test_a_name_may_be_used_twice_but_nobody_starts_more_than_a_few(
    app: Flask, zoe: Visitor
) -> None:
    zoe.get(PAGE)
    for name in ("New", "New", "学校"):
        zoe.post(PAGE, {**NEW, "name": name})
    with app.app_context():
        slugs = db.session.scalars(sa.select(School.slug).order_by(School.id)).all()
    assert list(slugs) == ["new-2", "new-3", "school"]
    assert len(slugs) == MOST_STARTED
    refused = zoe.post(PAGE, NEW, status=409)
    assert "You have already started 3 schools." in refused.text
