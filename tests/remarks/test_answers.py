"""An answer to a remark: for the sender alone, by email and on their page, and erased with it."""

from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from cpd.access.audit import AuditEntry
from cpd.access.permissions import VISITOR
from cpd.config import settings_of_app
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.remarks import actions, queries
from cpd.remarks.actions import NewRemark
from cpd.remarks.models import Remark, RemarkMove, RemarkState
from tests.factories import courses
from tests.support.people import ADA, MAYA
from tests.support.post import PostOffice
from tests.support.queries import asked
from tests.support.visitor import Visitor

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
MINE = "/remarks/mine"


def told(app: Flask, text: str = "Line one.\nLine two.", *, email: str | None = None) -> str:
    """Store a remark of Maya, or of a visitor with this address, and return its public id."""
    new = NewRemark(text, page="/courses", email=email or "", source=text)
    with app.app_context():
        actor = courses.actor_of(MAYA) if email is None else VISITOR
        with unit_of_work() as session:
            row = actions.save_remark(session, new, actor=actor, now=clock.now())
        assert isinstance(row, Remark)
        return row.public_id


def answer(visitor: Visitor, remark: str, text: str, *, status: int = 303) -> str:
    visitor.get(f"/remarks/{remark}")
    action = f"/remarks/{remark}/answers"
    return visitor.submit({"answer": text}, action=action, status=status).text


def test_the_sender_gets_an_answer_by_email_and_finds_it_on_their_page(
    app: Flask, maya: Visitor, ada: Visitor, zoe: Visitor, post: PostOffice
) -> None:
    it = told(app)
    assert "Write the answer." in answer(ada, it, "  ", status=422)
    answer(ada, it, "You are right.\r\nIt is mended.")
    answer(ada, it, "You are right.\nIt is mended.")  # the button was pressed twice
    email = post.collect_one(app)
    assert (email.to, email.subject) == ([MAYA.email], "An answer to your remark")
    for words in (
        "On 23 November 2026, you wrote to us about http://localhost/courses:",
        "> Line one.\n> Line two.",
        "You are right.\nIt is mended.",
        f"http://localhost{MINE}",
    ):
        assert words in email.text
    page = maya.get(MINE).page.text
    assert "Line one. Line two. Answered Our answer, 23 November 2026" in page
    assert "You are right. It is mended." in page
    for text in (email.text, page):
        assert ADA.full_name not in text
    assert "Line one." not in zoe.get(MINE).text
    with app.app_context():
        entry = db.session.scalars(
            select(AuditEntry).where(AuditEntry.action == "remarks:remark:answer")
        ).one()
        assert (entry.object, entry.detail) == (it, {})
        assert db.session.scalars(select(Remark.state)).one() is RemarkState.ANSWERED


@on_sqlite
def test_notes_stay_among_those_who_answer(app: Flask, maya: Visitor, ada: Visitor) -> None:
    it = told(app)
    ada.get(f"/remarks/{it}")
    note = {"state": "closed", "note": "She is mistaken."}
    ada.submit(note, action=f"/remarks/{it}/moves", status=303)
    answer(ada, it, "We looked.")
    assert "Answer to the sender: We looked." in ada.get(f"/remarks/{it}").text
    page = maya.get(MINE).text
    assert "We looked." in page
    assert "mistaken" not in page


@on_sqlite
def test_a_visitor_gets_it_at_the_address_that_they_left(
    app: Flask, ada: Visitor, post: PostOffice
) -> None:
    answer(ada, told(app, email="nia@clinic.example"), "Thank you.")
    email = post.collect_one(app)
    assert email.to == ["nia@clinic.example"]
    assert MINE not in email.text


@on_sqlite
def test_who_cannot_be_answered_has_no_form(
    app: Flask, ada: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody, visitor, mayas = told(app, email=""), told(app, "b", email="nia@x.example"), told(app)
    for remark, words in (
        (nobody, "There is no one to answer"),
        (visitor, "They will get it by email."),
        (mayas, "They will get it by email and find it under “Your remarks”."),
    ):
        assert words in ada.get(f"/remarks/{remark}").text
    ada.post(f"/remarks/{nobody}/answers", {"answer": "Hello."}, status=404)
    monkeypatch.setitem(app.config, "CPD", replace(settings_of_app(app), mail_server=None))
    assert "an answer to a visitor cannot be sent from here" in ada.get(f"/remarks/{visitor}").text
    assert "This site sends no emails." in ada.get(f"/remarks/{mayas}").text
    answer(ada, mayas, "Hello.")


@on_sqlite
def test_erasing_takes_the_answer_too_even_before_it_is_sent(
    app: Flask, maya: Visitor, ada: Visitor, ines: Visitor, post: PostOffice
) -> None:
    it = told(app)
    answer(ada, it, "About a client.")
    ines.get(f"/remarks/{it}")
    ines.submit(action=f"/remarks/{it}/erasure", status=303)
    assert post.collect(app) == []
    assert "You have not sent any yet." in maya.get(MINE).text
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(RemarkMove)) == 0


@on_sqlite
def test_what_was_erased_meanwhile_is_not_answered(app: Flask) -> None:
    it = told(app)
    with app.app_context():
        row = db.session.scalars(select(Remark).where(Remark.public_id == it)).one()
        with unit_of_work() as session:
            session.execute(delete(Remark))
        with pytest.raises(actions.RemarkErasedError), unit_of_work() as session:
            actions.answer_remark(session, row, "x", actor=courses.actor_of(ADA), now=clock.now())


@on_sqlite
def test_more_remarks_ask_no_more_and_are_paged(
    app: Flask, maya: Visitor, ada: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    courses.enrol(app, MAYA)
    assert "Your remarks" not in maya.get("/record").text
    answer(ada, told(app), "One.")
    with asked(app) as short:
        maya.get(MINE)
        maya.get("/record")
    assert "One remark , one with an answer" in maya.page.text
    for text in "bcd":
        answer(ada, told(app, text), text)
    with asked(app) as long:
        maya.get(MINE)
        maya.get("/record")
    assert len(long) == len(short)
    monkeypatch.setattr(queries, "PAGE", 3)
    assert "Line one." in maya.get(f"{MINE}?page=2").text
    maya.get(f"{MINE}?page=3", status=404)
