"""Writing a file in the browser: nothing that somebody typed is lost."""

import pytest
from flask import Flask
from sqlalchemy import select

from cpd.authoring.drafts.models import Draft
from cpd.content.frontmatter import MAX_BYTES
from cpd.db import db
from tests.factories.courses import SLUG
from tests.support.moved_clock import MovedClock
from tests.support.visitor import Visitor

pytestmark = pytest.mark.pages

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
FILES = f"/authoring/courses/{SLUG}"
CASE = "cases/leo-as-usual.md"


def begin(visitor: Visitor, path: str = CASE) -> str:
    """Start a draft of a published file, or open it; return its address."""
    visitor.get(FILES)
    made = visitor.post(f"{FILES}/drafts", {"path": path}, status=303)
    return str(made.location).removesuffix("/text")


def text_of(app: Flask, address: str) -> str:
    with app.app_context():
        public_id = address.rpartition("/")[2]
        return db.session.scalars(select(Draft.text).where(Draft.public_id == public_id)).one()


def save(visitor: Visitor, address: str, text: str, *, status: int = 303) -> str:
    """Save a text on the page that the visitor has open."""
    return visitor.submit({"text": text}, action=f"{address}/text", status=status).text


def test_a_file_is_edited_and_its_earlier_text_comes_back(app: Flask, ada: Visitor) -> None:
    draft = begin(ada)
    before = text_of(app, draft)
    assert "No faults in this file." in ada.get(f"{draft}/text").text
    save(ada, draft, before.replace("title: ", "title: Still "))
    assert "title: Still " in text_of(app, draft)
    assert "Saved text 2" in ada.get(f"{draft}/history").text
    ada.submit({}, action=f"{draft}/restoration", status=303)
    assert text_of(app, draft) == before
    assert "Saved text 3" in ada.get(f"{draft}/history").text
    assert draft in ada.get("/authoring").page.links().values()


def test_a_fault_is_shown_with_its_line_and_the_text_is_kept(app: Flask, ada: Visitor) -> None:
    draft = begin(ada)
    ada.get(f"{draft}/text")
    save(ada, draft, "---\nid: leo-as-usual\ntitel: Leo\n---\nText.\n")
    page = ada.get(f"{draft}/text").text
    assert "Line 3" in page
    assert "Did you mean" in page
    assert "titel: Leo" in text_of(app, draft)


def test_of_two_editors_the_second_sees_both_texts(app: Flask, ada: Visitor, ines: Visitor) -> None:
    draft = begin(ada)
    before = text_of(app, draft)
    ada.get(f"{draft}/text")
    ines.get(f"{draft}/text")
    save(ada, draft, before + "Hers.\n")
    both = save(ines, draft, before + "Mine.\n", status=409)
    assert "Someone else saved this file." in both
    assert "Hers." in both
    assert "Mine." in both
    assert text_of(app, draft) == before + "Hers.\n"
    save(ines, draft, before + "Hers.\nMine.\n")
    assert text_of(app, draft) == before + "Hers.\nMine.\n"


@on_sqlite
def test_autosaves_of_a_while_are_one_version(app: Flask, ada: Visitor, clock: MovedClock) -> None:
    draft = begin(ada)
    ada.get(f"{draft}/text")
    form = next(form for form in ada.page.forms if form.action.endswith("/text"))
    begun = dict(form.fields)["begun_with"]
    for text in ("One.\n", "One two.\n", "One two three.\n"):
        clock.advance(seconds=2)
        told = ada.post(f"{draft}/autosave", {"text": text, "begun_with": begun}, status=200)
        begun = told.json["begun_with"]
    assert text_of(app, draft) == "One two three.\n"
    assert "Saved text 2" in ada.get(f"{draft}/history").text
    assert "Saved text 3" not in ada.page.text
    stale = ada.post(f"{draft}/autosave", {"text": "x", "begun_with": "old"}, status=409)
    assert "Someone else saved this file" in stale.json["message"]


@on_sqlite
def test_what_is_too_long_is_not_saved_and_stays_on_the_page(app: Flask, ada: Visitor) -> None:
    draft = begin(ada)
    before = text_of(app, draft)
    ada.get(f"{draft}/text")
    page = save(ada, draft, "x" * (MAX_BYTES + 1), status=422)
    assert "longer than 64 kB" in page
    assert "x" * 100 in page
    assert text_of(app, draft) == before


@on_sqlite
def test_a_discarded_draft_takes_no_text_but_shows_what_was_sent(
    app: Flask, ada: Visitor, ines: Visitor
) -> None:
    draft = begin(ada)
    ines.get(f"{draft}/text")
    ada.get(f"{draft}/text")
    ada.submit({}, action=f"{draft}/discard", status=303)
    page = save(ines, draft, "Kept on the page.\n", status=409)
    assert "This draft is closed" in page
    assert "Kept on the page." in page
    assert begin(ada) != draft
