"""A course from nothing: its first drafts pass the checks, and it is hidden at first."""

import pytest
import sqlalchemy as sa
from flask import Flask

from cpd.authoring.drafts.models import Draft
from cpd.courses.models import CourseRow, Visibility
from cpd.db import db
from tests.support.visitor import Visitor

on_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
NEW = "/authoring/new-course"


def begin(visitor: Visitor, *, slug: str = "warm-hands", status: int = 303, **other: str) -> None:
    visitor.get(NEW)
    fields = {"title": "Warm hands: “a start”", "slug": slug, "language": "en-US", **other}
    visitor.submit(fields, action=NEW, status=status)


@on_sqlite
def test_a_new_course_begins_with_drafts_that_pass_the_checks(
    app: Flask, ada: Visitor, zoe: Visitor
) -> None:
    begin(ada)
    ada.follow()
    with app.app_context():
        drafts = db.session.scalars(sa.select(Draft).order_by(Draft.path)).all()
        own = sa.select(CourseRow).where(CourseRow.slug == "warm-hands")
        course = db.session.scalars(own).one()
        assert course.visibility is Visibility.HIDDEN
        assert [draft.path for draft in drafts] == [
            "cases/first-form.md",
            "cases/second-form.md",
            "course.md",
            "exam.md",
            "glossary.md",
            "sections/01-before-the-session.md",
        ]
        case = f"/authoring/drafts/{drafts[0].public_id}"
    page = ada.get("/authoring/courses/warm-hands/publication").text
    assert "fault" not in page
    assert page.count("Nobody has been asked to review this text yet.") == len(drafts)
    assert "The course does not have this file yet." in ada.get(f"{case}/differences").text
    ada.get(f"{case}/review")
    ada.submit({"addresses": "gita@clinic.example"}, action=f"{case}/review")
    assert "warm-hands" not in zoe.get("/courses").html


@on_sqlite
def test_a_course_is_shown_and_hidden(app: Flask, ada: Visitor) -> None:
    begin(ada)
    page = "/authoring/courses/warm-hands/visibility"
    for chosen in (Visibility.LISTED, Visibility.HIDDEN):
        ada.get(page)
        ada.submit({"visibility": chosen.value}, action=page, status=303)
        with app.app_context():
            shown = sa.select(CourseRow.visibility).where(CourseRow.slug == "warm-hands")
            assert db.session.scalars(shown).one() is chosen
    ada.get(page)
    ada.post(page, {"visibility": "everybody"}, status=422)


@on_sqlite
@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"slug": "small-course"}, "Another course has this name."),
        ({"slug": "Warm hands"}, "Use lowercase letters and digits"),
        ({"title": "  "}, "Give the course a title."),
        ({"language": "plain English"}, "language"),
    ],
    ids=["taken", "no name", "no title", "no language"],
)
def test_what_a_course_cannot_be_called(ada: Visitor, wrong: dict[str, str], said: str) -> None:
    begin(ada, status=422, **wrong)
    assert said in ada.page.text
