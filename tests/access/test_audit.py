import pytest
from flask import Flask
from sqlalchemy import select

from cpd.access import audit
from cpd.access.audit import AuditEntry
from cpd.access.permissions import Actor
from cpd.db import db, unit_of_work
from tests.support.moved_clock import NOW

INES = Actor(person_id=1, subject="sub_ines")


def entries(app: Flask) -> list[AuditEntry]:
    with app.app_context():
        return list(
            db.session.scalars(select(AuditEntry).where(AuditEntry.action == "tests:thing:do"))
        )


def test_who_did_what_to_what_and_when(app: Flask) -> None:
    with app.app_context(), unit_of_work() as session:
        audit.record(session, INES, "tests:thing:do", now=NOW, to="sub_maya", role="author")
    (entry,) = entries(app)
    assert (entry.actor, entry.on_behalf_of, entry.object) == ("sub_ines", "sub_ines", "sub_maya")
    assert (entry.at, entry.detail) == (NOW, {"role": "author"})
    assert entry.public_id.startswith("aud_")


def test_what_is_rolled_back_was_not_done(app: Flask) -> None:
    def fail() -> None:
        with unit_of_work() as session:
            audit.record(session, INES, "tests:thing:do", now=NOW)
            raise LookupError

    with app.app_context(), pytest.raises(LookupError):
        fail()
    assert entries(app) == []
