"""The record of any learner, for an administrator who says why."""

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.access.audit import AuditEntry
from cpd.access.permissions import GRANTS, Permission, Role
from cpd.accounts.data_requests.personal_data import RowsOfPerson
from cpd.audits.records import queries
from cpd.certificates.models import Certificate
from cpd.certificates.rules.codes import format_code
from cpd.db import db, unit_of_work
from cpd.joints.registry import current_registry
from tests.factories import accounts, courses
from tests.factories.quizzes import Learner
from tests.support.moved_clock import MovedClock
from tests.support.people import INES, MAYA, ZOE
from tests.support.queries import asked
from tests.support.visitor import Visitor

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
PURPOSE = "She lost her certificate."


def open_record(ines: Visitor, key: str) -> str:
    """Say why, and return the address of the open record."""
    ines.get(f"/records/of/{key}")
    answer = ines.submit({"purpose": PURPOSE}, action=None, status=303)
    ines.follow()
    return answer.location


def key_of_maya(app: Flask) -> str:
    with app.app_context():
        return accounts.row_of(MAYA).public_id


def test_courses_tries_and_certificates_stand_on_the_page(app: Flask, ines: Visitor) -> None:
    path = open_record(ines, key_of_maya(app))
    assert ines.get(path).text.count("None yet.") == 2
    courses.enrol(app, MAYA)
    courses.finish(app, MAYA, "noticing")
    assert "1 of 2 sections read" in ines.get(path).text
    Learner(app, MAYA).pass_exam()
    page = ines.get(path).page
    assert "try 1" in page.text
    assert "passed, 100" in page.text
    assert "Valid" in page.text
    (code,) = [link for link in page.links().values() if link.startswith("/verify/")]
    assert MAYA.full_name in ines.get(code).text, "the link shows what anybody may check"
    lines = ines.get(f"{path}/transcript.csv").html.splitlines()
    assert len(lines) == 2
    assert MAYA.full_name in lines[1]
    ines.get(path + "?page=2", status=404)


@on_sqlite
def test_it_opens_only_with_a_purpose_which_the_audit_trail_keeps(
    app: Flask, ines: Visitor, clock: MovedClock
) -> None:
    key = key_of_maya(app)
    ines.get(f"/people/{key}")
    assert f"/records/of/{key}" in ines.page.links().values()
    ines.get(f"/records/of/{key}")
    assert "Enter a reason" in ines.submit({"purpose": " \t "}, action=None, status=422).text
    path = open_record(ines, key)
    assert PURPOSE in ines.page.text
    with app.app_context():
        entry = db.session.scalars(
            sa.select(AuditEntry).where(AuditEntry.action == queries.OPENING)
        ).one()
        row = accounts.row_of(MAYA)
        assert (entry.object, entry.detail) == (row.subject, {"purpose": PURPOSE})
    clock.advance(minutes=61)
    with app.app_context():
        again = accounts.let_in(Visitor(app), INES)
    again.get(path, status=404)


@on_sqlite
def test_what_was_decided_is_not_shown(app: Flask, ines: Visitor) -> None:
    learner = Learner(app, MAYA).study()
    learner.hand_in(learner.start())
    open_record(ines, key_of_maya(app))
    assert "not passed" in ines.page.text
    assert not [link for link in ines.page.links().values() if link.startswith("/attempts")]


def test_it_is_the_persons_own_and_costs_the_same_for_more_of_it(app: Flask, ines: Visitor) -> None:
    courses.enrol(app, ZOE)
    path = open_record(ines, key_of_maya(app))
    assert "None started yet." in ines.page.text

    def cost() -> int:
        ines.get(path)
        with asked(app) as statements:
            ines.get(path)
        return len(statements)

    learner = Learner(app, MAYA).study()
    learner.hand_in(learner.start())
    before = cost()
    learner.study()
    learner.hand_in(learner.start())
    assert cost() == before


def test_the_record_outlives_the_account_and_is_found_by_a_code(app: Flask, ines: Visitor) -> None:
    Learner(app, MAYA).pass_exam()
    with app.app_context():
        code = format_code(db.session.scalars(sa.select(Certificate.code)).one())
        rows = RowsOfPerson(accounts.row_of(MAYA), current_registry().personal)
        with unit_of_work() as session:
            session.expunge_all()
            rows.erase_rows(session)
    assert "Nobody was found." in ines.get("/records?q=maya").text
    (found,) = [
        link
        for link in ines.get(f"/records?q={code}").page.links().values()
        if link.startswith("/records/of/")
    ]
    path = open_record(ines, found.rpartition("/")[2])
    assert f"Record of {MAYA.full_name}" in ines.page.text
    assert "This account was deleted." in ines.page.text
    assert "passed, 100" in ines.page.text
    assert code in ines.get(f"{path}/transcript.csv").html
    assert ines.get(f"{path}/transcript.pdf").body.startswith(b"%PDF")


@on_sqlite
def test_control_without_the_permission_nothing_is_shown(
    app: Flask, ines: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    Learner(app, MAYA).pass_exam()
    key, path = key_of_maya(app), open_record(ines, key_of_maya(app))
    less = GRANTS[Role.ADMINISTRATOR] - {Permission.RECORD_READ}
    monkeypatch.setitem(GRANTS, Role.ADMINISTRATOR, less)
    assert "Learning record" not in ines.get(f"/people/{key}").text
    ines.get(path, status=403)
    with app.app_context():
        ines_alone = courses.actor_of(MAYA)
        code = db.session.scalars(sa.select(Certificate.code)).one()
        assert queries.find_learner(db.session(), ines_alone, key) is None
        assert queries.find_certificate_by_typed_code(db.session(), ines_alone, code) is None
