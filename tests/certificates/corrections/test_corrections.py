"""A corrected certificate: it takes the place of the first, and both say so."""

import json
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.accounts.models import License
from cpd.certificates import signing
from cpd.certificates.corrections import actions as corrections
from cpd.certificates.corrections.rules.limits import CorrectionRefusal
from cpd.certificates.models import Certificate, CertificateEnding
from cpd.certificates.queries import build_record_of_certificate
from cpd.certificates.rules.codes import format_code
from cpd.db import db, unit_of_work
from cpd.kernel import clock as clocks
from tests.factories import accounts
from tests.factories.courses import actor_of
from tests.support.moved_clock import MovedClock
from tests.support.people import MAYA
from tests.support.post import PostOffice
from tests.support.visitor import Visitor

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
FORM = {"reason": "I married in May.", "is_mine": "y"}


def correction_of(certificate: Certificate) -> str:
    return f"/certificates/{certificate.public_id}/correction"


def rename(app: Flask, name: str) -> None:
    with app.app_context(), unit_of_work():
        accounts.row_of(MAYA).legal_name = name


def facts_of(certificate: Certificate) -> dict[str, Any]:
    return build_record_of_certificate(certificate).parsed_facts


def live(app: Flask) -> Certificate:
    with app.app_context():
        return db.session.scalars(sa.select(Certificate).where(Certificate.state == "valid")).one()


def test_a_corrected_name_takes_the_place_of_the_first(
    app: Flask, maya_in: Visitor, stranger: Visitor, issued: Certificate, clock: MovedClock
) -> None:
    clock.advance(minutes=5)
    rename(app, "Maya Obi")
    maya_in.post(correction_of(issued), FORM, status=303)  # the password is recent enough here
    clock.advance(minutes=1)
    now, before = live(app), facts_of(issued)
    after = facts_of(now)
    assert after["name"] == "Maya Obi"
    kept = before.keys() - {"name", "licences", "code", "verify_at", "issued_at", "key", "schema"}
    assert {name: after[name] for name in kept} == {name: before[name] for name in kept}
    assert maya_in.follow().text.count("This certificate replaces an earlier one.") == 1
    assert (
        "You gave this reason: “I married in May.”"
        in maya_in.get(f"/certificates/{issued.public_id}").text
    )
    old = stranger.get(f"/verify/{format_code(issued.code)}").text
    assert "Replaced by a corrected certificate." in old
    assert "married" not in old
    new = stranger.get(f"/verify/{format_code(now.code)}")
    assert "Genuine." in new.text
    assert "The name; first issued on 23 November 2026" in new.text
    assert "Okafor" not in new.html, "a former name is for its holder to tell"
    assert format_code(issued.code) not in new.html
    with app.app_context():
        ending = db.session.scalars(sa.select(CertificateEnding)).one()
        assert (ending.reason, ending.actor) == (FORM["reason"], issued.subject)
        audited = db.session.scalar(
            sa.text(
                "SELECT count(*) FROM audit_entries"
                " WHERE action = 'certificates:certificate:correct'"
            )
        )
        assert audited == 1
    maya_in.post(correction_of(issued), FORM, status=409)


@on_sqlite
def test_the_form_wants_a_reason_a_word_and_a_recent_password(
    app: Flask, maya_in: Visitor, issued: Certificate, clock: MovedClock
) -> None:
    rename(app, "Maya Obi")
    page = maya_in.get(correction_of(issued)).text
    assert "Maya Obi" in page
    assert "Say in a sentence why" in maya_in.submit({}, action="/correction", status=422).text
    clock.advance(minutes=16)
    sent = maya_in.post(correction_of(issued), FORM, status=303)
    assert sent.location == f"/sign-in/again?next={correction_of(issued)}"


@on_sqlite
def test_it_cannot_be_passed_on(
    app: Flask, maya_in: Visitor, zoe_in: Visitor, issued: Certificate
) -> None:
    rename(app, "Zoë Marsh")
    refused = maya_in.get(correction_of(issued))
    assert "no word in common" in refused.text
    assert not any(form.action.endswith("/correction") for form in refused.page.forms)
    maya_in.post(correction_of(issued), FORM, status=409)
    zoe_in.get(correction_of(issued), status=404)
    zoe_in.post(correction_of(issued), FORM, status=404)
    rename(app, "Maya Marsh")  # in two steps it would be the other name
    maya_in.post(correction_of(issued), FORM, status=303)
    rename(app, "Zoë Marsh")
    maya_in.post(correction_of(live(app)), FORM, status=409)


@on_sqlite
def test_of_two_corrections_one_succeeds_and_a_missing_license_is_added(
    app: Flask, maya_in: Visitor, issued: Certificate, post: PostOffice
) -> None:
    rename(app, "Maya Chidinma Okafor")
    with app.app_context(), unit_of_work():
        accounts.row_of(MAYA).licenses = [License(authority="Texas", number="MT 004711")]
    with app.app_context():
        with unit_of_work() as session:
            both = [session.get_one(Certificate, issued.id) for _turn in range(2)]
            done = [
                corrections.correct_certificate(
                    session, one, reason="It lacked the license.",
                    issuer=signing.current_issuer(), actor=actor_of(MAYA), now=clocks.now(),
                )
                for one in both
            ]  # fmt: skip
        assert isinstance(done[0], Certificate)
        assert done[1] is CorrectionRefusal.ENDED
    held = json.loads(live(app).snapshot)["licences"]["held"]
    assert held == [{"authority": "Texas", "number": "MT 004711"}]
    assert (
        "The license; first issued on" in maya_in.get(f"/certificates/{live(app).public_id}").text
    )
