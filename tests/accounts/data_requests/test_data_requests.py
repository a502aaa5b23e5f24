"""A copy of one's data, and the deletion of one's account: asked for, carried out, told of."""

from base64 import b64encode
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.access.permissions import Role, RoleAssignment
from cpd.accounts.data_requests import actions, queries
from cpd.accounts.data_requests.actions import DataRequestRefusal
from cpd.accounts.data_requests.models import DataRequest
from cpd.accounts.models import Person
from cpd.certificates.models import Certificate
from cpd.config import settings_of_app
from cpd.db import Base, db, unit_of_work
from cpd.joints.personal import Erasure
from cpd.joints.registry import EXTENSION
from cpd.kernel import clock
from tests.factories import accounts, courses, everything
from tests.factories.quizzes import Learner
from tests.support.moved_clock import MovedClock
from tests.support.people import INES, MAYA, ZOE
from tests.support.post import PostOffice
from tests.support.visitor import Visitor

sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def ask(visitor: Visitor, kind: str) -> str:
    visitor.get("/profile/data")
    visitor.post("/profile/data", {"kind": kind}, status=303)
    return visitor.follow().text


def carry_out(ines: Visitor, *, status: int = 303) -> str:
    page = ines.get("/people/requests").page
    (action,) = [form.action for form in page.forms if form.action.endswith("/completion")]
    ines.post(action, status=status)
    return ines.follow().text if status == 303 else ines.page.text


@sqlite
def test_a_copy_is_asked_for_made_ready_told_of_and_downloaded(
    app: Flask, maya: Visitor, ines: Visitor, post: PostOffice, clock: MovedClock
) -> None:
    Learner(app, MAYA).pass_exam()
    post.collect(app)
    maya.get("/profile/data/copy.json", status=404)
    assert "It is waiting for an administrator." in ask(maya, "copy")
    ask(maya, "copy")  # changes nothing
    assert "One data request is waiting" in ines.get("/people").text
    assert f"A copy for {MAYA.full_name}" in ines.get("/people/requests").text
    assert "The copy is ready." in carry_out(ines)
    message = post.collect_one(app)
    assert (message.to, message.subject) == ([MAYA.email], "The copy of your data is ready")
    assert "Download the copy" in maya.get("/profile/data").page.links()
    copy = maya.get("/profile/data/copy.json")
    assert copy.header("Content-Disposition") == 'attachment; filename="my-data.json"'
    assert copy.json["persons"][0]["email"] == MAYA.email
    assert {"attempts", "certificates", "enrolments", "results"} <= copy.json.keys()
    assert ZOE.email not in copy.html
    assert accounts.password_hash() not in copy.html
    clock.advance(days=14)
    with app.app_context():
        maya = accounts.let_in(Visitor(app), MAYA)
    maya.get("/profile/data/copy.json", status=404)


@sqlite
def test_a_copy_does_not_say_what_its_owner_is_not_told(app: Flask, ines: Visitor) -> None:
    """The marks of single answers, while their cases may come up again; notes among staff."""
    everything.fill(app)
    page = ines.get("/people/requests").page
    ines.post(next(form.action for form in page.forms if "completion" in form.action), status=303)
    maya = accounts.let_in(Visitor(app), MAYA)
    copy = maya.get("/profile/data/copy.json").json
    for table in ("results", "grade_events"):
        assert "detail" not in copy[table][0]
    assert all(set(row) == {"answer"} for row in copy["remark_moves"])
    assert copy["certificate_files"][0]["content"] == b64encode(b"%PDF").decode()


@sqlite
def test_a_copy_that_is_ready_stays_while_another_is_asked_for(
    maya: Visitor, ines: Visitor
) -> None:
    ask(maya, "copy")
    carry_out(ines)
    assert "It is waiting for an administrator." in ask(maya, "copy")
    assert "Download the copy" in maya.page.links()


@sqlite
def test_what_was_withdrawn_meanwhile_is_not_carried_out(app: Flask, maya: Visitor) -> None:
    ask(maya, "deletion")
    with app.app_context(), unit_of_work() as session:
        request = session.scalars(sa.select(DataRequest)).one()
        now, own = clock.now(), courses.actor_of(MAYA)
        assert actions.withdraw_data_request(session, request, actor=own, now=now)
        refusal = actions.carry_out_data_request(
            session, request, declared=(), actor=courses.actor_of(INES), now=now
        )
        assert refusal is DataRequestRefusal.NOT_OPEN


