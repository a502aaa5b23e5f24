"""Withdrawing a certificate: one administrator asks, another confirms, and everybody is told."""

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.access.permissions import Role
from cpd.certificates.models import Certificate, CertificateState
from cpd.certificates.rules.codes import format_code
from cpd.db import db, unit_of_work
from tests.certificates.test_actions import run
from tests.factories import accounts
from tests.support.people import INES, Person
from tests.support.post import PostOffice
from tests.support.visitor import Visitor

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
LIST = "/certificates/withdrawals"
WHY = "It was issued for a course that somebody else took."
SECOND = Person("second", "Sefa Toth", "administers too")


@pytest.fixture
def ines_in(app: Flask, issued: Certificate) -> Visitor:
    """Inês, signed in."""
    return accounts.let_in(Visitor(app, "ines"), INES)


@pytest.fixture
def second(app: Flask, issued: Certificate) -> Visitor:
    """Another administrator, signed in."""
    accounts.password_hash()
    with app.app_context(), unit_of_work() as session:
        accounts.add_person(
            session, email=SECOND.email, name=SECOND.full_name, roles=[Role.ADMINISTRATOR]
        )
    return accounts.let_in(Visitor(app, "second"), SECOND)


def ask(visitor: Visitor, certificate: Certificate, *, status: int = 303, **sent: str) -> str:
    form = {"code": format_code(certificate.code), "reason": WHY} | sent
    return visitor.post(LIST, form, status=status).text


def answer(visitor: Visitor, act: str, *, status: int = 303) -> None:
    with visitor.app.app_context():
        asked = db.session.scalar(sa.text("SELECT public_id FROM dual_control_requests"))
    visitor.post(f"{LIST}/{act}", {"asked": asked}, status=status)


def state_of(app: Flask, certificate: Certificate) -> CertificateState:
    with app.app_context():
        return db.session.get_one(Certificate, certificate.id).state


def test_two_people_withdraw_it_and_the_page_says_why(
    app: Flask,
    ines_in: Visitor,
    second: Visitor,
    maya_in: Visitor,
    stranger: Visitor,
    issued: Certificate,
    post: PostOffice,
) -> None:
    verify = f"/verify/{format_code(issued.code)}"
    assert "Withdraw this certificate" in ines_in.get(verify).text
    ask(ines_in, issued)
    assert "another administrator must confirm" in ines_in.get(LIST).text
    answer(ines_in, "confirmation", status=409)
    assert state_of(app, issued) is CertificateState.VALID
    assert "Genuine." in stranger.get(verify).text
    assert "A certificate is to be withdrawn" in second.get("/").text
    assert WHY in second.get(LIST).text
    answer(second, "confirmation")
    assert state_of(app, issued) is CertificateState.REVOKED
    told = stranger.get(verify).text
    assert "Withdrawn." in told
    assert f"It no longer counts. Reason: {WHY}" in told
    assert f"Reason: {WHY}" in maya_in.get(f"/certificates/{issued.public_id}").text
    assert WHY in post.collect(app)[-1].text
    answer(second, "confirmation", status=409)
    ask(ines_in, issued, status=409)
    with app.app_context():
        found = db.session.scalars(
            sa.text("SELECT action FROM audit_entries WHERE action LIKE '%revoke'")
        ).all()
    assert found == ["certificates:certificate:revoke"]


@on_sqlite
def test_until_it_is_refused_the_holder_cannot_get_around_it(
    app: Flask, ines_in: Visitor, second: Visitor, maya_in: Visitor, issued: Certificate
) -> None:
    ask(ines_in, issued)
    ask(second, issued, status=409)
    run(app, "UPDATE persons SET legal_name = 'Maya Obi'")
    correction = f"/certificates/{issued.public_id}/correction"
    assert "cannot be corrected at the moment" in maya_in.get(correction).text
    answer(second, "refusal")
    assert state_of(app, issued) is CertificateState.VALID
    assert "It stays valid." in second.follow().text
    assert "cannot be corrected" not in maya_in.get(correction).text
    answer(second, "refusal", status=409)


@on_sqlite
@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"code": "ABC"}, "A code has 31"),
        ({"code": "0" * 31}, "No certificate has this code"),
        ({"reason": " "}, "Say in a sentence why."),
        ({"reason": "x" * 401}, "Use at most 400 characters."),
    ],
)
def test_what_cannot_be_is_said(
    ines_in: Visitor, issued: Certificate, sent: dict[str, str], said: str
) -> None:
    assert said in ask(ines_in, issued, status=422, **sent)
