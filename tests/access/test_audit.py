import ast
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from cpd.access import audit
from cpd.access.audit import AuditEntry
from cpd.access.permissions import Actor
from cpd.db import db, unit_of_work
from tests.support.house import CPD, name_of
from tests.support.moved_clock import NOW

INES = Actor(person_id=1, subject="sub_ines")


def entries(app: Flask) -> list[AuditEntry]:
    with app.app_context():
        return list(
            db.session.scalars(select(AuditEntry).where(AuditEntry.action == "tests:thing:do"))
        )


def test_who_did_what_to_what_and_when(app: Flask) -> None:
    with app.app_context(), unit_of_work() as session:
        audit.add_audit_entry(
            session, INES, "tests:thing:do", now=NOW, to="sub_maya", role="author"
        )
    (entry,) = entries(app)
    assert (entry.actor, entry.on_behalf_of, entry.object) == ("sub_ines", "sub_ines", "sub_maya")
    assert (entry.at, entry.detail) == (NOW, {"role": "author"})
    assert entry.public_id.startswith("aud_")


def test_what_is_rolled_back_was_not_done(app: Flask) -> None:
    def fail() -> None:
        with unit_of_work() as session:
            audit.add_audit_entry(session, INES, "tests:thing:do", now=NOW)
            raise LookupError

    with app.app_context(), pytest.raises(LookupError):
        fail()
    assert entries(app) == []


# One grammar


@pytest.mark.parametrize(
    "action",
    [
        "courses.enrol",
        "courses:enrol",
        "courses:enrolment:start:again",
        "Courses:enrolment:start",
        "courses:enrolment:",
        "courses:en rolment:start",
        "courses:enrolment:start\n",
    ],
)
def test_an_action_of_another_form_is_refused(app: Flask, action: str) -> None:
    with app.app_context(), pytest.raises(ValueError, match="write <room>:<thing>:<action>"):
        audit.add_audit_entry(db.session(), INES, action, now=NOW)


def recorded(source: str) -> Iterator[str]:
    """Name the actions that a source file records; what is filled in stands as one word."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.add_audit_entry":
            action = ast.unparse(node.args[2])
            yield re.sub(r"\{.*?\}", "x", ast.literal_eval(action.removeprefix("f")))


def faulty(action: str) -> bool:
    """Tell whether an action has another form, or begins with no room."""
    room = action.partition(":")[0].replace("-", "_")
    return not (audit.ACTION.fullmatch(action) and (CPD / room).is_dir())


def test_every_action_in_the_source_has_the_form_and_begins_with_a_room() -> None:
    found = {
        f"{name_of(path)}: {action}"
        for path in CPD.rglob("*.py")
        for action in recorded(path.read_text())
    }
    assert len(found) > 20
    assert {one for one in found if faulty(one.partition(": ")[2])} == set()


def test_control_another_form_in_the_source_is_found() -> None:
    source = """
def do(session, actor):
    audit.add_audit_entry(session, actor, "courses.enrol", now=now)
    audit.add_audit_entry(session, actor, f"kitchen:kettle:{verb}", now=now)
    audit.add_audit_entry(session, actor, f"courses:course:{verb}", now=now)
"""
    assert [faulty(action) for action in recorded(source)] == [True, True, False]