@sqlite
def test_a_request_can_be_withdrawn_and_only_with_a_recent_password(
    maya: Visitor, ines: Visitor, clock: MovedClock
) -> None:
    ask(maya, "deletion")
    (form,) = [it for it in maya.page.forms if it.action.endswith("/withdrawal")]
    maya.post(form.action, status=303)
    assert "Your request has been withdrawn." in maya.follow().text
    maya.post(form.action, status=404)
    assert "No requests are waiting." in ines.get("/people/requests").text
    clock.advance(minutes=16)
    again = "/sign-in/again?next=/profile/data"
    assert maya.get("/profile/data", status=303).location == again
    assert maya.post("/profile/data", {"kind": "deletion"}, status=303).location == again


@sqlite
def test_no_other_kind_of_request_is_made(maya: Visitor) -> None:
    maya.get("/profile/data")
    maya.post("/profile/data", {"kind": "everything"}, status=400)


def rows_about(app: Flask, erasing: Erasure) -> dict[str, int]:
    """Count the rows of each table that is declared so."""
    declared = app.extensions[EXTENSION].personal
    with app.app_context():
        return {
            each.table: db.session.scalar(
                sa.select(sa.func.count()).select_from(Base.metadata.tables[each.table])
            )
            or 0
            for each in declared
            if each.erasing is erasing
        }


def test_a_deleted_account_is_gone_and_its_certificates_stay(
    app: Flask, ines: Visitor, post: PostOffice
) -> None:
    everything.fill(app)
    with app.app_context():
        code = db.session.scalars(sa.select(Certificate.code)).one()
        person = accounts.row_of(MAYA)
    maya = accounts.let_in(Visitor(app), MAYA)
    ask(maya, "deletion")
    page = ines.get("/people/requests").page
    (copy, deletion) = [form.action for form in page.forms if form.action.endswith("/completion")]
    ines.post(copy, status=303)
    kept, erased = (rows_about(app, kind) for kind in (Erasure.KEEP, Erasure.DELETE))
    post.collect(app)
    ines.post(deletion, status=303)
    assert "The account has been deleted." in ines.follow().text
    message = post.collect_one(app)
    assert (message.to, message.subject) == ([MAYA.email], "Your account has been deleted")
    maya.get("/profile", status=302)
    after = rows_about(app, Erasure.KEEP)
    assert {table: after[table] - kept[table] for table in kept if after[table] != kept[table]} == {
        "audit_entries": 1
    }
    fewer = rows_about(app, Erasure.DELETE)
    assert {table for table in erased if fewer[table] >= erased[table]} == {"sign_in_tries"}
    with app.app_context():
        assert db.session.scalar(sa.select(Person.id).where(Person.id == person.id)) is None
    assert "Genuine" in Visitor(app).get(f"/verify/{code}").text
    for path in ("/people", "/remarks", "/evaluations"):
        ines.get(path)


@sqlite
def test_only_who_may_carry_requests_out_reads_them_even_past_the_door(
    app: Flask, maya: Visitor
) -> None:
    """The queries ask again: a route that forgot its permission would show nothing."""
    ask(maya, "copy")
    with app.app_context():
        session, nobody = db.session(), courses.actor_of(MAYA)
        allowed = replace(nobody, roles=frozenset({RoleAssignment(Role.ADMINISTRATOR)}))
        public_id = session.scalars(sa.select(DataRequest.public_id)).one()
        assert queries.find_page_of_requests(session, nobody, page=1) is None
        assert queries.find_open_request(session, nobody, public_id) is None
        assert queries.find_open_request_count(session, nobody) == 0
        assert queries.find_open_request_count(session, allowed) == 1


@sqlite
def test_administrators_do_not_delete_themselves(ines: Visitor) -> None:
    ask(ines, "deletion")
    assert "You cannot delete your own account." in carry_out(ines, status=409)
    assert INES.full_name in ines.get("/profile").text


@sqlite
def test_a_site_without_emails_carries_out_too(
    app: Flask, maya: Visitor, ines: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "CPD", replace(settings_of_app(app), mail_server=None))
    ask(maya, "copy")
    assert "tell its owner yourself" in carry_out(ines)
