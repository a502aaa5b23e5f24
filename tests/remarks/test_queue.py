"""The queue: who sees it, in which order, and what is noted."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from cpd.access.audit import AuditEntry
from cpd.access.permissions import SYSTEM, VISITOR
from cpd.db import db, unit_of_work
from cpd.kernel import clock
from cpd.remarks import actions, queries
from cpd.remarks.actions import NewRemark, RemarkErasedError
from cpd.remarks.models import Remark, RemarkMove, RemarkState
from tests.factories import accounts, courses
from tests.factories.courses import SLUG
from tests.support.people import ADA, MAYA
from tests.support.queries import asked
from tests.support.visitor import Visitor

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def told(app: Flask, *texts: str) -> list[str]:
    """Keep remarks, a minute after one another, and return their public ids."""
    made = []
    with app.app_context():
        course = courses.course_of(MAYA)
        for at, text in enumerate(texts):
            part = course.outline.sections[at % 2]
            words = NewRemark(
                text,
                page=f"/courses/{SLUG}/sections/{part.slug}",
                source=text,
                revision_id=part.revision_id,
                course_revision_id=course.revision.id,
            )
            now = clock.now() - timedelta(minutes=len(texts) - at)
            actor = courses.actor_of(MAYA) if at % 2 else VISITOR
            with unit_of_work() as session:
                row = actions.save_remark(session, words, actor=actor, now=now)
            assert isinstance(row, Remark)
            made.append(row.public_id)
    return made


def test_the_newest_stands_first_and_states_are_apart(app: Flask, ada: Visitor) -> None:
    first, _, _ = told(app, "The oldest", "The middle", "The newest")
    assert ada.get("/").page.links()["All remarks"] == "/remarks"
    text = ada.get("/remarks").text
    assert text.index("The newest") < text.index("The middle") < text.index("The oldest")
    ada.get(f"/remarks/{first}")
    ada.submit(
        {"state": "closed", "note": "Put right."}, action=f"/remarks/{first}/moves", status=303
    )
    page = ada.follow().text
    assert "Put right." in page
    assert ADA.full_name in page
    assert "The oldest" not in ada.get("/remarks").text
    assert "The oldest" in ada.get("/remarks?state=closed").text
    assert "The oldest" in ada.get("/remarks?state=all").text


@on_sqlite
@pytest.mark.parametrize(
    ("page", "leads_to"),
    [
        (f"/courses/{SLUG}/sections/adapting", f"/courses/{SLUG}/sections/adapting"),
        (f"/courses/{SLUG}/for/asg_1/sections/adapting", f"/courses/{SLUG}/sections/adapting"),
        (f"/courses/{SLUG}/tools/room-check", f"/courses/{SLUG}/tools/room-check"),
        ("/courses", "/courses"),
        (f"/courses/{SLUG}/exam", ""),
        ("/attempts/att_1/cases/2", ""),
        ("/certificates/cer_1", ""),
        ("/record", ""),
        ("/people", ""),
        ("/nowhere", ""),
        ("", ""),
    ],
)
def test_its_page_is_a_link_where_its_reader_can_open_it(
    app: Flask, ada: Visitor, page: str, leads_to: str
) -> None:
    """An author reads courses; what belongs to the learner is named, and no link leads to a 403."""
    with app.app_context(), unit_of_work() as session:
        remark = actions.save_remark(
            session, NewRemark("Wrong", page=page), actor=VISITOR, now=clock.now()
        )
        assert isinstance(remark, Remark)
        path = f"/remarks/{remark.public_id}"
    answer = ada.get(path)
    assert (page or "the site as a whole") in answer.page.text
    assert answer.page.links().get(page, "") == leads_to
    if leads_to:
        ada.get(leads_to)


def test_every_move_stays_on_record(app: Flask, ada: Visitor, ines: Visitor) -> None:
    (it,) = told(app, "Wrong")
    for visitor, state, note in ((ada, "closed", "It is right."), (ines, "open", "It is not.")):
        visitor.get(f"/remarks/{it}")
        visitor.submit({"state": state, "note": note}, action=f"/remarks/{it}/moves", status=303)
    with app.app_context():
        moves = db.session.scalars(select(RemarkMove).order_by(RemarkMove.id)).all()
        assert [(one.state, one.note, one.actor) for one in moves] == [
            (RemarkState.CLOSED, "It is right.", accounts.row_of(ADA).subject),
            (RemarkState.OPEN, "It is not.", moves[1].actor),
        ]
        assert db.session.scalars(select(Remark.state)).one() is RemarkState.OPEN


def test_a_move_needs_a_state_and_a_note(app: Flask, ada: Visitor) -> None:
    (it,) = told(app, "Wrong")
    ada.get(f"/remarks/{it}")
    answer = ada.submit({"note": " "}, action=f"/remarks/{it}/moves", status=422)
    assert "Choose a state." in answer.text
    assert "Say in a sentence what was done" in answer.text


def test_it_says_who_told_it_and_which_version_they_saw(app: Flask, ada: Visitor) -> None:
    visitors, mayas = told(app, "One", "Two")
    page = ada.get(f"/remarks/{mayas}")
    assert page.page.links()[MAYA.email] == f"mailto:{MAYA.email}"
    assert page.page.links()[f"/courses/{SLUG}/sections/adapting"]
    with app.app_context():
        row = db.session.scalars(select(Remark).where(Remark.public_id == mayas)).one()
        assert row.revision is not None
        assert row.revision.content_hash[:12] in page.text
    assert "Adapting the plan (section adapting , version 1 of " in page.text
    assert "a visitor who wants no answer" in ada.get(f"/remarks/{visitors}").text


def test_erasing_leaves_nothing_but_that_there_was_one(
    app: Flask, ines: Visitor, ada: Visitor
) -> None:
    (it,) = told(app, "About a client")
    ada.get(f"/remarks/{it}")
    assert not [f for f in ada.page.all("form") if f.get("action") == f"/remarks/{it}/erasure"]
    ada.submit({"state": "closed", "note": "x"}, action=f"/remarks/{it}/moves", status=303)
    ines.get(f"/remarks/{it}")
    ines.submit(action=f"/remarks/{it}/erasure", status=303)
    with app.app_context():
        for table in (Remark, RemarkMove):
            assert db.session.scalar(select(func.count()).select_from(table)) == 0
        entry = db.session.scalars(
            select(AuditEntry).where(AuditEntry.action == "remarks:remark:erase")
        ).one()
        assert (entry.object, entry.detail) == (it, {})
    ines.get(f"/remarks/{it}", status=404)


def test_what_was_erased_meanwhile_is_not_noted(app: Flask) -> None:
    (it,) = told(app, "Wrong")
    with app.app_context():
        row = db.session.scalars(select(Remark).where(Remark.public_id == it)).one()
        with unit_of_work() as session:
            session.execute(delete(Remark))
        with pytest.raises(RemarkErasedError), unit_of_work() as session:
            actions.change_remark_state(
                session, row, RemarkState.OPEN, "x", actor=SYSTEM, now=clock.now()
            )


def test_others_see_no_queue(app: Flask, maya: Visitor, stranger: Visitor) -> None:
    (it,) = told(app, "Wrong")
    assert "/remarks" not in maya.get("/").page.links().values()
    with app.app_context():
        actor = courses.actor_of(MAYA)
        assert queries.find_remark_queue(db.session(), actor, None, page=1) is None
        assert queries.find_remark(db.session(), actor, it) is None


@pytest.mark.parametrize("query", ["state=lost", "page=2", "page=0"])
def test_what_is_no_page_of_it(ada: Visitor, query: str) -> None:
    ada.get(f"/remarks?{query}", status=404)


def test_a_longer_queue_asks_no_more(
    app: Flask, ada: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(app, "a")
    with asked(app) as short:
        ada.get("/remarks")
    ids = told(app, *"bcdefgh")
    with asked(app) as long:
        ada.get("/remarks")
    assert len(long) == len(short)
    monkeypatch.setattr(queries, "PAGE", 3)
    assert "Next page" in ada.get("/remarks?page=2").text
    with asked(app) as page_of_one:
        ada.get(f"/remarks/{ids[1]}")
    assert len(page_of_one) <= 8
