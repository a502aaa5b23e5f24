"""The workbench: what waits for an author, what readers say, and their drafts."""

import re

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.access.permissions import SYSTEM, Actor, Role, RoleAssignment
from cpd.authoring import hooks
from cpd.authoring.bank import views
from cpd.authoring.drafts import actions
from cpd.authoring.drafts.models import Draft
from cpd.authoring.events import DraftPublished
from cpd.db import db, unit_of_work
from cpd.jobs.publishing import publish_event
from cpd.kernel import clock
from tests.factories import drafts, reviews
from tests.factories.courses import SLUG
from tests.remarks.test_queue import told
from tests.support.people import ADA, INES, RAVI
from tests.support.queries import asked
from tests.support.visitor import Visitor

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
WORKBENCH = "/authoring"


def test_it_names_what_waits_and_the_drafts_of_one_author(
    app: Flask, ada: Visitor, ines: Visitor
) -> None:
    assert "“Massage on a hot day” is due for review." in ada.get(WORKBENCH).text
    reviews.comment(app, RAVI)
    drafts.start(app, INES, "cases/hers.md", "Text.\n")
    page = ada.get(WORKBENCH)
    text = page.text
    assert re.search(r"One comment on “cases/mina-[0-9]+\.md” is open\.", text)
    assert "hers" not in page.page.links()
    assert "hers" in ines.get(WORKBENCH).page.links()
    home = ada.get("/").text
    assert re.search(r"One comment on “cases/mina-[0-9]+\.md” is open\.", home)
    assert "Massage on a hot day · saved" in home


def test_a_disagreement_waits_until_it_is_resolved(app: Flask, ada: Visitor) -> None:
    reviews.disagree(app, RAVI)
    assert "A reviewer disagrees about “" in ada.get(WORKBENCH).text


@on_sqlite
def test_more_drafts_take_no_more_queries(app: Flask, ada: Visitor) -> None:
    def queries_of(path: str) -> int:
        ada.get(path)
        with asked(app) as statements:
            ada.get(path)
        return len(statements)

    reviews.comment(app, RAVI)
    told(app, "First.")
    few = {path: queries_of(path) for path in (WORKBENCH, "/")}
    for number in range(31):
        drafts.start(app, ADA, f"cases/one-{number}.md", "Text.\n")
    reviews.comment(app, RAVI)
    told(app, "Second.", "Third.")
    assert {path: queries_of(path) for path in (WORKBENCH, "/")} == few
    assert "mina-" in ada.get(f"{WORKBENCH}?page=2").text
    ada.get(f"{WORKBENCH}?page=3", status=404)


def test_the_files_of_a_course_come_page_by_page(
    app: Flask, ada: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = f"/authoring/courses/{SLUG}"
    with asked(app) as all_in_one:
        files = ada.get(page).page.html.count('<li class="row between">')
    monkeypatch.setattr(views, "FILES_PER_PAGE", files - 1)
    with asked(app) as paged:
        first = ada.get(page)
    assert first.html.count('<li class="row between">') == files - 1
    assert len(paged) == len(all_in_one)
    assert ada.get(f"{page}?page=2").html.count('<li class="row between">') == 1
    assert first.page.links()["Cases"] == f"{page}?page=1#type-case"
    ada.get(f"{page}?page=3", status=404)


def test_a_remark_leads_to_its_draft_and_back(app: Flask, ada: Visitor, maya: Visitor) -> None:
    remark, of_maya = told(app, "It is wrong.", "This too.")
    ada.get(WORKBENCH)
    ada.submit(action=f"/remarks/{of_maya}/draft", status=303)
    draft = ada.follow().path
    assert ada.get(WORKBENCH).page.links()["Open the draft : This too."] == draft
    ada.submit(action=f"/remarks/{remark}/draft", status=303)
    publish(app, draft)
    assert "Answered by a change published on" in maya.get("/remarks/mine").text
    page = ada.get(f"/remarks/{of_maya}")
    assert "Answered by a change published on 23 November 2026 (UTC)." in page.text
    assert "We changed the text on 23 November 2026." in page.text
    with app.test_request_context():
        author = Actor(1, "anybody", frozenset({RoleAssignment(Role.AUTHOR)}))
        public_id = draft.rpartition("/")[2]
        ids = db.session.scalars(sa.select(Draft.id).where(Draft.public_id == public_id)).all()
        found = hooks.follow_ups_of_publication(db.session(), author, ids)
        assert [one.url for part in found for one in part] == [f"/remarks/{of_maya}"]
    text = ada.get(WORKBENCH).text
    assert "Answered by a change published on 23 November 2026 (UTC). Answer the reader" in text
    assert text.count("Open the draft") == 1


def publish(app: Flask, draft: str) -> None:
    """Say that a draft was published, as the action that publishes it does."""
    with app.app_context(), unit_of_work() as session:
        public_id = draft.rpartition("/")[2]
        row = session.scalars(sa.select(Draft).where(Draft.public_id == public_id)).one()
        now = clock.now()
        actions.discard_draft(session, row.id, actor=SYSTEM, now=now)
        publish_event(session, DraftPublished(at=now, draft_id=row.id))


@on_sqlite
def test_a_remark_about_no_file_has_no_draft(app: Flask, ada: Visitor) -> None:
    visitor = Visitor(app)
    visitor.get("/remarks/new")
    visitor.submit({"text": "Too slow."}, status=303)
    page = ada.get(WORKBENCH)
    assert "Too slow." in page.text
    assert "Edit this file" not in page.text
    with app.app_context():
        public_id = db.session.execute(sa.text("SELECT public_id FROM remarks")).scalar_one()
    ada.post(f"/remarks/{public_id}/draft", status=409)
