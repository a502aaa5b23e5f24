"""Courses and drafts are called by their titles on the pages of authors."""

import pytest
from flask import Flask

from cpd.authoring.course_titles import find_titles_of_courses
from cpd.courses.queries import find_course_row
from cpd.db import db
from tests.authoring.new_courses.test_new_courses import begin
from tests.factories import drafts
from tests.factories.courses import SLUG
from tests.support.people import ADA
from tests.support.visitor import Visitor

pytestmark = pytest.mark.pages


def test_a_course_has_the_title_of_its_newest_version_or_of_its_draft(
    app: Flask, ada: Visitor
) -> None:
    begin(ada)
    with app.app_context():
        course = find_course_row(db.session(), SLUG)
        assert course
        titles = find_titles_of_courses(db.session())
        published = titles[course.id]
    assert published != SLUG
    assert "Warm hands: “a start”" in titles.values()
    assert published in ada.get(f"/authoring/courses/{SLUG}/short").text
    assert "Warm hands: “a start”" in ada.get("/authoring/courses/warm-hands/short").text


def test_a_draft_goes_by_the_title_in_its_text(app: Flask, ada: Visitor) -> None:
    text = "---\nid: new\ntitle: Nora and the sauna\n---\n\nNora is hot.\n"
    draft = drafts.start(app, ADA, "cases/new.md", text)
    own, course = f"/authoring/drafts/{draft.public_id}", f"/authoring/courses/{SLUG}"
    pages = [f"{own}/{page}" for page in ("review", "history", "differences", "text")]
    for page in [*pages, course, f"{course}/publication"]:
        assert "Nora and the sauna" in ada.get(page).text
    for page in [*pages[:3], f"{course}/publication"]:
        assert "cases/new.md" not in ada.get(page).text
    drafts.save(app, ADA, draft, "Nothing but words.\n")
    assert "cases/new.md" in ada.get(f"{own}/review").text
