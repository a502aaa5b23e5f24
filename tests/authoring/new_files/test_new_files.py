"""Adding a file: its form opens with what follows from the course, and asks for the rest."""

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.authoring.drafts.models import Draft
from cpd.authoring.new_files.forms import TYPES
from cpd.db import db
from tests.authoring.editor.test_editor import begin, save
from tests.factories.courses import SLUG
from tests.support.queries import asked
from tests.support.visitor import Visitor

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
NEW = f"/authoring/courses/{SLUG}/new-file"
PASSAGE = "section:noticing#fainting"
ANSWERS = {"file_title": "A cool hand", "summary": "How a hand cools.", "passage": PASSAGE}


def add(visitor: Visitor, type_: str, *, status: int = 303, **changes: str) -> str:
    visitor.get(NEW)
    return visitor.submit({**ANSWERS, "type": type_, **changes}, action=NEW, status=status).text


def texts_by_path(app: Flask) -> dict[str, str]:
    with app.app_context():
        rows = db.session.execute(sa.select(Draft.path, Draft.text).order_by(Draft.id))
        return {row.path: row.text for row in rows}


def test_a_section_joins_its_course(app: Flask, ada: Visitor) -> None:
    add(ada, "section")
    assert "No faults in this file." in ada.follow().text  # with the list that names it
    add(ada, "section")
    texts = texts_by_path(app)
    assert list(texts) == [
        "sections/03-a-cool-hand.md",
        "course.md",
        "sections/04-a-cool-hand-2.md",
    ]
    assert "sections: [noticing, adapting, a-cool-hand, a-cool-hand-2]\n" in texts["course.md"]
    assert "## A cool hand {#start}" in texts["sections/03-a-cool-hand.md"]
    assert "Noticing heat illness" in ada.get(NEW).text
    assert "A cool hand: A cool hand" in ada.page.text  # cases can lead back to it at once


@on_sqlite
@pytest.mark.parametrize(
    ("type_", "path", "asks"),
    [
        ("case", "cases/a-cool-hand.md", "The case has no step."),
        ("hazard", "hazards/a-cool-hand.md", "What is the rule?"),
        ("list", "lists/a-cool-hand.md", "What does each of these signs call for?"),
        ("tool", "tools/a-cool-hand.md", "The sheet"),
    ],
)
def test_any_other_file_opens_in_its_form(
    app: Flask, ada: Visitor, type_: str, path: str, asks: str
) -> None:
    add(ada, type_)
    page = ada.follow()
    assert page.page.h1 == "A cool hand"
    assert asks in page.text
    assert list(texts_by_path(app)) == [path]
    assert {*TYPES} == {"section", "case", "hazard", "list", "tool"}


@on_sqlite
@pytest.mark.parametrize(
    ("type_", "changes", "said"),
    [
        ("picture", {}, "Choose one."),
        ("tool", {"file_title": " "}, "Give it a title."),
        ("section", {"summary": ""}, "Say it in a sentence"),
        ("case", {"passage": "section:noticing#nowhere"}, "Choose a passage of this course."),
    ],
)
def test_what_is_missing_is_said_at_its_field(
    app: Flask, ada: Visitor, type_: str, changes: dict[str, str], said: str
) -> None:
    assert said in add(ada, type_, status=422, **changes)
    assert texts_by_path(app) == {}


@on_sqlite
def test_a_list_of_sections_that_cannot_be_read_stays_as_it_is(app: Flask, ada: Visitor) -> None:
    draft = begin(ada, "course.md")
    ada.get(f"{draft}/text")
    save(ada, draft, "No keys.\n")
    add(ada, "section")
    assert "Add “a-cool-hand” to the sections of the course." in ada.follow().text
    assert texts_by_path(app)["course.md"] == "No keys.\n"


@on_sqlite
def test_a_title_without_latin_letters_still_makes_a_name(app: Flask, ada: Visitor) -> None:
    add(ada, "tool", file_title="体重")
    assert list(texts_by_path(app)) == ["tools/tool.md"]


@on_sqlite
def test_the_page_takes_the_same_number_of_queries_with_more_drafts(
    app: Flask, ada: Visitor
) -> None:
    def count() -> int:
        with asked(app) as statements:
            ada.get(NEW)
        return len(statements)

    ada.get(NEW)
    add(ada, "tool")
    before = count()
    for number in range(3):
        add(ada, "tool", file_title=f"Sheet {number}")
    assert count() == before
